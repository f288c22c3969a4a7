#include "steam/windows_files.hpp"

#include "system/plain_text.hpp"
#include "system/tree_walk.hpp"

#include <string_view>
#include <sys/stat.h>

namespace left4me {
namespace {

bool is_windows_file(std::string_view name)
{
    constexpr std::size_t ending = 4;
    if (name.size() <= ending)
        return false;
    const auto last = name.substr(name.size() - ending);
    return equal_ignoring_case(last, ".exe") || equal_ignoring_case(last, ".dll");
}

class WindowsFiles final : public TreeVisitor {
public:
    Result<void> visit(const TreeEntry& entry) override
    {
        if (!S_ISREG(entry.status.st_mode) || !is_windows_file(entry.name))
            return {};
        ++removed;
        return entry.directory.remove_file(entry.name);
    }

    std::uint64_t removed = 0;
};

} // namespace

Result<std::uint64_t> remove_windows_files(const Directory& tree)
{
    WindowsFiles files;
    return walk_tree(tree, files).transform([&] { return files.removed; });
}

} // namespace left4me
