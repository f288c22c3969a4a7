#include "system/tree_measurement.hpp"

#include "system/format.hpp"
#include "system/whiteout.hpp"

#include <sys/stat.h>

namespace left4me {

Result<void> Measurement::visit(const TreeEntry& entry)
{
    const auto mode = entry.status.st_mode;
    if (is_whiteout(entry.status))
        return take(entry);
    if (!S_ISREG(mode) && !S_ISLNK(mode))
        return fail(
            ExitStatus::bad_data,
            formatted("{} is no file, directory or link: layers have nothing else", entry.shown()));
    return take(entry).transform([&] {
        ++size_.files;
        size_.bytes += S_ISREG(mode) ? static_cast<std::uint64_t>(entry.status.st_size) : 0;
        phase_.reach(size_.bytes);
    });
}

Result<TreeSize> measure_tree(const Directory& tree)
{
    const Phase nobody;
    Measurement measurement(nobody);
    return walk_tree(tree, measurement).transform([&] { return measurement.size(); });
}

} // namespace left4me
