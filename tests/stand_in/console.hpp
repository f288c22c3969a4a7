#pragma once

#include "game_state.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stand_in {

/// A command and its arguments; never empty.
using Command = std::vector<std::string>;
using Arguments = std::span<const std::string>;

/// The engine's grammar: commands end at a newline or at a ';' outside quotes,
/// words at white space, "..." is one word, // starts a comment.
std::vector<Command> split_commands(std::string_view text);

/// The console: the cvars, the commands of console.cpp and the test hooks.
class Console {
public:
    explicit Console(GameState& game) : game_(game) {}

    /// Runs all commands of a text and returns what they print.
    std::string execute(std::string_view text);
    std::string execute(const Command& command);

    /// The status to exit with, once "quit" or "exit N" has been run.
    [[nodiscard]] std::optional<int> exit_status() const noexcept { return exit_status_; }

    [[nodiscard]] const GameState& game() const noexcept { return game_; }

private:
    struct Entry;
    static std::span<const Entry> entries();
    static const Entry* find_command(std::string_view name);

    std::string cvar(const Command& command);
    std::string echo(Arguments arguments);
    std::string exec(Arguments arguments);
    std::string status(Arguments arguments);
    std::string cvar_list(Arguments arguments);
    std::string change_map(Arguments arguments);
    std::string metamod(Arguments arguments);
    std::string sourcemod(Arguments arguments);
    std::string join(Arguments arguments);
    std::string leave(Arguments arguments);
    std::string kick_id(Arguments arguments);
    std::string ban_id(Arguments arguments);
    std::string list_bans(Arguments arguments);
    std::string write_bans(Arguments arguments);
    std::string quit(Arguments arguments);
    std::string exit_with(Arguments arguments);

    GameState& game_;
    std::optional<int> exit_status_;
    int exec_depth_ = 0;
};

} // namespace stand_in
