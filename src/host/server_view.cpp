#include "host/server_view.hpp"

#include "host/places.hpp"

#include <algorithm>

namespace left4me {
namespace {

namespace fs = std::filesystem;

bool is_beneath(const fs::path& path, const fs::path& directory)
{
    return std::ranges::mismatch(directory, path).in1 == directory.end();
}

/// In one of the directories, or on the way to one.
bool may_look(const std::vector<fs::path>& visible, const fs::path& path)
{
    return std::ranges::any_of(visible, [&](const fs::path& directory) {
        return is_beneath(path, directory) || is_beneath(directory, path);
    });
}

/// Puts the parts of path before those that are still to go, the next one last.
void push_parts(std::vector<fs::path>& to_go, const fs::path& path)
{
    const std::vector<fs::path> parts(path.begin(), path.end());
    to_go.insert(to_go.end(), parts.rbegin(), parts.rend());
}

fs::path merged_of(const fs::path& state)
{
    return state / "runtime/NAME/merged";
}

} // namespace

fs::path place_of_target(const fs::path& state, const fs::path& link, const fs::path& target)
{
    return (merged_of(state) / link.parent_path() / target).lexically_normal();
}

std::vector<fs::path> visible_directories()
{
    // All of /usr but for the host's own, /usr/local.
    std::vector<fs::path> visible = {"/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/share"};
    for (const auto* name : {"workshop_cache", "global_overlay_cache", "steam"})
        visible.push_back(fs::path(path::state) / name);
    return visible;
}

Sight look(const std::vector<fs::path>& visible, const fs::path& path)
{
    constexpr int most_links = 40; // as the kernel has it
    int links = 0;
    std::vector<fs::path> to_go;
    push_parts(to_go, path);
    fs::path here = "/";
    while (!to_go.empty()) {
        const auto part = to_go.back();
        to_go.pop_back();
        if (part == "..")
            here = here.parent_path();
        if (part == ".." || part == "." || part.empty())
            continue;
        const auto next = here / part; // "/" begins anew
        if (!may_look(visible, next))
            return Sight::hidden;
        std::error_code problem;
        const auto type = fs::symlink_status(next, problem).type();
        if (type == fs::file_type::not_found)
            return Sight::gone;
        if (type == fs::file_type::symlink) {
            if (++links > most_links)
                return Sight::gone;
            push_parts(to_go, fs::read_symlink(next, problem));
        } else
            here = next;
    }
    return Sight::there;
}

bool for_each_link(const fs::path& directory, std::size_t& budget,
                   const std::function<void(const fs::path&, const fs::path&)>& visit)
{
    std::error_code problem;
    // A tree that changes meanwhile or cannot be read is left to others to judge.
    for (fs::recursive_directory_iterator
             entry(directory, fs::directory_options::skip_permission_denied, problem),
         end;
         !problem && entry != end; entry.increment(problem)) {
        if (budget == 0)
            return false;
        --budget;
        if (!entry->is_symlink(problem))
            continue;
        const auto target = fs::read_symlink(entry->path(), problem);
        if (!problem)
            visit(entry->path().lexically_relative(directory), target);
    }
    return true;
}

std::vector<DeadLink> dead_links(const std::vector<fs::path>& visible, const fs::path& state,
                                 const std::string& layer, const std::set<std::string>& beside,
                                 std::size_t& budget)
{
    const auto merged = merged_of(state);
    std::vector<DeadLink> dead;
    for_each_link(state / layer, budget, [&](const fs::path& link, const fs::path& target) {
        const auto place = place_of_target(state, link, target);
        const bool stays = is_beneath(place, merged);
        auto sight = Sight::gone;
        if (!stays)
            sight = look(visible, place);
        else if (std::ranges::any_of(beside, [&](const std::string& other) {
                     auto with_layer = visible; // as part of the merged tree
                     with_layer.push_back(state / other);
                     const auto there = state / other / place.lexically_relative(merged);
                     return look(with_layer, there) == Sight::there;
                 }))
            sight = Sight::there;
        if (sight != Sight::there)
            dead.push_back({link, target, sight, stays});
    });
    return dead;
}

} // namespace left4me
