#include "system/plain_text.hpp"

#include "system/format.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace left4me {
namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// The digits that text begins with, without the zeros before them; taken from text.
std::string_view take_number(std::string_view& text)
{
    const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    auto digits = text.substr(0, end);
    text.remove_prefix(end);
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    return digits;
}

/// In the host's zone.
std::tm local_fields(std::chrono::microseconds since_epoch)
{
    const auto seconds =
        static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(since_epoch).count());
    std::tm local = {};
    localtime_r(&seconds, &local);
    return local;
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

std::string local_minute(std::chrono::microseconds since_epoch)
{
    const auto local = local_fields(since_epoch);
    std::array<char, 64> text = {};
    return {text.data(), std::strftime(text.data(), text.size(), "%F %H:%M", &local)};
}

std::string local_rfc3339(std::chrono::microseconds since_epoch)
{
    const auto local = local_fields(since_epoch);
    std::array<char, 64> text = {};
    std::string time(text.data(), std::strftime(text.data(), text.size(), "%FT%T%z", &local));
    constexpr std::size_t minutes = 2; // of "+0100"
    return time.size() > minutes ? time.insert(time.size() - minutes, ":") : time;
}

std::strong_ordering natural_order(std::string_view a, std::string_view b)
{
    const auto whole = a <=> b;
    while (!a.empty() && !b.empty()) {
        if (is_digit(a.front()) && is_digit(b.front())) {
            const auto one = take_number(a);
            const auto other = take_number(b);
            if (one != other)
                return one.size() != other.size() ? one.size() <=> other.size() : one <=> other;
        } else if (a.front() != b.front()) {
            return static_cast<unsigned char>(a.front()) <=> static_cast<unsigned char>(b.front());
        } else {
            a.remove_prefix(1);
            b.remove_prefix(1);
        }
    }
    return a.size() != b.size() ? a.size() <=> b.size() : whole;
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
