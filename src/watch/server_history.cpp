#include "watch/server_history.hpp"

#include "system/format.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <numeric>
#include <optional>
#include <span>
#include <sys/stat.h>
#include <zlib.h>

namespace left4me {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

/// As it lies in the file, in the host's own order of bytes: a history does not travel.
struct Slot {
    std::int64_t time;
    std::uint64_t memory;
    std::uint32_t cpu;
    std::uint16_t players;
    std::uint16_t max_players;
    std::array<char, 28> map;
    std::uint32_t checksum; ///< CRC-32 of all before it
};
static_assert(sizeof(Slot) == 56);

struct Header {
    std::array<char, 8> magic;
    std::array<std::uint32_t, 11> zeros;
    std::uint32_t version;
};
static_assert(sizeof(Header) == sizeof(Slot));
constexpr Header header = {.magic = {'l', '4', 'd', '2', 'h', 'i', 's', 't'}, .zeros = {}, .version = 1};

struct Ring {
    seconds step;
    std::int64_t count;
};

constexpr std::array<Ring, 3> rings = {
    {{seconds(60), 24L * 60}, {seconds(600), 30L * 24 * 6}, {seconds(3600), 366L * 24}}};

constexpr Ring ring_of(HistorySpan span)
{
    return rings.at(static_cast<std::size_t>(span));
}

/// Where a ring begins, in bytes.
constexpr std::int64_t begin_of(HistorySpan span)
{
    std::int64_t slots = 1; // the header
    for (std::size_t i = 0; i < static_cast<std::size_t>(span); ++i)
        slots += rings.at(i).count;
    return slots * static_cast<std::int64_t>(sizeof(Slot));
}

constexpr std::int64_t file_size =
    begin_of(HistorySpan::hour) + rings.back().count * static_cast<std::int64_t>(sizeof(Slot));

sys_seconds floor_to(sys_seconds time, seconds step)
{
    return sys_seconds(time.time_since_epoch() / step * step);
}

std::int64_t place_of(HistorySpan span, sys_seconds time)
{
    const auto [step, count] = ring_of(span);
    const auto index = time.time_since_epoch() / step % count;
    return begin_of(span) + index * static_cast<std::int64_t>(sizeof(Slot));
}

std::uint32_t checksum_of(const Slot& slot)
{
    return static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(&slot), offsetof(Slot, checksum)));
}

Slot slot_of(const HistorySample& sample)
{
    Slot slot = {.time = sample.time.time_since_epoch().count(),
                 .memory = sample.memory,
                 .cpu = sample.cpu,
                 .players = sample.players,
                 .max_players = sample.max_players,
                 .map = {},
                 .checksum = 0};
    sample.map.copy(slot.map.data(), slot.map.size());
    slot.checksum = checksum_of(slot);
    return slot;
}

/// None where the slot is empty, torn, or of another time than its place says.
std::optional<HistorySample> sample_in(const Slot& slot, HistorySpan span, std::int64_t place)
{
    const sys_seconds time{seconds(slot.time)};
    if (slot.time <= 0 || slot.checksum != checksum_of(slot) || place_of(span, time) != place ||
        floor_to(time, ring_of(span).step) != time)
        return std::nullopt;
    const auto* end = std::ranges::find(slot.map, '\0');
    return HistorySample{.time = time,
                         .players = slot.players,
                         .max_players = slot.max_players,
                         .cpu = slot.cpu,
                         .memory = slot.memory,
                         .map = std::string(slot.map.begin(), end)};
}

Result<void> write_at(const FileDescriptor& file, const void* data, std::size_t size, std::int64_t place)
{
    const auto written = pwrite(file.get(), data, size, place);
    if (written != static_cast<ssize_t>(size))
        return fail_errno("cannot write a history", written < 0 ? errno : ENOSPC);
    return {};
}

bool is_history(const FileDescriptor& file)
{
    struct stat status = {};
    Header found = {};
    return fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size == file_size &&
           pread(file.get(), &found, sizeof found, 0) == sizeof found &&
           std::memcmp(&found, &header, sizeof header) == 0;
}

/// Written whole before it has its name.
Result<FileDescriptor> make_history(const Directory& histories, const std::string& name)
{
    const auto fresh = name + ".new";
    if (auto removed = histories.remove_file(fresh); !removed)
        return std::unexpected(removed.error());
    FileDescriptor file(openat(histories.descriptor(), fresh.c_str(),
                               O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640));
    if (!file || ftruncate(file.get(), file_size) != 0)
        return fail_errno(formatted("cannot make {}/{}", histories.path(), name), errno);
    return write_at(file, &header, sizeof header, 0)
        .and_then([&] { return histories.rename(fresh, name, 0); })
        .transform([&] { return std::move(file); });
}

/// The most players, the mean of what it took, the last map.
HistorySample sum_of(std::span<const HistorySample> samples, sys_seconds time)
{
    HistorySample sum = samples.back();
    sum.time = time;
    std::uint64_t cpu = 0;
    std::uint64_t memory = 0;
    for (const auto& sample : samples) {
        sum.players = std::max(sum.players, sample.players);
        sum.max_players = std::max(sum.max_players, sample.max_players);
        cpu += sample.cpu;
        memory += sample.memory / samples.size();
    }
    sum.cpu = static_cast<std::uint32_t>(cpu / samples.size());
    sum.memory = memory;
    return sum;
}

} // namespace

Result<ServerHistory> ServerHistory::open(const Directory& histories, const InstanceName& name)
{
    const auto& file_name = name.str();
    FileDescriptor file(
        openat(histories.descriptor(), file_name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file && is_history(file))
        return ServerHistory(std::move(file), false);
    const bool damaged = file || errno != ENOENT;
    if (damaged) {
        const auto aside = file_name + ".damaged";
        auto kept =
            histories.remove_tree(aside).and_then([&] { return histories.rename(file_name, aside, 0); });
        if (!kept)
            return std::unexpected(kept.error());
    }
    return make_history(histories, file_name).transform([&](FileDescriptor made) {
        return ServerHistory(std::move(made), damaged);
    });
}

Result<void> ServerHistory::add(const HistorySample& sample)
{
    HistorySample minute = sample;
    minute.time = floor_to(sample.time, ring_of(HistorySpan::minute).step);
    return write(HistorySpan::minute, minute)
        .and_then([&] { return sum_up(HistorySpan::minute, HistorySpan::ten_minutes, minute.time); })
        .and_then([&] { return sum_up(HistorySpan::ten_minutes, HistorySpan::hour, minute.time); });
}

Result<void> ServerHistory::write(HistorySpan span, const HistorySample& sample)
{
    const auto slot = slot_of(sample);
    return write_at(file_, &slot, sizeof slot, place_of(span, sample.time));
}

Result<void> ServerHistory::sum_up(HistorySpan from, HistorySpan into, sys_seconds time)
{
    const auto step = ring_of(into).step;
    const auto begin = floor_to(time, step);
    return read(from, begin, begin + step).and_then([&](const std::vector<HistorySample>& samples) {
        return samples.empty() ? Result<void>() : write(into, sum_of(samples, begin));
    });
}

Result<std::vector<HistorySample>> ServerHistory::read(HistorySpan span, sys_seconds from,
                                                       sys_seconds to) const
{
    const auto [step, count] = ring_of(span);
    // More than the ring holds is in it once.
    auto time = std::max(floor_to(from, step), floor_to(to, step) - step * count);
    std::vector<HistorySample> samples;
    for (; time < to; time += step) {
        const auto place = place_of(span, time);
        Slot slot = {};
        if (pread(file_.get(), &slot, sizeof slot, place) != sizeof slot)
            return fail_errno("cannot read a history", errno);
        if (auto sample = sample_in(slot, span, place); sample && sample->time == time)
            samples.push_back(std::move(*sample));
    }
    return samples;
}

Result<Directory> open_histories(const Host& host)
{
    return Directory::open(host.state_path("history"));
}

Result<void> remove_history(const Directory& histories, const InstanceName& name)
{
    return histories.remove_file(name.str()).and_then([&] {
        return histories.remove_tree(name.str() + ".damaged");
    });
}

} // namespace left4me
