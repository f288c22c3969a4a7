#pragma once

#include "host/helper_door.hpp"
#include "steam/steamcmd.hpp"
#include "system/child_process.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <chrono>
#include <optional>
#include <sys/types.h>

namespace left4me {

/// steamcmd and all that it starts, in its unit or beside this program; they end with this.
class SteamcmdProcess {
public:
    static Result<SteamcmdProcess> start(const Host& host, const SteamcmdOrder& order);

    SteamcmdProcess(SteamcmdProcess&& other) noexcept;
    SteamcmdProcess& operator=(SteamcmdProcess&&) = delete;
    SteamcmdProcess(const SteamcmdProcess&) = delete;
    SteamcmdProcess& operator=(const SteamcmdProcess&) = delete;
    ~SteamcmdProcess();

    /// What it says, and where it is answered.
    [[nodiscard]] const FileDescriptor& terminal() const noexcept { return terminal_; }

    /// Waits for the end that it is about to come to; its exit status as a shell has it.
    int finish();

private:
    using Clock = std::chrono::steady_clock;

    SteamcmdProcess(pid_t child, FileDescriptor terminal);
    SteamcmdProcess(RunningHelper helper, FileDescriptor input, FileDescriptor terminal);
    static Result<SteamcmdProcess> start_in_unit(const SteamcmdRun& run);
    static Result<SteamcmdProcess> start_here(const Host& host, const SteamcmdOrder& order);
    int end(Clock::duration patience, int signal_first);
    int end_unit(Clock::duration patience);
    int end_here(Clock::duration patience, int signal_first);

    pid_t child_; ///< steamcmd; -1: it runs in its unit
    FileDescriptor terminal_;
    std::optional<RunningHelper> helper_; ///< which waits for its unit
    FileDescriptor input_; ///< the helper's
};

} // namespace left4me
