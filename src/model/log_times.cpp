#include "model/log_times.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>
#include <utility>

namespace left4me {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::string_view written_time = "%Y-%m-%dT%H:%M:%S+00:00";
constexpr std::size_t written_size = std::string_view("2026-01-31T12:00:00+00:00").size();

struct Unit {
    std::string_view names; ///< with a blank behind each
    seconds length;
};

constexpr std::array<Unit, 5> units = {{
    {"s sec second seconds ", seconds(1)},
    {"m min minute minutes ", std::chrono::minutes(1)},
    {"h hr hour hours ", std::chrono::hours(1)},
    {"d day days ", std::chrono::days(1)},
    {"w week weeks ", std::chrono::weeks(1)},
}};

void skip_blanks(std::string_view& text)
{
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

/// The characters of one kind that text begins with; taken from it.
std::string_view take(std::string_view& text, std::string_view kind)
{
    const auto taken = text.substr(0, text.find_first_not_of(kind));
    text.remove_prefix(taken.size());
    return taken;
}

/// "1h 30min ago"
std::optional<seconds> parse_span(std::string_view text)
{
    constexpr std::int64_t longest = 1'000'000'000; // of a part: 30 years of seconds
    if (text.ends_with(" ago"))
        text.remove_suffix(std::string_view(" ago").size());
    seconds span(0);
    do {
        const auto number = parse_number<std::int64_t>(take(text, "0123456789"));
        skip_blanks(text);
        const auto name = std::string(take(text, "abcdefghijklmnopqrstuvwxyz")) + ' ';
        const auto unit = std::ranges::find_if(units, [&](const Unit& one) {
            return one.names.starts_with(name) || one.names.contains(' ' + name);
        });
        if (!number || *number > longest || unit == units.end())
            return std::nullopt;
        span += *number * unit->length;
        skip_blanks(text);
    } while (!text.empty());
    return span;
}

std::tm fields_of(sys_seconds time, TimeZone zone)
{
    const std::time_t number = time.time_since_epoch().count();
    std::tm fields = {};
    if (zone == TimeZone::utc)
        gmtime_r(&number, &fields);
    else
        localtime_r(&number, &fields);
    return fields;
}

sys_seconds time_of(std::tm fields, TimeZone zone)
{
    fields.tm_isdst = -1; // as it was then
    return sys_seconds(seconds(zone == TimeZone::utc ? timegm(&fields) : mktime(&fields)));
}

/// All of text in that form, over what fields have already. A day that no month has is none.
bool read_form(const std::string& text, const char* form, std::tm& fields)
{
    auto read = fields;
    const auto* end = strptime(text.c_str(), form, &read);
    if (end == nullptr || *end != '\0')
        return false;
    auto same = read;
    timegm(&same); // the 31st of February would become a day of March
    if (same.tm_mday != read.tm_mday)
        return false;
    fields = read;
    return true;
}

/// "+01:00" at the end of a text; taken from it.
std::optional<seconds> take_offset(std::string& text)
{
    constexpr std::size_t size = std::string_view("+01:00").size();
    if (text.ends_with('Z')) {
        text.pop_back();
        return seconds(0);
    }
    if (text.size() <= size || !text.contains('T'))
        return std::nullopt;
    const auto offset = text.substr(text.size() - size);
    const auto hours = parse_number<int>(std::string_view(offset).substr(1, 2));
    const auto minutes = parse_number<int>(std::string_view(offset).substr(4));
    if ((offset[0] != '+' && offset[0] != '-') || offset[3] != ':' || !hours || !minutes)
        return std::nullopt;
    text.resize(text.size() - size);
    const seconds span = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    return offset[0] == '-' ? -span : span;
}

std::optional<sys_seconds> parse_date(std::string text, sys_seconds now, TimeZone zone)
{
    const auto offset = take_offset(text);
    if (offset)
        zone = TimeZone::utc;
    std::ranges::replace(text, 'T', ' ');
    auto day = fields_of(now, zone);
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    for (const auto* form : {"%H:%M", "%H:%M:%S", "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"})
        if (auto fields = day; read_form(text, form, fields))
            return time_of(fields, zone) - offset.value_or(seconds(0));
    return std::nullopt;
}

std::optional<sys_seconds> parse_moment(std::string_view text, sys_seconds now, TimeZone zone)
{
    auto day = fields_of(now, zone);
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    if (text == "yesterday")
        --day.tm_mday;
    if (text == "today" || text == "yesterday")
        return time_of(day, zone);
    // journalctl takes "-1h" for this.
    if (const auto span = parse_span(text.substr(text.starts_with('-') ? 1 : 0)))
        return now - *span;
    return parse_date(std::string(text), now, zone);
}

} // namespace

Result<sys_seconds> parse_log_since(std::string_view text, sys_seconds now, TimeZone zone)
{
    const auto moment = parse_moment(text, now, zone);
    if (moment && moment->time_since_epoch() >= seconds(0))
        return *moment;
    return fail(ExitStatus::usage,
                formatted("{} is no time: give 10m, 2h or 3d (ago), today, yesterday, 14:30 or "
                          "\"2026-01-31 14:30\"",
                          quote(text)));
}

std::string LocalLogTimes::pass(std::string_view part)
{
    std::string passed;
    while (!part.empty()) {
        if (in_text_) {
            const auto end = part.find('\n');
            const auto text = part.substr(0, end == std::string_view::npos ? end : end + 1);
            in_text_ = end == std::string_view::npos;
            passed += text;
            part.remove_prefix(text.size());
            continue;
        }
        const auto more = part.substr(0, written_size - begin_.size());
        begin_ += more;
        part.remove_prefix(more.size());
        if (begin_.size() < written_size)
            break;
        std::tm fields = {};
        const bool is_time = strptime(begin_.c_str(), written_time.data(), &fields) != nullptr;
        passed += is_time ? local_rfc3339(seconds(timegm(&fields))) : begin_;
        begin_.clear();
        in_text_ = true;
    }
    return passed;
}

} // namespace left4me
