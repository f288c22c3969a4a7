#pragma once

#include "report.hpp"

namespace left4me::bench {

/// How often things are measured.
struct Rounds {
    bool quick;

    /// Not fewer than what shows a result at all.
    [[nodiscard]] std::size_t of(std::size_t full) const
    {
        constexpr std::size_t part = 6;
        constexpr std::size_t least = 5;
        return quick ? std::max(full / part, least) : full;
    }
};

void mount_against_mount8(const Rounds& rounds, Report& report);
void mount_against_script(const Rounds& rounds, Report& report);
void start_and_stop(const Rounds& rounds, Report& report);
void start_by_parts(const Rounds& rounds, Report& report);
void mount_by_layers(const Rounds& rounds, Report& report);
void mount_by_servers(const Rounds& rounds, Report& report);
void play_in_the_sandbox(const Rounds& rounds, Report& report);
void status_of_many(const Rounds& rounds, Report& report);
void watch_of_many(const Rounds& rounds, Report& report);
void web_against_flask(const Rounds& rounds, Report& report);
void calls_of_the_broker(const Rounds& rounds, Report& report);
void import_of_archives(const Rounds& rounds, Report& report);
void build_of_nothing(const Rounds& rounds, Report& report);

/// Prints how late a loop of 100 Hz wakes up, in microseconds, for so many turns.
void run_loop(std::size_t turns);
void jitter_beside_builds(const Rounds& rounds, Report& report);
void peak_memory(const Rounds& rounds, Report& report);

} // namespace left4me::bench
