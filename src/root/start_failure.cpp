#include "root/start_failure.hpp"

#include "system/format.hpp"

namespace left4me {
namespace {

/// The program did, once it ran: what systemd could not set up for it has statuses of 200
/// and more.
bool ended_by_itself(const UnitStatus& status)
{
    constexpr int first_of_systemd = 200;
    return status.exit_code != 0 && status.exit_status < first_of_systemd &&
           status.exit_status != static_cast<int>(ExitStatus::launch_failed);
}

} // namespace

Error explain_failed_start(Systemd& systemd, const std::vector<std::string>& units, const Error& error)
{
    if (error.status != ExitStatus::internal)
        return error;
    for (const auto& unit : units) {
        const auto now = systemd.status(unit);
        if (!now || now->result == "success")
            continue;
        // The helpers give their reason as status text and exit status.
        if (!now->status_text.empty())
            return {own_exit_status(now->exit_status), escaped(now->status_text)};
        return {ended_by_itself(*now) ? ExitStatus::game_failed : ExitStatus::internal,
                formatted("{} did not start: {} (status {})", unit, now->result, now->exit_status)};
    }
    return error;
}

} // namespace left4me
