#pragma once

namespace left4me {

/// What every left4me program ends with: sysexits.h numbers, and the shell's
/// 128+SIGINT for a cancelled one. l4d2ctl(1) has the same table.
enum class ExitStatus : int {
    ok = 0,
    launch_failed = 125, ///< whoever passes on another program's status: its own failure
    usage = 64,
    bad_data = 65,
    not_found = 66,
    unavailable = 69, ///< systemd or one of its services cannot be reached
    internal = 70,
    io = 74,
    busy = 75,
    not_permitted = 77,
    cancelled = 130,
};

} // namespace left4me
