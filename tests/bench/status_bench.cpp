// What it takes to look at servers that run.

#include "bench_server.hpp"
#include "benches.hpp"

#include <deque>
#include <format>

namespace left4me::bench {

void status_of_many(const Rounds& rounds, Report& report)
{
    constexpr std::size_t servers = 64;
    std::deque<BenchServer> running;
    Words all = {"systemctl", "status", "--no-pager"};
    for (std::size_t i = 0; i < servers; ++i) {
        running.emplace_back(std::format("bench-status-{}", i), 1).start();
        all.push_back(running.back().unit());
    }
    const auto once = [](const Words& command) {
        return [&command] { return milliseconds_of(command); };
    };
    const Words ours = {"l4d2ctl", "status"};
    report.compare(std::format("status of {} servers, against systemctl status", servers), "ms",
                   measure_in_turn(rounds.of(60), once(ours), once(all)), at_most(3));
    const Words one = {"l4d2ctl", "status", running.front().name()};
    const Words its_unit = {"systemctl", "status", "--no-pager", running.front().unit()};
    report.compare("  of one beside them", "ms",
                   measure_in_turn(rounds.of(60), once(one), once(its_unit)));
}

} // namespace left4me::bench
