#include "layer/layout_root.hpp"

#include "model/game_places.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/tree_walk.hpp"

#include <algorithm>
#include <ranges>

namespace left4me {
namespace {

/// Somebody's folder around the whole, though it has the name of one of the game's.
bool is_wrapper(const Node& node)
{
    return std::ranges::any_of(node.children, [](const auto& child) {
        const auto name = lower_case(child.first);
        return !child.second.file && (name == "left4dead2" || name == "addons");
    });
}

bool is_wrapper(const std::string& name, const Node& node)
{
    const bool game = lower_case(name) == "left4dead2";
    return is_wrapper(node) && (!game || std::ranges::any_of(node.children, [](const auto& child) {
               return !child.second.file && lower_case(child.first) == "left4dead2";
           }));
}

Neighbours neighbours_in(const Node& node)
{
    Neighbours all;
    for (const auto& [name, child] : node.children) {
        if (child.file || is_wrapper(name, child))
            continue;
        const auto told = told_by(name);
        all.game |= told.game;
        all.content |= told.content;
        all.sourcemod |= told.sourcemod;
    }
    return all;
}

/// Where a child goes; none where nothing says so.
std::optional<std::string> place_of(const std::string& name, const Node& node,
                                    const Neighbours& neighbours, bool with_plugin)
{
    if (!node.file)
        return is_wrapper(name, node) ? std::nullopt : place_of_folder(name, neighbours);
    auto place = place_of_file(name);
    if (!place && with_plugin)
        place = place_of_companion(name);
    if (!place && !is_document(name) && !is_archive_name(name)) {
        if (neighbours.game)
            place = "";
        else if (neighbours.content)
            place = "left4dead2";
    }
    return place.transform([&](const std::string& directory) { return below(directory, name); });
}

/// What of a level has a place; nothing where nothing of it says what it is.
std::vector<Target> targets_in(const Node& node)
{
    const auto neighbours = neighbours_in(node);
    const bool files = std::ranges::any_of(node.children, [](const auto& child) {
        return child.second.file && place_of_file(child.first);
    });
    std::vector<Target> targets;
    if (!neighbours.game && !neighbours.content && !neighbours.sourcemod && !files)
        return targets;
    const bool plugin =
        neighbours.sourcemod || std::ranges::any_of(node.children, [](const auto& child) {
            return child.second.file && lower_case(child.first).ends_with(".smx");
        });
    for (const auto& [name, child] : node.children)
        if (auto to = place_of(name, child, neighbours, plugin))
            targets.push_back({&child, std::move(*to)});
    return targets;
}

/// All addons, wherever they lie, if there is nothing else but documents.
bool find_addons(const Node& node, std::vector<Target>& found)
{
    return std::ranges::all_of(node.children, [&](const auto& child) {
        const auto& [name, below_it] = child;
        if (!below_it.file)
            return find_addons(below_it, found);
        if (lower_case(name).ends_with(".vpk"))
            found.push_back({&below_it, "left4dead2/addons/" + name});
        else
            return is_document(name) || lower_case(name).ends_with(".txt");
        return true;
    });
}

/// A folder with '/' behind its name.
std::string shown(const std::string& name, const Node& node)
{
    return node.file ? name : name + "/";
}

std::unexpected<Error> refuse(const Node& top)
{
    constexpr std::size_t shown_names = 6;
    std::vector<std::string> names;
    for (const auto& [name, child] : top.children) {
        if (child.file && is_archive_name(name))
            return fail(
                ExitStatus::bad_data,
                formatted("it holds an archive, {}: unpack it, and import that", quote(child.path)));
        if (names.size() < shown_names)
            names.push_back(quote(shown(name, child)));
    }
    const auto more = top.children.size() - names.size();
    return fail(ExitStatus::bad_data,
                formatted("nothing in it says where it belongs; on its top {} {}{}: name the place by "
                          "--into DIR (--into left4dead2/addons), or take folders off by --strip N",
                          top.children.size() == 1 ? "is" : "are", join(names),
                          more == 0 ? "" : formatted(" and {} more", more)));
}

} // namespace

std::string below(std::string_view directory, std::string_view name)
{
    return formatted("{}{}{}", directory, directory.empty() || name.empty() ? "" : "/", name);
}

std::uint64_t files_in(const Node& node)
{
    std::uint64_t files = node.file ? 1 : 0;
    for (const auto& [name, child] : node.children)
        files += files_in(child);
    return files;
}

Result<void> add_entry(Node& root, const LayoutEntry& entry, std::string_view path)
{
    auto* node = &root;
    int depth = 0;
    for (const auto range : std::views::split(path, '/')) {
        const std::string_view part(range);
        if (node->file)
            return fail(ExitStatus::bad_data, formatted("entry {} is a file, and a folder for entry {}",
                                                        quote(node->path), quote(entry.path)));
        if (++depth > deepest_tree)
            return fail(ExitStatus::bad_data,
                        formatted("it has directories more than {} deep", deepest_tree));
        node = &node->children[std::string(part)];
        if (node->path.empty()) {
            const auto rest = static_cast<std::size_t>(path.end() - part.end());
            node->path = entry.path.substr(0, entry.path.size() - rest);
        }
    }
    if (entry.directory)
        return {};
    if (node->file || !node->children.empty())
        return fail(ExitStatus::bad_data, formatted("entries {} and {} would become one",
                                                    quote(node->path), quote(entry.path)));
    node->file = true;
    node->link = entry.link;
    node->bytes = entry.bytes;
    return {};
}

Result<Root> find_root(const Node& top)
{
    const auto* node = &top;
    while (true) {
        if (auto targets = targets_in(*node); !targets.empty())
            return Root{node, std::move(targets)};
        const Node* only = nullptr;
        int folders = 0;
        for (const auto& [name, child] : node->children)
            if (!child.file) {
                only = &child;
                ++folders;
            }
        if (folders != 1)
            break;
        node = only;
    }
    std::vector<Target> addons;
    if (find_addons(*node, addons) && !addons.empty())
        return Root{node, std::move(addons)};
    return refuse(*node);
}

} // namespace left4me
