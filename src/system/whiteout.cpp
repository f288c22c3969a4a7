#include "system/whiteout.hpp"

#include "system/format.hpp"

#include <cerrno>
#include <sys/sysmacros.h>

namespace left4me {

bool is_whiteout(const struct stat& status)
{
    return S_ISCHR(status.st_mode) && status.st_rdev == makedev(0, 0);
}

Result<void> make_whiteout(const Directory& directory, const std::string& name)
{
    if (mknodat(directory.descriptor(), name.c_str(), S_IFCHR, makedev(0, 0)) != 0)
        return fail_errno(
            formatted("cannot make a whiteout for {}", quote(directory.path() + "/" + name)), errno);
    return {};
}

} // namespace left4me
