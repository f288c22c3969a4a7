#include "model/next_time.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <ctime>
#include <optional>

namespace left4me {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

std::optional<seconds> duration_of(std::string_view text)
{
    if (text.empty())
        return std::nullopt;
    const auto number = parse_number<unsigned>(text.substr(0, text.size() - 1));
    if (!number)
        return std::nullopt;
    switch (text.back()) {
    case 'm':
        return minutes(*number);
    case 'h':
        return hours(*number);
    default:
        return std::nullopt;
    }
}

/// "04:00": four digits and a colon.
std::optional<std::tm> hour_of(std::string_view text, sys_seconds now)
{
    constexpr std::size_t size = 5;
    if (text.size() != size || text[2] != ':')
        return std::nullopt;
    const auto hour = parse_number<int>(text.substr(0, 2));
    const auto minute = parse_number<int>(text.substr(3));
    if (!hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59)
        return std::nullopt;
    const std::time_t time = std::chrono::system_clock::to_time_t(now);
    std::tm local = {};
    localtime_r(&time, &local);
    local.tm_hour = *hour;
    local.tm_min = *minute;
    local.tm_sec = 0;
    local.tm_isdst = -1;
    return local;
}

sys_seconds next_of(std::tm local, sys_seconds now)
{
    auto time = std::mktime(&local);
    if (time <= std::chrono::system_clock::to_time_t(now)) {
        ++local.tm_mday;
        local.tm_isdst = -1;
        time = std::mktime(&local);
    }
    return sys_seconds(seconds(time));
}

} // namespace

Result<sys_seconds> parse_next_time(std::string_view text, sys_seconds now)
{
    constexpr hours week{7 * 24};
    if (const auto hour = hour_of(text, now))
        return next_of(*hour, now);
    const auto after = duration_of(text);
    if (!after || *after <= seconds::zero() || *after > week)
        return fail(ExitStatus::usage,
                    formatted("{} is no time to come: write 04:00, the next one, or 2h or 90m, from now "
                              "on; within a week",
                              quote(text)));
    return now + *after;
}

} // namespace left4me
