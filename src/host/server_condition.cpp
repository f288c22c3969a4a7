#include "host/server_condition.hpp"

#include "system/exit_status.hpp"
#include "system/format.hpp"

#include <array>
#include <csignal>
#include <cstring>
#include <ctime>

namespace left4me {
namespace {

using std::chrono::microseconds;

constexpr std::uint32_t few_restarts = 3;
constexpr microseconds long_life = std::chrono::minutes(1);
constexpr microseconds steady_life = std::chrono::minutes(5); // whatever was before

/// "14:05", in the host's zone.
std::string clock_time(microseconds since_epoch)
{
    const auto seconds = static_cast<time_t>(since_epoch.count() / 1'000'000);
    tm local = {};
    std::array<char, 6> text = {};
    if (localtime_r(&seconds, &local) == nullptr ||
        std::strftime(text.data(), text.size(), "%H:%M", &local) == 0)
        return "-";
    return text.data();
}

} // namespace

std::string end_of(const UnitStatus& server)
{
    if (server.exit_code == CLD_KILLED || server.exit_code == CLD_DUMPED)
        return formatted("signal {} ({})", server.exit_status, strsignal(server.exit_status));
    if (server.exit_status == static_cast<int>(ExitStatus::launch_failed))
        return "an error of left4me-launch, which could not start it";
    constexpr int signal_base = 128; // left4me-launch passes it on as a shell does
    if (server.exit_status > signal_base && server.exit_status < signal_base + SIGRTMAX)
        return formatted("signal {} ({})", server.exit_status - signal_base,
                         strsignal(server.exit_status - signal_base));
    return formatted("status {}", server.exit_status);
}

std::optional<std::string> condition_of(const UnitStatus& server, std::optional<microseconds> next_try,
                                        microseconds now)
{
    const auto tries = next_try ? formatted("next try {}", clock_time(*next_try)) : "given up";
    if (server.active_state == "failed" && server.restarts > 0)
        return formatted("failed {} times, last with {}, {}", server.restarts, end_of(server), tries);
    if (server.active_state == "failed")
        return formatted("failed: {}, {}", server.result, tries);
    if (server.sub_state.starts_with("auto-restart"))
        return formatted("ended with {}, starts again in a moment", end_of(server));
    if (server.active_state != "active" || server.restarts < few_restarts || !server.begun)
        return std::nullopt;
    const auto up = now - *server.begun;
    const auto life = server.started ? now - *server.started : up;
    if (life >= steady_life)
        return std::nullopt;
    if (up / (server.restarts + 1) < long_life)
        return formatted("looping: ended {} times in {} min", server.restarts,
                         std::chrono::ceil<std::chrono::minutes>(up).count());
    if (life < long_life)
        return formatted("started again {} s ago; it has ended by itself {} times",
                         std::chrono::floor<std::chrono::seconds>(life).count(), server.restarts);
    return std::nullopt;
}

} // namespace left4me
