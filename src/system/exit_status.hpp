#pragma once

#include <array>
#include <string_view>

namespace left4me {

/// What every left4me program ends with: sysexits.h numbers, LSB's 3 of status verbs,
/// and the shell's 128+SIGINT for a cancelled one.
enum class ExitStatus : int {
    ok = 0,
    not_running = 3,
    launch_failed = 125, ///< whoever passes on another program's status: its own failure
    usage = 64,
    bad_data = 65,
    not_found = 66,
    unavailable = 69, ///< systemd or one of its services cannot be reached
    internal = 70,
    game_failed = 71, ///< the game's doing, not ours
    io = 74,
    busy = 75,
    not_permitted = 77,
    cancelled = 130,
};

/// The status that one of left4me's own programs failed with; internal for a number that is
/// none of theirs.
constexpr ExitStatus own_exit_status(int number)
{
    switch (const auto status = static_cast<ExitStatus>(number)) {
    case ExitStatus::not_running:
    case ExitStatus::launch_failed:
    case ExitStatus::usage:
    case ExitStatus::bad_data:
    case ExitStatus::not_found:
    case ExitStatus::unavailable:
    case ExitStatus::internal:
    case ExitStatus::game_failed:
    case ExitStatus::io:
    case ExitStatus::busy:
    case ExitStatus::not_permitted:
    case ExitStatus::cancelled:
        return status;
    case ExitStatus::ok: // not of what failed
        break;
    }
    return ExitStatus::internal;
}

struct ExitStatusMeaning {
    ExitStatus status;
    std::string_view meaning;
};

/// Those of l4d2ctl, in order. Its help is made from it; a test compares l4d2ctl(1).
inline constexpr auto exit_statuses = std::to_array<ExitStatusMeaning>({
    {ExitStatus::ok, "done"},
    {ExitStatus::not_running, "*status NAME*: the server does not run"},
    {ExitStatus::usage, "usage: the command line is wrong"},
    {ExitStatus::bad_data, "bad data: a file or a name in it is wrong; or *doctor* found a problem"},
    {ExitStatus::not_found, "not found"},
    {ExitStatus::unavailable, "systemd is not available"},
    {ExitStatus::internal, "internal error, or a unit did not start and told no reason"},
    {ExitStatus::game_failed, "the game ended, hung or never answered"},
    {ExitStatus::io, "input or output failed"},
    {ExitStatus::busy, "busy: another command is at work on the server, or its tree is in use"},
    {ExitStatus::not_permitted, "not permitted"},
    {ExitStatus::cancelled, "cancelled by Ctrl-C"},
});

} // namespace left4me
