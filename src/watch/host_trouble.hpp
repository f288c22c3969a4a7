#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

// What keeps games from answering that is no fault of theirs, and what they use.

/// avg10 of one line ("some" or "full") of a file of pressure, in per cent; none where it is not
/// there. https://docs.kernel.org/accounting/psi.html
std::optional<double> parse_pressure(std::string_view text, std::string_view line);

/// The sum of the packets that the kernel dropped for a full queue before any socket saw them, by
/// /proc/net/softnet_stat: the second number of each line, hexadecimal.
std::uint64_t parse_dropped(std::string_view text);

/// Pressure of a slice. Of CPU half of the time counts as starved, of disk the same where nobody
/// in it gets on, of memory a quarter, for then pages of code are read again and again.
struct Pressure {
    double cpu_some = 0;
    double io_full = 0;
    double memory_full = 0;

    [[nodiscard]] bool is_starved() const;
};

/// That of the slice of games, now; none of a kernel that does not tell it.
Pressure read_pressure_of_games();

std::uint64_t read_dropped();

/// What one server uses.
struct Usage {
    std::optional<std::chrono::microseconds> cpu; ///< since its unit was started
    std::optional<std::uint64_t> memory;          ///< bytes
};

/// usage_usec of a cpu.stat.
std::optional<std::chrono::microseconds> parse_cpu_usage(std::string_view text);

/// Of the cgroup of that unit in the slice of games.
Usage read_usage(const std::string& unit);

} // namespace left4me
