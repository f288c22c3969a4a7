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
//   +stand_in_insecure 1         VAC is off
//   +stand_in_no_rcon 1          takes no connections
//   +stand_in_no_changelevel 1   changes no map
//   +stand_in_few_cvars 1        cvarlist counts more than it lists
//   +stand_in_metamod VERSION    MetaMod runs, of that version
//   +stand_in_sourcemod VERSION  so does SourceMod
//   +stand_in_bad_plugin 1       one of whose plugins does not run
//   +stand_in_threads N          has so many more
//   +stand_in_looks_for PATH     a file
//   +stand_in_asks_for N         makes that system call, in a child
//   +stand_in_says_port N        its answer says that it is the server of another port
// The same lines in cfg/stand_in.cfg, for who does not have the command line, are read before it.
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
#include <unistd.h>

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

/// As the engine does, once it knows: mastercomfig/mastercomfig#635.
void tell_of_steam(const GameState& game)
{
    if (game.cvar("sv_lan") != "0") {
        std::println("Initializing Steam libraries for LAN server\nVAC secure mode disabled.");
        return;
    }
    std::println("Initializing Steam libraries for secure Internet server\n"
                 "Connection to Steam servers successful.\n   Public IP is 203.0.113.7.\n"
                 "Assigned anonymous gameserver Steam ID [A-1:857537543(50865)].\n"
                 "{}",
                 game.is_secure() ? "VAC secure mode is activated." : "VAC secure mode disabled.");
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
    if (access((game.directory + "/cfg/stand_in.cfg").c_str(), F_OK) == 0)
        run_commands(console, {{"exec", "stand_in.cfg"}});
    run_commands(console, command_line.commands);
    if (game.cvar("stand_in_crash_at_start") == "1")
        crash();
    if (const std::string status(game.cvar("stand_in_exit_at_start")); !status.empty())
        return std::atoi(status.c_str());

    run_commands(console, {{"exec", "server.cfg"}});
    run_start_hooks(game);
    tell_of_steam(game);
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
