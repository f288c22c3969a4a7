#include "host/server_view.hpp"

#include "system/tree_walk.hpp"

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

class Links : public TreeVisitor {
public:
    Links(const fs::path& root, std::size_t& budget, const LinkVisit& visit)
        : root_(root), budget_(budget), visit_(visit)
    {
    }

    Result<void> visit(const TreeEntry& entry) override
    {
        return count().and_then([&]() -> Result<void> {
            if (!S_ISLNK(entry.status.st_mode))
                return {};
            return entry.directory.read_link(entry.name).transform([&](const std::string& target) {
                visit_((fs::path(entry.directory.path()) / entry.name).lexically_relative(root_),
                       target);
            });
        });
    }

    Result<void> enter(const TreeEntry& /*entry*/, const Directory& /*below*/) override
    {
        return count();
    }

    Result<void> failed(Error error) override
    {
        return used_up_ ? std::unexpected(std::move(error)) : Result<void>{};
    }

    [[nodiscard]] bool used_up() const noexcept { return used_up_; }

private:
    Result<void> count()
    {
        used_up_ = budget_ == 0;
        if (used_up_)
            return fail(ExitStatus::bad_data, "there are too many files to look at");
        --budget_;
        return {};
    }

    const fs::path& root_;
    std::size_t& budget_;
    const LinkVisit& visit_;
    bool used_up_ = false;
};

fs::path merged_of(const fs::path& state)
{
    return state / "runtime/NAME/merged";
}

} // namespace

fs::path place_of_target(const fs::path& state, const fs::path& link, const fs::path& target)
{
    return (merged_of(state) / link.parent_path() / target).lexically_normal();
}

std::vector<fs::path> visible_directories(const Host& host)
{
    // All of /usr but for the host's own, /usr/local.
    std::vector<fs::path> visible = {"/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/share"};
    for (const auto* name : {"workshop_cache", "global_overlay_cache", "steam"})
        visible.push_back(fs::path(host.state()) / name);
    return visible;
}

Sight look(const std::vector<fs::path>& visible, const fs::path& path)
{
    constexpr int max_links = 40; // as the kernel has it
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
            if (++links > max_links)
                return Sight::gone;
            push_parts(to_go, fs::read_symlink(next, problem));
        } else
            here = next;
    }
    return Sight::there;
}

bool for_each_link(const fs::path& directory, std::size_t& budget, const LinkVisit& visit)
{
    Links links(directory, budget, visit);
    // A tree that changes meanwhile or cannot be read is left to others to judge.
    (void)Directory::open(directory).and_then(
        [&](const Directory& tree) { return walk_tree(tree, links); });
    return !links.used_up();
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
