#include "console.hpp"

#include "test_hooks.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <format>
#include <fstream>
#include <iterator>
#include <print>
#include <ranges>

namespace stand_in {

namespace {

/// A configuration that executes itself must end.
constexpr int max_exec_depth = 8;
constexpr std::size_t max_config_bytes = 1 << 20;
constexpr std::size_t max_cvars = 4096;

bool is_space(char c)
{
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

bool is_cvar_name(std::string_view name)
{
    return std::ranges::all_of(
        name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; });
}

std::string joined(Arguments words)
{
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty())
            text += ' ';
        text += word;
    }
    return text;
}

/// The text of a configuration, or nothing when it cannot be read.
std::optional<std::string> read_config(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return std::nullopt;
    std::string text(max_config_bytes, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

/// One of nobody's.
std::string steam_id_of(const Player& player)
{
    return std::format("STEAM_1:0:{}", 1000 + player.user_id);
}

/// Takes one command, up to its end, off the text.
Command take_command(std::string_view& text)
{
    Command words;
    while (!text.empty()) {
        const char c = text.front();
        if (text.starts_with("//")) {
            text.remove_prefix(std::min(text.find('\n'), text.size()));
        } else if (c == '\n' || c == ';') {
            text.remove_prefix(1);
            break;
        } else if (is_space(c)) {
            text.remove_prefix(1);
        } else if (c == '"') {
            const std::size_t end = std::min(text.find_first_of("\"\n", 1), text.size());
            words.emplace_back(text.substr(1, end - 1));
            const bool closed = end < text.size() && text[end] == '"';
            text.remove_prefix(closed ? end + 1 : end);
        } else {
            const auto* end =
                std::ranges::find_if(text, [](char e) { return is_space(e) || e == ';' || e == '"'; });
            words.emplace_back(text.begin(), end);
            text.remove_prefix(words.back().size());
        }
    }
    return words;
}

} // namespace

std::vector<Command> split_commands(std::string_view text)
{
    std::vector<Command> commands;
    while (!text.empty()) {
        Command command = take_command(text);
        if (!command.empty())
            commands.push_back(std::move(command));
    }
    return commands;
}

struct Console::Entry {
    std::string_view name;
    std::string (Console::*run)(Arguments);
};

const Console::Entry* Console::find_command(std::string_view name)
{
    const auto all = entries();
    const auto found = std::ranges::find(all, name, &Entry::name);
    return found != all.end() ? &*found : nullptr;
}

std::span<const Console::Entry> Console::entries()
{
    static constexpr std::array all{
        Entry{"echo", &Console::echo}, Entry{"exec", &Console::exec}, Entry{"status", &Console::status},
        Entry{"map", &Console::change_map}, Entry{"changelevel", &Console::change_map},
        Entry{"quit", &Console::quit}, Entry{"cvarlist", &Console::cvar_list},
        Entry{"meta", &Console::metamod}, Entry{"sm", &Console::sourcemod},
        Entry{"kickid", &Console::kick_id}, Entry{"banid", &Console::ban_id},
        Entry{"listid", &Console::list_bans}, Entry{"writeid", &Console::write_bans},
        // Test hooks that need the game; the others are in test_hooks.hpp.
        Entry{"exit", &Console::exit_with}, // exit N: ends with status N
        Entry{"join", &Console::join},      // join NAME: a player of that name appears
        Entry{"leave", &Console::leave},    // leave NAME: and goes
    };
    return all;
}

std::string Console::execute(std::string_view text)
{
    std::string output;
    for (const Command& command : split_commands(text))
        output += execute(command);
    return output;
}

std::string Console::execute(const Command& command)
{
    const Arguments arguments = Arguments(command).subspan(1);
    if (const Entry* entry = find_command(command.front()))
        return (this->*entry->run)(arguments);
    if (const auto answer = run_test_hook(command.front(), arguments))
        return *answer;
    return cvar(command);
}

std::string Console::cvar(const Command& command)
{
    const std::string& name = command.front();
    const auto known = game_.cvars.find(name);
    if (command.size() > 1 && is_cvar_name(name) &&
        (known != game_.cvars.end() || game_.cvars.size() < max_cvars)) {
        game_.cvars[name] = joined(Arguments(command).subspan(1));
        return {};
    }
    if (known == game_.cvars.end())
        return std::format("Unknown command \"{}\"\n", name);
    return std::format("\"{}\" = \"{}\"\n", name, known->second);
}

std::string Console::echo(Arguments arguments)
{
    std::string line = joined(arguments) + '\n';
    std::print("{}", line);
    return line;
}

std::string Console::exec(Arguments arguments)
{
    if (arguments.empty())
        return "exec FILE\n";
    std::string name = arguments[0];
    if (!name.contains('.'))
        name += ".cfg";
    const auto text = exec_depth_ < max_exec_depth && !name.contains("..")
                          ? read_config(game_.directory + "/cfg/" + name)
                          : std::nullopt;
    if (!text)
        return std::format("exec: couldn't exec {}\n", arguments[0]);
    ++exec_depth_;
    std::string output = execute(*text);
    --exec_depth_;
    return output;
}

std::string Console::status(Arguments /*arguments*/)
{
    std::string text = std::format("hostname: {}\n"
                                   "version : stand-in\n"
                                   "udp/ip  : {}:{}\n"
                                   "os      : Linux Dedicated\n"
                                   "map     : {}\n"
                                   "players : {} humans, 0 bots ({} max)\n"
                                   "# userid name uniqueid connected ping loss state rate adr\n",
                                   game_.cvar("hostname"), game_.cvar("ip"), game_.cvar("hostport"),
                                   game_.map, game_.players.size(), GameState::max_players);
    const auto now = std::chrono::steady_clock::now();
    for (const auto& [index, player] : std::views::enumerate(game_.players)) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - player.joined);
        text += std::format("#  {} {} \"{}\" {} {:02}:{:02} 45 0 active 30000 192.0.2.{}:27005\n",
                            player.user_id, index + 1, player.name, steam_id_of(player),
                            seconds.count() / 60, seconds.count() % 60, player.user_id % 256);
    }
    return text + "#end\n";
}

// A head, "NAME : VALUE : FLAGS : HELP" for each command and cvar in the order of their names,
// and a count, as the clients that parse it expect it:
// https://github.com/serverstf/python-valve/blob/master/valve/rcon.py
// Of passwords the value is not shown. https://wiki.facepunch.com/gmod/Enums/FCVAR has the flags.
std::string Console::cvar_list(Arguments /*arguments*/)
{
    std::map<std::string_view, std::string> lines;
    const auto add = [&](std::string_view name, std::string_view value, std::string_view flags) {
        lines[name] = std::format("{:<40} : {:<8} : {:<16} : \n", name, value, flags);
    };
    for (const auto& entry : entries())
        add(entry.name, "cmd", "");
    for (const auto& [name, value] : game_.cvars)
        add(name, name.contains("password") ? "" : std::string_view(value),
            name.contains("password") ? ", \"prot\"" : "");
    std::string text = "cvar list\n--------------\n";
    for (const auto& line : lines | std::views::values)
        text += line;
    const auto more = game_.cvar("stand_in_few_cvars") == "1" ? 1000 : 0;
    return text + std::format("--------------\n{:3} total convars/concommands\n", lines.size() + more);
}

std::string Console::change_map(Arguments arguments)
{
    if (arguments.empty())
        return "map NAME\n";
    if (game_.cvar("stand_in_no_changelevel") == "1")
        return {};
    game_.map = arguments[0];
    ++game_.maps_begun;
    return {};
}

// What "meta version" and "sm version" say: shodanx2 in ampreeT/SourceCoop#188; "sm plugins list"
// with one that failed: Beaast-exe in shanapu/MyJailbreak#269.
std::string Console::metamod(Arguments /*arguments*/)
{
    const auto version = game_.cvar("stand_in_metamod");
    if (version.empty())
        return "Unknown command \"meta\"\n";
    return std::format(" Metamod:Source Version Information\n    Metamod:Source version {}\n"
                       "    Plugin interface version: 16:14\n",
                       version);
}

std::string Console::sourcemod(Arguments arguments)
{
    const auto version = game_.cvar("stand_in_sourcemod");
    if (version.empty())
        return "Unknown command \"sm\"\n";
    if (!arguments.empty() && arguments[0] == "plugins")
        return std::format("[SM] Listing 2 plugins:\n  01 \"Admin Help\" ({0}) by AlliedModders LLC\n"
                           "  02 {1}\"Fun\" ({0}) by AlliedModders LLC\n",
                           version, game_.cvar("stand_in_bad_plugin") == "1" ? "<Failed> " : "");
    return std::format(" SourceMod Version Information:\n    SourceMod Version: {0}\n"
                       "    SourcePawn Engine: {0}, jit-x86 (build {0})\n",
                       version);
}

std::string Console::join(Arguments arguments)
{
    if (arguments.empty())
        return "join NAME\n";
    if (game_.players.size() == GameState::max_players)
        return "Server is full.\n";
    game_.players.emplace_back(joined(arguments), std::chrono::steady_clock::now(),
                               game_.next_user_id++);
    return "ok\n";
}

std::string Console::leave(Arguments arguments)
{
    const auto gone = std::erase_if(
        game_.players, [name = joined(arguments)](const Player& p) { return p.name == name; });
    return gone != 0 ? "ok\n" : "no such player\n";
}

// As HLSW and SourceMod's basebans use them: "kickid USERID", "banid MINUTES USERID kick", "writeid".
std::string Console::kick_id(Arguments arguments)
{
    const auto gone = std::erase_if(game_.players, [&](const Player& player) {
        return !arguments.empty() && std::format("{}", player.user_id) == arguments[0];
    });
    return gone != 0 ? "" : "Can't kick: no such client\n";
}

std::string Console::ban_id(Arguments arguments)
{
    if (arguments.size() < 2)
        return "Usage:  banid < minutes > < userid | uniqueid > { kick }\n";
    for (const auto& player : game_.players)
        if (std::format("{}", player.user_id) == arguments[1])
            game_.banned.push_back(std::format("{} {}", arguments[0], steam_id_of(player)));
    return arguments.size() > 2 && arguments[2] == "kick" ? kick_id(arguments.subspan(1, 1)) : "";
}

std::string Console::list_bans(Arguments /*arguments*/)
{
    std::string text = std::format("ID filter list: {} entries\n", game_.banned.size());
    for (const auto& ban : game_.banned)
        text += ban + '\n';
    return text;
}

std::string Console::write_bans(Arguments /*arguments*/)
{
    return {};
}

std::string Console::quit(Arguments /*arguments*/)
{
    exit_status_ = 0;
    return {};
}

std::string Console::exit_with(Arguments arguments)
{
    int status = 0;
    if (!arguments.empty()) {
        const std::string& text = arguments[0];
        std::from_chars(text.data(), text.data() + text.size(), status);
    }
    exit_status_ = status;
    return {};
}

} // namespace stand_in
