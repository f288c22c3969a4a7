#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace left4me {

/// How a server was at one time, or on the average of a span.
struct HistorySample {
    std::chrono::sys_seconds time{}; ///< at which its span begins
    std::uint16_t players = 0;       ///< the most that were there at once
    std::uint16_t max_players = 0;
    std::uint32_t cpu = 0;    ///< thousandths of one core
    std::uint64_t memory = 0; ///< bytes
    std::string map;          ///< the first 28 bytes; the last one's, of a span

    bool operator==(const HistorySample&) const = default;
};

/// What is kept of a server: a sample a minute for a day, one for each ten minutes for 30 days,
/// one an hour for a year.
enum class HistorySpan : std::uint8_t { minute, ten_minutes, hour };

/// /var/lib/left4me/history/NAME: three rings of a fixed size (813 KB, holes as long as nothing
/// is in them). Each sample has its place by its time and a checksum of its own, so that one
/// that a crash has torn is missing, and nothing else. A file of another size or with another
/// beginning is kept beside it, as NAME.damaged, and begun anew.
class ServerHistory {
public:
    static Result<ServerHistory> open(const Directory& histories, const InstanceName& name);

    /// Puts a minute's sample in its place, and what it makes of the spans around it.
    Result<void> add(const HistorySample& sample);

    /// Those of a ring that lie in a span of time, the oldest first.
    [[nodiscard]] Result<std::vector<HistorySample>>
    read(HistorySpan span, std::chrono::sys_seconds from, std::chrono::sys_seconds to) const;

    /// Whether what was there was no history, and lies aside.
    [[nodiscard]] bool was_damaged() const { return was_damaged_; }

private:
    ServerHistory(FileDescriptor file, bool was_damaged)
        : file_(std::move(file)), was_damaged_(was_damaged)
    {
    }
    Result<void> write(HistorySpan span, const HistorySample& sample);
    [[nodiscard]] Result<void> sum_up(HistorySpan from, HistorySpan into, std::chrono::sys_seconds time);

    FileDescriptor file_;
    bool was_damaged_;
};

/// /var/lib/left4me/history, user left4me's.
Result<Directory> open_histories(const Host& host);

/// What a deleted server leaves goes; none is no error.
Result<void> remove_history(const Directory& histories, const InstanceName& name);

} // namespace left4me
