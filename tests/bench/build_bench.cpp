// What a sandbox adds to a command, and what builds cost a game that plays beside them.

#include "benches.hpp"
#include "script.hpp"

#include <algorithm>
#include <chrono>
#include <format>
#include <memory>
#include <print>
#include <time.h>

namespace left4me::bench {
namespace {

const std::string plain_unit = "/run/systemd/system/left4me-bench-build@.service";

/// The build's unit under another name, as systemd itself would start and wait for it:
/// its sandbox, and /bin/true in the place of the script.
class PlainBuild {
public:
    explicit PlainBuild(const std::string& work_copy)
    {
        auto text = test::output({"systemctl", "cat", "left4me-build@.service"}) + '\n';
        const auto drop_lines_with = [&](const std::string& word) {
            std::string kept;
            for (const auto& line : test::lines_of(text))
                if (!line.contains(word))
                    kept += line + '\n';
            text = std::move(kept);
        };
        for (const auto* word : {"left4me-workcopy@%i", "left4me-build/%i", "ExecStart=", "Type=exec"})
            drop_lines_with(word);
        text += std::format("[Service]\nType=oneshot\nRuntimeMaxSec=infinity\nExecStart=/bin/true\n"
                            "BindPaths={}:/overlay\n",
                            work_copy);
        test::write_file(plain_unit, text);
        test::run({"systemctl", "daemon-reload"});
    }
    ~PlainBuild()
    {
        test::remove_all(plain_unit);
        test::run({"systemctl", "daemon-reload"});
    }
    PlainBuild(const PlainBuild&) = delete;
    PlainBuild& operator=(const PlainBuild&) = delete;
};

/// A script on a file's end: a caller that stays.
Words sandboxed(const test::ScriptedCopy& copy, const std::string& script)
{
    return {"sh", "-c",
            std::format("exec /usr/libexec/left4me/left4me-script-sandbox {} 1 <{}", copy.layer(),
                        copy.input_file(std::format("{}\n{}", script.size(), script)))};
}

/// What run_loop() says of itself where games are, with their priority.
Samples lateness(std::size_t turns)
{
    const auto said = test::run({"systemd-run", "--wait", "--pipe", "--quiet", "--slice=l4d2-game.slice",
                                 "--property=Nice=-5", test::tests_dir + "/bench", "--results=/tmp",
                                 std::format("--loop={}", turns)});
    Samples late;
    for (const auto& line : test::lines_of(said.out))
        late.push_back(std::stod(line));
    if (late.size() != turns)
        throw Failure("the loop did not run: " + said.err);
    return late;
}

} // namespace

void run_loop(std::size_t turns)
{
    constexpr long period_ns = 10'000'000;
    constexpr long second_ns = 1'000'000'000;
    constexpr double ns_per_us = 1000;
    timespec next = {};
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (std::size_t i = 0; i < turns; ++i) {
        next.tv_nsec += period_ns;
        next.tv_sec += next.tv_nsec / second_ns;
        next.tv_nsec %= second_ns;
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, nullptr) != 0)
            ;
        timespec now = {};
        clock_gettime(CLOCK_MONOTONIC, &now);
        std::println("{}", (static_cast<double>(now.tv_sec - next.tv_sec) * second_ns +
                            static_cast<double>(now.tv_nsec - next.tv_nsec)) /
                               ns_per_us);
    }
}

void build_of_nothing(const Rounds& rounds, Report& report)
{
    const test::ScriptedCopy copy("bench-build");
    const PlainBuild plain(copy.path());
    const auto ours = sandboxed(copy, "true");
    const Words same = {"systemctl", "start", "left4me-bench-build@x.service"};
    const Words less = {"systemd-run", "--wait", "--pipe", "--quiet", "true"};
    report.compare(
        "a script of nothing, against the same plain unit", "ms",
        measure_in_turn(
            rounds.of(30), [&] { return milliseconds_of(ours); }, [&] { return milliseconds_of(same); }),
        at_most(2.0));
    // Nearly all of it is the sandbox: the same plain unit costs several times as much.
    report.compare("  against systemd-run without a sandbox", "ms",
                   measure_in_turn(
                       rounds.of(30), [&] { return milliseconds_of(ours); },
                       [&] { return milliseconds_of(less); }));
}

void jitter_beside_builds(const Rounds& rounds, Report& report)
{
    constexpr std::size_t builds = 4;
    constexpr std::size_t turns = 300;
    Pairs late;
    for (std::size_t round = 0; round < rounds.of(6); ++round) {
        const auto alone = lateness(turns);
        late.theirs.insert(late.theirs.end(), alone.begin(), alone.end());
        std::vector<std::unique_ptr<test::ScriptedCopy>> copies;
        std::vector<std::unique_ptr<test::RunningScript>> scripts;
        for (std::size_t i = 0; i < builds; ++i) {
            copies.push_back(std::make_unique<test::ScriptedCopy>(std::format("bench-busy-{}", i)));
            scripts.push_back(
                std::make_unique<test::RunningScript>(*copies.back(), "echo busy; while :; do :; done"));
            if (!scripts.back()->says("busy\n"))
                throw Failure("a busy build did not start");
        }
        const auto beside = lateness(turns);
        late.ours.insert(late.ours.end(), beside.begin(), beside.end());
    }
    report.compare("a 100 Hz loop's lateness, four builds beside it", "us", late);
}

} // namespace left4me::bench
