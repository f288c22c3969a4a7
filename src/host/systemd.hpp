#pragma once

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

class UnitWatch;

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
    std::optional<std::chrono::microseconds> begun; ///< by hand, not by a restart of its own
    std::chrono::microseconds changed{};              ///< its state; a reload counts
    UnitOrigin origin;

    [[nodiscard]] bool is_down() const { return active_state == "inactive" || active_state == "failed"; }
};

/// Absolute paths in a unit's view; the deepest one above a file counts.
struct UnitView {
    std::vector<std::string> bound;   ///< BindPaths= and BindReadOnlyPaths=
    std::vector<std::string> emptied; ///< TemporaryFileSystem=

    [[nodiscard]] bool shows(const std::string& path) const;
};

/// How a unit's main process ended, as a shell has it.
int shell_status(const UnitStatus& ended);

/// The active state alone, for which systemd reads no file.
struct UnitState {
    std::string unit;
    std::string state;
    [[nodiscard]] bool is_down() const { return state == "inactive" || state == "failed"; }
};

/// Whether a wait for a job ends when the caller is gone (see caller_watch).
enum class JobPatience { callers, own };

/// systemd over the system bus: what it tells of any unit, and jobs. These are waited for by
/// their JobRemoved signal, subscribed to before they are queued; a wait ends after ten
/// minutes (busy) or when the caller is gone (cancelled; systemd goes on with the job).
class Systemd {
public:
    /// unavailable where systemd does not run or its bus does not answer.
    static Result<Systemd> connect();

    Result<UnitStatus> status(const std::string& unit);
    Result<UnitOrigin> origin(const std::string& unit);

    /// Its origin, its state, and since when: not what only a service has, which takes systemd as long
    /// again to put together.
    Result<UnitStatus> unit_status(const std::string& unit);

    /// The main process of a service; 0: it has none, or is no service.
    Result<std::uint32_t> main_process(const std::string& unit);

    /// What a unit with a root directory of its own sees of the host.
    Result<UnitView> view(const std::string& unit);

    /// When a timer is to elapse next by the clock, since the epoch; none: it does not wait.
    Result<std::optional<std::chrono::microseconds>> next_elapse(const std::string& timer);

    /// One for each unit, in their order.
    Result<std::vector<UnitState>> states(const std::vector<std::string>& units);

    /// The units in systemd's memory whose names match one of two patterns.
    Result<std::vector<std::string>> loaded_units(const char* pattern, const char* other_pattern);

    /// systemd's own, "257.8-1~deb13u2".
    Result<std::string> version();

    /// The processes of a unit, in all cgroups beneath its own. not_found: it has none.
    Result<std::vector<std::uint32_t>> processes(const std::string& unit);

    /// Has systemd read the files of all units again.
    Result<void> reload();

    /// Forgets that the unit failed, and how often. One that is not loaded is no error.
    Result<void> reset_failed(const std::string& unit);

    /// Has systemd remove the state directory (StateDirectory=) of a unit that is down, and does not
    /// wait for that. busy for one that is not down.
    Result<void> clean_state(const std::string& unit);

    /// Queues a job for each unit at once, and waits for all of them. To stop what there is
    /// no unit of is no error.
    Result<void> start(const std::vector<std::string>& units, JobPatience patience);
    Result<void> stop(const std::vector<std::string>& units, JobPatience patience);

    /// What does not run is left alone.
    Result<void> try_restart(const std::vector<std::string>& units, JobPatience patience);

    /// Queue jobs, and wait for none.
    Result<void> queue_start(const std::string& unit);
    Result<void> queue_try_restart(const std::vector<std::string>& units);

    /// What does not run is started.
    Result<void> restart(const std::vector<std::string>& units, JobPatience patience);

    /// From here on systemd tells of what changes about these units (unit_watch.hpp).
    Result<UnitWatch> watch(const std::vector<std::string>& units);

    /// For as long as this connection lasts systemd remembers how the unit ended.
    Result<void> hold(const std::string& unit);

    /// Waits until systemd has something to say (descriptor and events as poll's), doing
    /// meanwhile what else there is to do.
    using WaitForBus = std::function<Result<Caller>(int descriptor, short events)>;

    /// Starts a unit that is held, tells once that it is started, and waits until it is down
    /// again. cancelled when the caller is gone.
    Result<UnitStatus> run_held(const std::string& unit, const std::function<void()>& started,
                                const WaitForBus& wait);

private:
    struct CloseBus {
        void operator()(sd_bus* bus) const noexcept;
    };
    using Bus = std::unique_ptr<sd_bus, CloseBus>;

    explicit Systemd(Bus bus) : bus_(std::move(bus)) {}

    Result<void> run_jobs(const char* method, const std::vector<std::string>& units,
                          JobPatience patience);

    Bus bus_;
};

} // namespace left4me
