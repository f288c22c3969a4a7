#include "system/tree_links.hpp"

#include "system/interruption.hpp"
#include "system/tree_copy.hpp"

#include <cerrno>
#include <fcntl.h>
#include <format>
#include <sys/stat.h>

namespace left4me {
namespace {

bool is_passed_over(const Error& error)
{
    return error.status == ExitStatus::not_found || error.status == ExitStatus::not_permitted ||
           error.status == ExitStatus::bad_data || error.status == ExitStatus::busy;
}

using Visit = std::function<void(std::string_view target)>;

Result<void> visit_entries(const Directory& directory, int depth, const Visit& visit);

Result<void> visit_entry(const Directory& directory, const std::string& name, int depth,
                         const Visit& visit)
{
    struct stat status = {};
    if (fstatat(directory.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT)
            return {};
        return fail_errno(std::format("cannot look at {}", quote(directory.path() + "/" + name)), errno);
    }
    if (S_ISDIR(status.st_mode))
        return directory.subdirectory(name).and_then(
            [&](const Directory& below) { return visit_entries(below, depth + 1, visit); });
    if (!S_ISLNK(status.st_mode))
        return {};
    return directory.read_link(name).transform([&](const std::string& target) { visit(target); });
}

Result<void> visit_entries(const Directory& directory, int depth, const Visit& visit)
{
    if (depth > deepest_tree)
        return {}; // no layer, then, and none that will be one
    const auto names = check_interruption().and_then([&] { return directory.entries(); });
    if (!names)
        return std::unexpected(names.error());
    for (const auto& name : *names) {
        const auto visited = visit_entry(directory, name, depth, visit);
        if (!visited && !is_passed_over(visited.error()))
            return visited;
    }
    return {};
}

} // namespace

Result<void> for_each_link_in(const Directory& tree, const Visit& visit)
{
    return visit_entries(tree, 0, visit);
}

} // namespace left4me
