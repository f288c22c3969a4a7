#include "system/mount_point.hpp"

#include <cerrno>
#include <libmount/libmount.h>
#include <memory>

namespace left4me {
namespace {

struct ReleaseTable {
    void operator()(libmnt_table* table) const noexcept { mnt_unref_table(table); }
};

} // namespace

Result<bool> is_mount_point(const std::string& target)
{
    const std::unique_ptr<libmnt_table, ReleaseTable> table(mnt_new_table());
    if (!table)
        return fail_errno("cannot read the table of mounts", ENOMEM);
    if (const int problem = mnt_table_parse_file(table.get(), "/proc/self/mountinfo"); problem != 0)
        return fail_errno("cannot read the table of mounts", problem < 0 ? -problem : EINVAL);
    // No cache is set on the table, so libmount compares the path as it is and
    // resolves nothing.
    return mnt_table_find_target(table.get(), target.c_str(), MNT_ITER_BACKWARD) != nullptr;
}

} // namespace left4me
