#pragma once

#include "model/helper_grammar.hpp"
#include "system/child_process.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <optional>
#include <string_view>
#include <sys/types.h>
#include <utility>

namespace left4me {

// Two doors lead to the helpers. Where this process can have new privileges, that is sudo, by
// the rules of sudoers.d/left4me. Where it cannot, as in a unit with NoNewPrivileges=, it is
// left4me-broker, which takes calls from the main processes of the package's own units alone.
// helper_grammar.hpp has what may be asked for through either.

/// Where the broker listens: for calls, and for those that follow a log, which are apart so that
/// open logs never keep a server from being stopped.
inline constexpr const char* broker_socket = "/run/left4me/broker";
inline constexpr const char* log_broker_socket = "/run/left4me/broker-logs";

/// The one that this process has to take.
enum class HelperDoor { sudo, broker };
HelperDoor helper_door();

/// What a helper gets as its standard descriptors: of any kind through sudo, which leaves it our
/// own for -1; three pipes through the broker.
struct HelperStandards {
    int input;
    int output;
    int errors;
    Session session = Session::callers; ///< of sudo
};

/// A helper that was asked for.
class RunningHelper {
public:
    static Result<RunningHelper> start(HelperDoor door, const HelperCall& call,
                                       const HelperStandards& standards);

    RunningHelper(RunningHelper&& other) noexcept
        : end_(std::move(other.end_)), child_(std::exchange(other.child_, -1))
    {
    }
    RunningHelper& operator=(RunningHelper&& other) noexcept
    {
        end_ = std::move(other.end_);
        child_ = std::exchange(other.child_, -1);
        return *this;
    }
    RunningHelper(const RunningHelper&) = delete;
    RunningHelper& operator=(const RunningHelper&) = delete;
    ~RunningHelper() = default;

    /// To poll: readable once it has ended.
    [[nodiscard]] int descriptor() const noexcept { return end_.get(); }

    /// How it ended, as a shell has it; none while it runs. not_permitted: the broker did not
    /// take the call.
    Result<std::optional<int>> ended();

private:
    RunningHelper(FileDescriptor end, pid_t child) : end_(std::move(end)), child_(child) {}
    static Result<RunningHelper> start_by_sudo(const HelperCall& call, const HelperStandards& standards);
    static Result<RunningHelper> ask_broker(const HelperCall& call, const HelperStandards& standards);

    FileDescriptor end_; ///< of sudo's process, or the connection to the broker
    pid_t child_;        ///< sudo's, to be reaped; -1: none
};

// --- what the broker answers -------------------------------------------------------------

/// The longest answer, in bytes.
constexpr std::size_t max_broker_answer_size = 512;

std::string format_helper_end(int shell_status);
std::string format_helper_refusal(std::string_view why);

/// The status; not_permitted for a refusal, bad_data for anything else than these.
Result<int> parse_broker_answer(std::string_view answer);

} // namespace left4me
