#include "model/game_places.hpp"

#include "system/plain_text.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <vector>

namespace left4me {
namespace {

using Names = std::vector<std::string_view>;

const std::string game = "left4dead2";
const std::string sourcemod = game + "/addons/sourcemod";

/// In left4dead2, each telling by itself what it is a part of.
const Names content_folders = {"addons",    "cfg",    "ems",      "expressions", "maps",
                               "materials", "media",  "missions", "models",      "particles",
                               "resource",  "scenes", "scripts",  "sound"};
/// The same with others beside them.
const Names more_content_folders = {"bin", "download", "downloads", "gfx", "logs", "reslists", "save"};
/// The engine asks for all that lies in these in lower case.
const Names lower_folders = {"maps",      "materials", "media",  "missions", "models",
                             "particles", "resource",  "scenes", "scripts",  "sound"};
/// In addons.
const Names addon_folders = {"metamod", "sourcemod", "stripper"};
/// In addons/sourcemod, each telling by itself.
const Names plugin_folders = {"gamedata", "plugins", "scripting", "translations"};
const Names more_plugin_folders = {"configs", "data", "extensions"};
/// Beside left4dead2.
const Names installation_folders = {
    "bin",      "config", "hl2", "left4dead2_dlc1", "left4dead2_dlc2", "left4dead2_dlc3",
    "platform", "update"};

bool has(const Names& names, std::string_view name)
{
    return std::ranges::contains(names, name);
}

/// With its point; empty where there is none.
std::string_view ending_of(std::string_view name)
{
    const auto point = name.rfind('.');
    return point == std::string_view::npos || point == 0 ? std::string_view() : name.substr(point);
}

std::vector<std::string> parts_of(std::string_view path)
{
    std::vector<std::string> parts;
    for (const auto part : std::views::split(path, '/'))
        parts.emplace_back(std::string_view(part));
    return parts;
}

/// What is asked for by its ending, as "*.smx", and was named by a system that does not care.
void mend_ending(std::string& name)
{
    static const Names endings = {".cfg", ".inc", ".ini", ".nut", ".smx",
                                  ".so",  ".sp",  ".txt", ".vdf", ".vpk"};
    const auto ending = ending_of(name);
    const auto lowered = lower_case(ending);
    if (lowered != ending && has(endings, lowered))
        name = lower_case(name);
}

/// What lies in addons/: the folders that MetaMod and SourceMod know.
void mend_addon(std::vector<std::string>& parts)
{
    constexpr std::size_t own = 2;
    if (parts.size() == own + 1 || !has(addon_folders, lower_case(parts[own])))
        return;
    parts[own] = lower_case(parts[own]);
    auto& below = parts[own + 1];
    const auto lowered = lower_case(below);
    if (parts.size() > own + 2 && (has(plugin_folders, lowered) || has(more_plugin_folders, lowered)))
        below = lowered;
}

} // namespace

std::string lower_case(std::string_view text)
{
    std::string lowered(text);
    std::ranges::transform(lowered, lowered.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lowered;
}

Neighbours told_by(std::string_view folder)
{
    const auto name = lower_case(folder);
    return {.game = name == game,
            .content = has(content_folders, name) || has(addon_folders, name),
            .sourcemod = has(plugin_folders, name)};
}

std::optional<std::string> place_of_folder(std::string_view folder, const Neighbours& neighbours)
{
    const auto name = lower_case(folder);
    if (name == game || (neighbours.game && has(installation_folders, name)))
        return name;
    if (has(content_folders, name) || (neighbours.content && has(more_content_folders, name)))
        return game + "/" + name;
    if (has(addon_folders, name))
        return game + "/addons/" + name;
    if (neighbours.sourcemod && name == "include")
        return sourcemod + "/scripting/include";
    if (has(plugin_folders, name) || (neighbours.sourcemod && has(more_plugin_folders, name)))
        return sourcemod + "/" + name;
    return std::nullopt;
}

std::optional<std::string> place_of_file(std::string_view name)
{
    const auto ending = lower_case(ending_of(name));
    if (ending == ".vpk")
        return game + "/addons";
    if (ending == ".bsp" || ending == ".nav")
        return game + "/maps";
    if (ending == ".smx")
        return sourcemod + "/plugins";
    if (ending == ".cfg")
        return game + "/cfg";
    return std::nullopt;
}

std::optional<std::string> place_of_companion(std::string_view name)
{
    const auto lowered = lower_case(name);
    if (lowered.ends_with(".sp"))
        return sourcemod + "/scripting";
    if (lowered.ends_with(".inc"))
        return sourcemod + "/scripting/include";
    if (lowered.ends_with(".phrases.txt"))
        return sourcemod + "/translations";
    return std::nullopt;
}

bool is_document(std::string_view name)
{
    static const Names words = {"authors", "changelog", "changes",    "contributing",
                                "copying", "credits",   "dockerfile", "install",
                                "licence", "license",   "makefile",   "notice"};
    static const Names endings = {".bat",     ".bmp",  ".diz",    ".doc",  ".docx", ".exe", ".gif",
                                  ".htm",     ".html", ".jpeg",   ".jpg",  ".lnk",  ".md",  ".nfo",
                                  ".pdf",     ".png",  ".ps1",    ".py",   ".rtf",  ".sh",  ".toml",
                                  ".torrent", ".url",  ".webloc", ".yaml", ".yml"};
    const auto lowered = lower_case(name);
    const auto ending = ending_of(lowered);
    const auto stem = std::string_view(lowered).substr(0, lowered.size() - ending.size());
    return lowered.starts_with('.') || has(endings, ending) || has(words, stem) ||
           lowered.contains("readme") || lowered.contains("read me");
}

bool is_litter(std::string_view name)
{
    static const Names names = {".appledouble", ".ds_store",       ".fseventsd",
                                ".git",         ".gitattributes",  ".gitignore",
                                ".gitkeep",     ".gitmodules",     ".github",
                                ".hg",          ".spotlight-v100", ".svn",
                                ".trashes",     "$recycle.bin",    "__macosx",
                                "desktop.ini",  "ehthumbs.db",     "system volume information",
                                "thumbs.db"};
    return has(names, lower_case(name)) || name.starts_with("._");
}

bool is_archive_name(std::string_view name)
{
    static const Names endings = {".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zip", ".zst"};
    return has(endings, lower_case(ending_of(name)));
}

std::string as_the_engine_asks(std::string_view path)
{
    auto parts = parts_of(path);
    if (lower_case(parts[0]) != game)
        return std::string(path);
    parts[0] = game;
    mend_ending(parts.back());
    if (parts.size() > 1) {
        const auto folder = lower_case(parts[1]);
        const bool known =
            parts.size() > 2 && (has(content_folders, folder) || has(more_content_folders, folder));
        if (known || has(content_folders, folder))
            parts[1] = folder;
    }
    if (parts.size() > 2 && has(lower_folders, parts[1]))
        std::ranges::for_each(parts, [](std::string& part) { part = lower_case(part); });
    if (parts.size() > 2 && parts[1] == "addons")
        mend_addon(parts);
    constexpr std::size_t in_sourcemod = 3;
    if (parts.size() > in_sourcemod && parts[1] == "cfg" && lower_case(parts[2]) == "sourcemod")
        parts[2] = lower_case(parts[2]);
    return join(parts, "/");
}

} // namespace left4me
