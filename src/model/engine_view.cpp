#include "model/engine_view.hpp"

#include "model/game_places.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <array>
#include <ranges>

namespace left4me {
namespace {

/// On the top of a server's tree: the folders in which the engine, or the loader of programs,
/// looks for anything (SearchPaths of the game's gameinfo.txt; see Valve's wiki, Gameinfo.txt).
constexpr std::array<std::string_view, 8> searched = {
    "left4dead2", "left4dead2_dlc1", "left4dead2_dlc2", "left4dead2_dlc3", "update", "hl2", "platform",
    "bin"};

/// Folders of left4dead2/ that authors leave out: on a layer's top nothing looks into them.
constexpr std::array<std::string_view, 13> content = {
    "addons",    "cfg",      "maps",   "materials", "media", "missions", "models",
    "particles", "resource", "scenes", "scripts",   "sound", "sourcemod"};

std::string_view first_part(std::string_view path)
{
    return path.substr(0, path.find('/'));
}

bool is_in(std::string_view path, std::string_view folder)
{
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

/// left4dead2 or the like, of a path within it.
std::string_view game_of(std::string_view path)
{
    const auto first = first_part(path);
    return first.starts_with("left4dead2") ? first : std::string_view();
}

std::optional<std::string> why_no_addon(std::string_view path)
{
    const auto game = game_of(path);
    const auto rest = path.substr(game.size() + 1);
    if (!rest.contains('/')) // pak01_dir.vpk, as the game itself has them
        return std::nullopt;
    if (!rest.starts_with("addons/"))
        return formatted("addons are found in {}/addons", game);
    // addons/workshop is where Steam puts those that somebody has subscribed to.
    const auto file = rest.substr(std::string_view("addons/").size());
    if (!file.contains('/') || (is_in(file, "workshop") && std::ranges::count(file, '/') == 1))
        return std::nullopt;
    return formatted("an addon is found in {}/addons itself, and in no folder of it", game);
}

std::optional<std::string> why_misplaced(std::string_view path)
{
    const auto game = game_of(path);
    if (game.empty())
        return std::nullopt;
    const auto rest = path.substr(game.size() + 1);
    if (is_in(rest, "left4dead2"))
        return "left4dead2 lies within left4dead2";
    if (path.ends_with(".vpk"))
        return why_no_addon(path);
    if (path.ends_with(".bsp") && !is_in(rest, "maps"))
        return formatted("maps are found in {}/maps", game);
    if (path.ends_with(".smx") && !is_in(rest, "addons/sourcemod/plugins"))
        return formatted("plugins are found in {}/addons/sourcemod/plugins", game);
    return std::nullopt;
}

} // namespace

std::optional<std::string> why_unseen(std::string_view path)
{
    const auto asked = as_the_engine_asks(path);
    if (asked != path)
        return formatted("the engine asks for {}", asked);
    if (!path.contains('/'))
        return place_of_file(path).transform(
            [](const std::string& place) { return formatted("the game looks for it in {}", place); });
    if (std::ranges::contains(content, lower_case(first_part(path))))
        return formatted("the game looks for it in left4dead2/{}", path);
    return why_misplaced(path);
}

void EngineView::add(std::string_view path)
{
    constexpr std::size_t most_told = 20;
    ++files_;
    auto why = why_unseen(path);
    if (!why) {
        const bool asked_for =
            path.contains('/') ? std::ranges::contains(searched, first_part(path)) : !is_document(path);
        found_ += asked_for ? 1 : 0;
        return;
    }
    ++unseen_count_;
    if (unseen_.size() < most_told)
        unseen_.push_back({std::string(path), std::move(*why)});
}

} // namespace left4me
