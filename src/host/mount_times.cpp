#include "host/mount_times.hpp"

#include "host/places.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <cstdint>
#include <fcntl.h>
#include <ranges>
#include <sys/stat.h>

namespace left4me {
namespace {

constexpr const char* file_name = "mounts";
constexpr std::size_t most_kept = 200; // one for each start
constexpr std::size_t max_mounts_size = 8 * 1024;

} // namespace

MountTimes MountTimes::parse(std::string_view text)
{
    MountTimes all;
    for (const auto line : std::views::split(text, '\n'))
        if (const auto time = parse_number<std::int64_t>(std::string_view(line)))
            all.add(std::chrono::microseconds(*time));
    return all;
}

std::string MountTimes::format() const
{
    std::string text;
    for (const auto time : times_)
        text += formatted("{}\n", time.count());
    return text;
}

void MountTimes::add(std::chrono::microseconds time)
{
    times_.insert(std::ranges::upper_bound(times_, time), time);
    if (times_.size() > most_kept)
        times_.erase(times_.begin());
}

std::chrono::microseconds MountTimes::mount_at(std::chrono::microseconds time) const
{
    const auto after = std::ranges::upper_bound(times_, time);
    return after == times_.begin() ? time : *std::prev(after);
}

void note_mount(const Directory& runtime, std::chrono::microseconds time)
{
    constexpr mode_t readable = 0644;
    auto times = MountTimes::parse(runtime.read_file(file_name, max_mounts_size).value_or(""));
    times.add(time);
    // In place and without a sync, which would hold up every start: after a power cut a few
    // times may be missing.
    const FileDescriptor file(openat(runtime.descriptor(), file_name,
                                     O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, readable));
    if (file && fchmod(file.get(), readable) == 0)
        (void)write_all(file, file_name, times.format());
}

MountTimes read_mount_times(const Directory& state, const InstanceName& name)
{
    const auto file = formatted("{}/{}", runtime_path(name), file_name);
    return MountTimes::parse(state.read_file(file, max_mounts_size).value_or(""));
}

} // namespace left4me
