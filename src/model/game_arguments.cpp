#include "model/game_arguments.hpp"

#include "model/instance_config.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace left4me {
namespace {

/// By NET_Init of the engine's engine/net_ws.cpp, public in several repositories: "-port",
/// "+port" ("if they used +port by mistake") and "-ip" win over what left4me sets.
constexpr std::array<std::string_view, 2> engine_reserved = {"+port", "-ip"};

struct WrapperWord {
    std::string_view word;
    bool has_value;
    std::string_view instead; ///< why it has no use here
};

constexpr std::string_view systemd_restarts = "systemd starts a game again that has ended";
constexpr std::string_view no_updates = "l4d2ctl update updates the game";
constexpr std::string_view no_debugger = "no debugger can trace a game in its sandbox";
constexpr std::string_view no_pid_file = "systemd knows the game's processes";
constexpr std::string_view signals = "a stop reaches the game without it";

/// All words that the script's init() takes, in its order, but those that the game knows,
/// too (-fork, +map, -game), and -nodefaultmap, which left4me heeds. Source: srcds_run as
/// Steam installs it with Left 4 Dead 2, kept for example in the repository
/// FernandoGarambelM/ServerLeft on GitHub.
constexpr std::array wrapper_words = {
    WrapperWord{"-debug", false, no_debugger},
    WrapperWord{"-norestart", false, systemd_restarts},
    WrapperWord{"-pidfile", true, no_pid_file},
    WrapperWord{"-binary", true, "left4me runs srcds_linux"},
    WrapperWord{"-timeout", true, systemd_restarts},
    WrapperWord{"-gdb", true, no_debugger},
    WrapperWord{"-debuglog", true, no_debugger},
    WrapperWord{"-consolelog", true, "l4d2ctl logs has what the game prints"},
    WrapperWord{"-autoupdate", false, no_updates},
    WrapperWord{"-steamerr", false, no_updates},
    WrapperWord{"-ignoresigint", false, signals},
    WrapperWord{"-notrap", false, signals},
    WrapperWord{"-steam_dir", true, no_updates},
    WrapperWord{"-steamcmd_script", true, no_updates},
    WrapperWord{"-help", false, "it would end before it starts the game"},
};

/// The script compares with case.
const WrapperWord* find_wrapper_word(std::string_view argument)
{
    const auto* found = std::ranges::find(wrapper_words, argument, &WrapperWord::word);
    return found != wrapper_words.end() ? found : nullptr;
}

bool is_blank(char c)
{
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

/// As CCommandLine of the engine's tier0/commandline.cpp does it: CreateCmdLine puts each
/// word in quotes, ParseCommandLine reads words in quotes, and others up to a blank.
std::vector<std::string> words_of_engine(const std::vector<std::string>& arguments)
{
    std::string line;
    for (const auto& argument : arguments)
        line += formatted("\"{}\" ", argument);
    std::vector<std::string> words;
    for (auto at = line.cbegin(); at != line.cend();) {
        at = std::find_if_not(at, line.cend(), is_blank);
        if (at == line.cend())
            break;
        const bool quoted = *at == '"';
        const auto begin = quoted ? at + 1 : at;
        const auto end =
            quoted ? std::find(begin, line.cend(), '"') : std::find_if(begin, line.cend(), is_blank);
        words.emplace_back(begin, end);
        at = quoted && end != line.cend() ? end + 1 : end;
    }
    return words;
}

Result<void> check_engine_reserved(std::string_view word)
{
    for (const auto reserved : engine_reserved)
        if (equal_ignoring_case(reserved, word))
            return fail(ExitStatus::bad_data,
                        formatted("{} is reserved: left4me sets port and address itself", quote(word)));
    return {};
}

} // namespace

Result<void> check_game_argument(std::string_view argument)
{
    if (auto checked = check_argument(argument); !checked)
        return checked;
    if (const auto* wrapper = find_wrapper_word(argument))
        return fail(ExitStatus::bad_data,
                    formatted("{} is a word of Valve's srcds_run, which is not run; leave it out: {}",
                              quote(argument), wrapper->instead));
    return check_engine_reserved(argument);
}

Result<void> check_game_arguments(const std::vector<std::string>& arguments)
{
    for (const auto& word : words_of_engine(arguments)) {
        const auto checked = check_argument(word).and_then([&] { return check_engine_reserved(word); });
        if (!checked)
            return fail(ExitStatus::bad_data,
                        formatted("the game splits its command line at quotes, and then {}",
                                  checked.error().message));
    }
    return {};
}

GameArguments without_wrapper_words(const std::vector<std::string>& arguments)
{
    GameArguments result;
    for (auto at = arguments.begin(); at != arguments.end(); ++at) {
        const auto* wrapper = find_wrapper_word(*at);
        if (wrapper == nullptr) {
            result.kept.push_back(*at);
            continue;
        }
        result.dropped.push_back(*at);
        // What begins like a word of its own is one to the game.
        const auto value = at + 1;
        if (wrapper->has_value && value != arguments.end() && !value->starts_with('-') &&
            !value->starts_with('+'))
            result.dropped.push_back(*++at);
    }
    return result;
}

bool names_a_map(const std::vector<std::string>& arguments)
{
    return std::ranges::any_of(arguments, [](const std::string& argument) {
        return argument == "+map" || argument == "-nodefaultmap";
    });
}

Result<void> check_for_wrapper(const std::vector<std::string>& arguments)
{
    for (const auto& word : without_wrapper_words(arguments).kept)
        if (word.empty() || word.find_first_of(" \t\n*?[") != std::string_view::npos)
            return fail(ExitStatus::bad_data,
                        formatted("argument {} would not arrive as it is: the only program in the tree, "
                                  "srcds_run, is a shell script (with srcds_linux it would)",
                                  quote(word)));
    return {};
}

bool has_open_quote(std::string_view line)
{
    bool open = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (!open && line.substr(i).starts_with("//"))
            return false;
        open ^= line[i] == '"';
    }
    return open;
}

} // namespace left4me
