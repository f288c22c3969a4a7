#include "layer/import_layout.hpp"

#include "layer/archive_rules.hpp"
#include "layer/layout_root.hpp"
#include "model/game_places.hpp"
#include "system/format.hpp"
#include "system/path_parts.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <set>

namespace left4me {
namespace {

/// Without so many folders; none for what lies in them.
std::optional<std::string_view> stripped(std::string_view path, std::uint64_t folders)
{
    for (; folders > 0; --folders) {
        const auto slash = path.find('/');
        if (slash == std::string_view::npos)
            return std::nullopt;
        path.remove_prefix(slash + 1);
    }
    return path;
}

/// The topmost part of it that is litter, as a path; none where no part is.
std::optional<std::string> litter_in(const LayoutEntry& entry)
{
    for (std::size_t begin = 0; begin <= entry.path.size();) {
        const auto end = std::min(entry.path.find('/', begin), entry.path.size());
        const bool last = end == entry.path.size();
        if (is_litter(std::string_view(entry.path).substr(begin, end - begin)))
            return entry.path.substr(0, end) + (last && !entry.directory ? "" : "/");
        begin = end + 1;
    }
    return std::nullopt;
}

/// The files and folders of the archive that a node of the plan was made of: folders that are alike
/// once others are taken off the front of their names have become one. depth is how far below it
/// node lies.
void add_origins(const Node& node, int depth, std::set<std::string>& found)
{
    if (node.file) {
        auto path = node.path;
        for (int above = 0; above < depth; ++above)
            path = part_above(path);
        found.insert(path + (depth > 0 ? "/" : ""));
    }
    for (const auto& [name, child] : node.children)
        add_origins(child, depth + 1, found);
}

// --- the plan --------------------------------------------------------------------------------

class Planner {
public:
    Result<LayoutPlan> plan(const std::vector<LayoutEntry>& entries, const LayoutChoice& choice)
    {
        Node top;
        for (const auto& entry : entries) {
            const auto path = stripped(entry.path, choice.strip);
            if (const auto litter = litter_in(entry))
                leave_out(*litter);
            else if (path) {
                if (auto added = add_entry(top, entry, *path); !added)
                    return std::unexpected(added.error());
            } else if (!entry.directory)
                leave_out(entry.path);
        }
        if (files_in(top) == 0)
            return fail(ExitStatus::bad_data,
                        choice.strip > 0 ? "no file in it lies so deep" : "it is empty");
        chosen_ = choice.into.has_value();
        auto root = choice.into ? whole(top, *choice.into) : find_root(top);
        if (!root)
            return std::unexpected(root.error());
        return place_all(top, *root);
    }

private:
    /// Where what lies in a folder goes that itself goes to to. The game loads addons from the
    /// top of addons/ alone.
    static std::string place_in(const std::string& to, const std::string& name, const Node& node)
    {
        const bool addon = node.file && lower_case(name).ends_with(".vpk");
        const bool mislaid = to == "left4dead2/maps" || to.starts_with("left4dead2/addons/");
        return below(addon && mislaid ? "left4dead2/addons" : to, name);
    }

    static Result<Root> whole(const Node& top, const std::string& into)
    {
        Root root = {&top, {}};
        for (const auto& [name, child] : top.children)
            root.targets.push_back({&child, below(into, name)});
        return root;
    }

    Result<LayoutPlan> place_all(const Node& top, const Root& root)
    {
        std::set<const Node*> taken;
        plan_.root = root.node->path;
        for (const auto& target : root.targets) {
            const auto to = as_the_engine_asks(target.to);
            taken.insert(target.node);
            plan_.moves.push_back({target.node->path, to, !target.node->file, 0, 0, true});
            if (auto placed = place(*target.node, to); !placed)
                return std::unexpected(placed.error());
        }
        note_left(top, *root.node, taken);
        for (auto& move : plan_.moves)
            move.as_it_is = move.as_it_is && std::ranges::none_of(litter_, [&](const auto& litter) {
                                return litter.starts_with(move.from + "/");
                            });
        plan_.left_out.insert(plan_.left_out.end(), litter_.begin(), litter_.end());
        return std::move(plan_);
    }

    Result<void> place(const Node& node, const std::string& to)
    {
        auto& move = plan_.moves.back();
        if (auto usable = path_of_entry(to); !usable) // too long, where it goes
            return std::unexpected(usable.error());
        if (auto free = claim(node, to); !free)
            return free;
        plan_.placements.push_back({node.path, to, !node.file});
        ++move.placements;
        if (node.file) {
            ++plan_.files;
            plan_.bytes += node.bytes;
            plan_.links = plan_.links || node.link;
            ++move.files;
        }
        for (const auto& [name, child] : node.children) {
            const auto place_there = chosen_ ? below(to, name) : place_in(to, name, child);
            const auto mended = as_the_engine_asks(place_there);
            move.as_it_is = move.as_it_is && mended == below(to, name) &&
                            child.path == below(node.path, name); // else of another folder
            plan_.renamed += child.file && mended != place_there ? 1 : 0;
            if (auto placed = place(child, mended); !placed)
                return placed;
        }
        return {};
    }

    /// Two folders may become one, and nothing else may.
    Result<void> claim(const Node& node, const std::string& to)
    {
        const auto [before, fresh] = claimed_.try_emplace(to, &node);
        if (fresh)
            return {};
        if (before->second->file || node.file)
            return fail(ExitStatus::bad_data,
                        formatted("entries {} and {} would become one, {}: rename one of them",
                                  quote(before->second->path), quote(node.path), quote(to)));
        plan_.moves.back().as_it_is = false;
        return {};
    }

    /// What lies beside the root and the folders on the way to it, and beside what was taken.
    void note_left(const Node& node, const Node& root, const std::set<const Node*>& taken)
    {
        for (const auto& [name, child] : node.children) {
            if (taken.contains(&child))
                continue;
            if (&child == &root || holds(child, root, taken)) {
                note_left(child, root, taken);
                continue;
            }
            std::set<std::string> origins;
            add_origins(child, 0, origins);
            plan_.left_out.insert(plan_.left_out.end(), origins.begin(), origins.end());
        }
    }

    /// Whether the root lies below it, or something that was taken.
    static bool holds(const Node& node, const Node& root, const std::set<const Node*>& taken)
    {
        return std::ranges::any_of(node.children, [&](const auto& child) {
            return &child.second == &root || taken.contains(&child.second) ||
                   holds(child.second, root, taken);
        });
    }

    void leave_out(const std::string& path) { litter_.insert(path); }

    bool chosen_ = false; ///< the place, by the operator
    LayoutPlan plan_;
    std::set<std::string> litter_;
    std::map<std::string, const Node*> claimed_;
};

/// Some names of many.
std::string some_of(const std::vector<std::string>& names)
{
    constexpr std::size_t shown_names = 5;
    const auto count = std::min(names.size(), shown_names);
    auto text = join(std::vector(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count)));
    if (names.size() > count)
        text += formatted(" and {} more", names.size() - count);
    return text;
}

} // namespace

std::string LayoutPlan::summary(std::string_view done) const
{
    std::map<std::string, std::vector<std::string>> by_place;
    for (const auto& move : moves) {
        const auto slash = move.to.rfind('/');
        by_place[slash == std::string::npos ? "" : move.to.substr(0, slash + 1)].push_back(
            escaped(last_part(move.from)) + (move.directory ? "/" : ""));
    }
    std::vector<std::string> went;
    for (const auto& [place, names] : by_place)
        went.push_back(
            formatted("{} to {}", some_of(names), place.empty() ? "the layer's top" : escaped(place)));
    auto text = join(went, "; ");
    if (!root.empty())
        text = formatted("from {}/: {}", escaped(root), text);
    if (renamed > 0)
        text += formatted("; {} {} in lower case", renamed, renamed == 1 ? "name" : "names");
    if (!left_out.empty()) {
        std::vector<std::string> names;
        for (const auto& name : left_out)
            names.push_back(escaped(name));
        text += "; left out: " + some_of(names);
    }
    return formatted("{} {}{}, {}: {}", files, files == 1 ? "file" : "files", done, human_bytes(bytes),
                     text);
}

Result<LayoutPlan> plan_layout(const std::vector<LayoutEntry>& entries, const LayoutChoice& choice)
{
    return Planner().plan(entries, choice);
}

} // namespace left4me
