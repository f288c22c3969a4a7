#include "system/plain_text.hpp"

#include "system/format.hpp"

#include <algorithm>
#include <array>

namespace left4me {
namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

} // namespace

std::string human_bytes(std::uint64_t bytes)
{
    constexpr std::array<std::string_view, 4> units = {"B", "KiB", "MiB", "GiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    constexpr double step = 1024;
    for (; value >= step && unit + 1 < units.size(); ++unit)
        value /= step;
    return unit == 0 ? formatted("{} B", bytes) : formatted("{:.1f} {}", value, units.at(unit));
}

std::string rfc3339(std::chrono::microseconds since_epoch)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    return formatted("{:%FT%T}Z", std::chrono::sys_time<std::chrono::seconds>(seconds));
}

bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool contains_ignoring_case(std::string_view text, std::string_view part)
{
    return !std::ranges::search(text, part, {}, lower, lower).empty();
}

} // namespace left4me
