#include "system/free_space.hpp"

#include "system/format.hpp"

#include <cerrno>
#include <sys/statvfs.h>

namespace left4me {

Result<std::uint64_t> free_bytes(const Directory& directory)
{
    struct statvfs space = {};
    if (fstatvfs(directory.descriptor(), &space) != 0)
        return fail_errno(formatted("cannot ask for the room on {}", quote(directory.path())), errno);
    return std::uint64_t{space.f_bavail} * space.f_frsize;
}

} // namespace left4me
