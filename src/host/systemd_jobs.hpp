#pragma once

#include "model/instance_name.hpp"
#include "system/caller_watch.hpp"
#include "system/error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct sd_bus;

namespace left4me {

/// Where a unit's settings come from.
struct UnitOrigin {
    std::string load_state;            ///< loaded, masked, not-found, …
    std::string fragment;              ///< path of the unit's file
    std::vector<std::string> drop_ins; ///< paths, in the order in which they count
    bool needs_reload = false;         ///< the files have changed since systemd read them
};

/// What systemd tells of one service. Reading needs no privilege.
struct UnitStatus {
    std::string active_state; ///< active, inactive, failed, activating, …
    std::string sub_state;
    std::string result;      ///< of a service: success, exit-code, timeout, …
    std::string status_text; ///< a service's own words (sd_notify STATUS=)
    std::int32_t exit_code = 0;   ///< how the main process ended: CLD_EXITED, CLD_KILLED, …
    std::int32_t exit_status = 0; ///< its status or signal, once it ended
    std::uint32_t main_pid = 0;               ///< 0: none
    std::uint32_t restarts = 0;
    std::optional<std::uint64_t> memory_bytes; ///< none: no memory controller, or down
    std::optional<std::chrono::microseconds> active_since; ///< since the epoch
    std::optional<std::chrono::microseconds> started; ///< its main process; none: it never ran
    std::chrono::microseconds changed{};              ///< its state; a reload counts
    UnitOrigin origin;

    [[nodiscard]] bool is_down() const { return active_state == "inactive" || active_state == "failed"; }
};

/// systemd over the system bus, for the units of servers, builds and the installation.
/// Jobs are waited for by their JobRemoved signal, subscribed to before they
/// are queued; a wait ends after ten minutes (busy) or when the caller is gone
/// (cancelled; systemd goes on with the job).
class UnitControl {
public:
    /// unavailable where systemd does not run or its bus does not answer.
    static Result<UnitControl> connect();

    Result<UnitStatus> status(const std::string& unit);

    /// Neither the server nor its overlay runs, starts or stops.
    Result<bool> is_down(const InstanceName& name);

    Result<UnitOrigin> origin(const std::string& unit);

    /// The servers of which systemd has a unit in memory, sorted.
    Result<std::vector<InstanceName>> loaded_servers();

    /// systemd's own, "257.8-1~deb13u2".
    Result<std::string> version();

    /// busy unless the server and its overlay are down.
    Result<void> require_down(const InstanceName& name);

    /// The processes of a unit, in all cgroups beneath its own. not_found: it has none.
    Result<std::vector<std::uint32_t>> processes(const std::string& unit);

    /// Starts the server, now and at every boot, by the unit's files as they are now
    /// (systemd reads them anew where it has not). On failure the message is the reason
    /// that the unit itself gave, where it gave one.
    Result<void> enable_now(const InstanceName& name);

    /// Stops the server, now and for every boot, and waits until it is unmounted. A
    /// server that was never started is no error. The text says what the
    /// operator should know of a stop that succeeded, or is empty.
    Result<std::string> disable_now(const InstanceName& name);

    /// Starts the purge unit, which removes runtime/NAME, and waits. Refuses
    /// (busy) unless the server's units are down.
    Result<void> purge(const InstanceName& name);

    /// Waits until systemd has something to say (descriptor and events as poll's), doing
    /// meanwhile what else there is to do.
    using WaitForBus = std::function<Result<Caller>(int descriptor, short events)>;

    /// Starts a unit that needs another one, and waits until both are down again; what
    /// remains is how the first has ended. When the caller is gone both are stopped, and
    /// the Error is cancelled. Another Error: it was never started, or the second one
    /// failed, with the reason that it gave.
    Result<UnitStatus> run_to_the_end(const std::string& unit, const std::string& needed,
                                      const WaitForBus& wait);

    /// Starts the unit that puts the new installation in the place of the old one,
    /// and waits.
    Result<void> publish_installation();

    /// Starts the unit that looks at the processes of servers (see ServerInspection),
    /// and waits.
    Result<void> inspect_servers();

private:
    struct CloseBus {
        void operator()(sd_bus* bus) const noexcept;
    };
    using Bus = std::unique_ptr<sd_bus, CloseBus>;

    explicit UnitControl(Bus bus) : bus_(std::move(bus)) {}

    /// Whether a wait for a job ends when the caller is gone.
    enum class JobPatience { callers, own };

    struct ActiveState {
        std::string unit;
        std::string state;
        [[nodiscard]] bool is_down() const { return state == "inactive" || state == "failed"; }
    };

    Result<std::vector<ActiveState>> active_states(const std::vector<std::string>& units);
    Result<std::string> load(const std::string& unit);
    Result<void> read_files_anew(const std::string& unit);
    Result<void> reset_failed(const std::string& unit);
    Result<void> run_oneshot(const std::string& unit);
    Result<void> run_jobs(const char* method, const std::vector<std::string>& units,
                          JobPatience patience);
    Result<void> hold(const std::string& unit);
    Result<UnitStatus> run_held(const std::string& unit, const WaitForBus& wait);
    Result<void> explain_failed_start(const std::vector<std::string>& units, const Error& error);
    Result<void> adopt_leftover_mount(const InstanceName& name);
    Result<bool> was_killed(const std::string& unit);
    Result<void> require_unmounted(const InstanceName& name);

    Bus bus_;
};

} // namespace left4me
