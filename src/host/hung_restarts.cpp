#include "host/hung_restarts.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <ranges>

namespace left4me {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::size_t max_kept = 64;      // times
constexpr std::size_t max_times_size = 4096;    // bytes: more than they take
constexpr std::size_t max_seen = 4;    // of what was seen
constexpr std::size_t most_in_an_hour = 4;

std::string times_name(const InstanceName& name)
{
    return name.str() + ".times";
}

/// What was seen of a server, the oldest first: their names are in the order of their times.
Result<std::vector<std::string>> records_of(const Directory& hung, const InstanceName& name)
{
    return hung.entries().transform([&](std::vector<std::string> entries) {
        std::erase_if(entries, [&](const std::string& entry) {
            return !entry.starts_with(name.str() + ".") || entry == times_name(name);
        });
        return entries;
    });
}

Result<void> remove_all(const Directory& hung, const std::vector<std::string>& names, std::size_t count)
{
    Result<void> removed;
    for (const auto& name : names | std::views::take(count))
        removed = removed.and_then([&] { return hung.remove_file(name); });
    return removed;
}

} // namespace

HungRestarts HungRestarts::parse(std::string_view text)
{
    HungRestarts restarts;
    for (const auto line : std::views::split(text, '\n'))
        if (const auto time = parse_number<std::int64_t>(std::string_view(line)))
            restarts.times_.emplace_back(seconds(*time));
    std::ranges::sort(restarts.times_);
    return restarts;
}

std::string HungRestarts::format() const
{
    return join(times_, "",
                [](sys_seconds time) { return formatted("{}\n", time.time_since_epoch().count()); });
}

void HungRestarts::add(sys_seconds time)
{
    times_.push_back(time);
    std::ranges::sort(times_);
    if (times_.size() > max_kept)
        times_.erase(times_.begin(), times_.end() - max_kept);
}

HungRestarts::Times HungRestarts::since(sys_seconds begin, sys_seconds now) const
{
    Times found;
    std::ranges::copy_if(times_, std::back_inserter(found),
                         [&](sys_seconds time) { return time > begin && time <= now; });
    return found;
}

bool HungRestarts::allow(sys_seconds now) const
{
    return since(now - hours(1), now).size() < most_in_an_hour;
}

HungRestarts::Times HungRestarts::recent(sys_seconds now) const
{
    return since(now - hours(24), now);
}

Result<Directory> open_hung(const Host& host)
{
    return Directory::open(host.state_path("hung"));
}

HungRestarts read_hung_restarts(const Directory& hung, const InstanceName& name)
{
    return HungRestarts::parse(hung.read_file(times_name(name), max_times_size).value_or(""));
}

std::string hung_record_name(const InstanceName& name, sys_seconds time)
{
    return formatted("{}.{}", name.str(), rfc3339(time.time_since_epoch()));
}

Result<void> keep_hung_restart(const Directory& hung, const InstanceName& name, sys_seconds time,
                               std::string_view seen)
{
    auto restarts = read_hung_restarts(hung, name);
    restarts.add(time);
    // Their group is the directory's: user left4me's. The time first: the limit holds, whatever
    // becomes of the rest.
    return hung.replace_file(times_name(name), restarts.format(), 0640)
        .and_then([&] { return records_of(hung, name); })
        .and_then([&](const std::vector<std::string>& records) {
            const auto too_many = records.size() < max_seen ? 0 : records.size() - max_seen + 1;
            return remove_all(hung, records, too_many);
        })
        .and_then([&] { return hung.replace_file(hung_record_name(name, time), seen, 0640); });
}

Result<void> remove_hung_restarts(const Directory& hung, const InstanceName& name)
{
    return records_of(hung, name)
        .and_then([&](const std::vector<std::string>& records) {
            return remove_all(hung, records, records.size());
        })
        .and_then([&] { return hung.remove_file(times_name(name)); });
}

} // namespace left4me
