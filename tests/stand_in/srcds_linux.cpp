// A stand-in for srcds_linux, the game server: 32-bit like it, with all that it
// needs from its surroundings and both of its protocols, without a game.
//
// On the command line the tests can have:
//   +stand_in_ignore_int 1       SIGINT and SIGTERM do nothing: a server that hangs
//   +stand_in_exit_at_start N    ends with status N once the report is written
//   +stand_in_crash_at_start 1   crashes there
//   +stand_in_load_ms N          its sockets are bound, and nothing is served for N ms: the engine
//                                serves its sockets once a frame, and none is run while a map loads
//   +stand_in_silent 1           answers no queries, ever
//   +stand_in_says_port N        its answer says that it is the server of another port
//
// It is built without large file support, like the game: a file system that gives
// 64-bit inode numbers breaks both.

#include "command_line.hpp"
#include "console.hpp"
#include "game_server.hpp"
#include "report.hpp"
#include "startup_checks.hpp"
#include "test_hooks.hpp"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <print>
#include <sys/signalfd.h>
#include <system_error>

namespace {

using namespace stand_in;
using left4me::FileDescriptor;

sigset_t stop_signals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

/// From here on a stop signal waits until the loop takes it.
void hold_stop_signals()
{
    const sigset_t signals = stop_signals();
    sigprocmask(SIG_BLOCK, &signals, nullptr);
}

FileDescriptor open_stop_signals(bool ignored)
{
    sigset_t signals = stop_signals();
    if (ignored) {
        std::signal(SIGINT, SIG_IGN);
        std::signal(SIGTERM, SIG_IGN);
        // Blocked ones would be kept, and read.
        sigprocmask(SIG_UNBLOCK, &signals, nullptr);
        sigemptyset(&signals);
    }
    FileDescriptor result(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!result)
        throw std::system_error(errno, std::generic_category(), "signalfd");
    return result;
}

/// The checks, and the report on them.
StartupChecks start_up(const GameState& game, const Inheritance& inherited)
{
    StartupChecks checks = run_startup_checks(game.directory);
    const std::string path = game.directory + "/stand_in_report.txt";
    if (const std::string result = write_report(path, inherited, checks); result != "ok")
        std::println("cannot write {}: {}", path, result);
    return checks;
}

void run_commands(Console& console, const std::vector<Command>& commands)
{
    for (const Command& command : commands)
        std::print("{}", console.execute(command));
}

int serve(Console& console)
{
    const bool ignored = console.game().cvar("stand_in_ignore_int") == "1";
    GameServer server(console, open_stop_signals(ignored));
    std::println("stand-in: ready on port {}", console.game().cvar("hostport"));
    return server.run();
}

int run(const Inheritance& inherited)
{
    hold_stop_signals();
    const CommandLine command_line = parse_command_line(std::span(inherited.arguments).subspan(1));
    GameState game;
    game.directory = command_line.game;

    const StartupChecks checks = start_up(game, inherited);
    if (!checks.engine_loaded())
        return EXIT_FAILURE;
    if (checks.lan_only())
        game.cvars["sv_lan"] = "1";

    Console console(game);
    run_commands(console, command_line.commands);
    if (game.cvar("stand_in_crash_at_start") == "1")
        crash();
    if (const std::string status(game.cvar("stand_in_exit_at_start")); !status.empty())
        return std::atoi(status.c_str());

    run_commands(console, {{"exec", "server.cfg"}});
    return serve(console);
}

} // namespace

int main(int argc, char** argv)
{
    // Whole lines, for who waits for one of them on a pipe.
    setlinebuf(stdout);
    try {
        return run(inheritance({argv, static_cast<std::size_t>(argc)}));
    } catch (const std::exception& error) {
        std::println("stand-in: {}", error.what());
        return EXIT_FAILURE;
    }
}
