// What the way to root costs a unit that has no sudo.

#include "bench_server.hpp"
#include "benches.hpp"
#include "web_unit.hpp"

#include <format>

namespace left4me::bench {
namespace {

const std::string bare_unit = "/run/systemd/system/left4me-bench-bare.service";

/// A call as who asks sees it, from before it connects until it has the answer: the median of
/// some by one process, the first of which, in a unit that has just started, is left out.
double by_the_broker(const std::string& name)
{
    const auto took =
        test::asked({"--repeat", "6", test::calls, std::format("left4me-systemctl,show,{},", name)});
    constexpr double us_per_ms = 1000;
    Samples calls;
    for (const auto& line : test::lines_of(took))
        calls.push_back(std::stod(line) / us_per_ms);
    calls.erase(calls.begin());
    return spread_of(calls).median;
}

double by_sudo(const std::string& name)
{
    return milliseconds_of({"setpriv", "--reuid=left4me", "--regid=left4me", "--clear-groups", "sudo",
                            "-n", "/usr/libexec/left4me/left4me-systemctl", "show", name});
}

double memory_of_a_follower(const std::string& name)
{
    test::output(test::left_in_unit(
        test::web_unit, {},
        {test::asker, test::logs, std::format("left4me-journalctl,{},--lines,10,--follow,", name)}));
    std::string unit;
    test::eventually([&] {
        const auto found =
            test::output({"systemctl", "list-units", "--plain", "--no-legend", "left4me-broker-logs@*"});
        unit = found.substr(0, found.find(' '));
        return !unit.empty() && test::run({"pgrep", "left4me-journal"}).status == 0;
    });
    const auto memory = memory_of_unit(unit);
    test::run({"systemctl", "kill", "--signal=KILL", test::web_unit});
    test::eventually([&] { return test::unit_property(unit, "ActiveState") != "active"; });
    return memory;
}

} // namespace

void calls_of_the_broker(const Rounds& rounds, Report& report)
{
    const BenchServer server("bench-broker", 1);
    server.start();
    const test::WebComposition composition;
    test::write_file(bare_unit, "[Service]\nType=oneshot\nExecStart=true\n");
    test::output({"systemctl", "daemon-reload"});
    const auto ours = [&] { return by_the_broker(server.name()); };
    // A call may take 40 ms where sudo takes 18 and a unit without any directive 21. Both are taken in
    // turn with it, for how long a unit takes to start is the machine's.
    constexpr double most = 40;
    const auto against_sudo = at_most(most / 18);
    const auto against_a_unit = at_most(most / 21);
    report.compare("a call by the broker, against sudo", "ms",
                   measure_in_turn(rounds.of(24), ours, [&] { return by_sudo(server.name()); }),
                   against_sudo);
    report.compare(
        "  against a bare unit", "ms",
        measure_in_turn(
            rounds.of(24), ours,
            [] { return milliseconds_of({"systemctl", "start", "left4me-bench-bare.service"}); }),
        against_a_unit);
    test::remove_all(bare_unit);
    test::output({"systemctl", "daemon-reload"});
    Samples followers;
    for (std::size_t i = 0; i < rounds.of(6); ++i)
        followers.push_back(memory_of_a_follower(server.name()));
    report.measure("memory of a follower of a log", "MiB", followers, at_most(12));
}

} // namespace left4me::bench
