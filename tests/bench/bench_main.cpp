// What left4me costs, in a booted host that has the package: a line for each
// figure, bench.json and the points of the plots. Exit status 1: a mark is missed.

#include "benches.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <print>

namespace {

using namespace left4me::bench;

struct Bench {
    const char* name;
    void (*run)(const Rounds&, Report&);
};

constexpr std::array benches = {
    Bench{"memory", peak_memory},          Bench{"mount", mount_against_mount8},
    Bench{"script", mount_against_script}, Bench{"start", start_and_stop},
    Bench{"play", play_in_the_sandbox},    Bench{"layers", mount_by_layers},
    Bench{"servers", mount_by_servers},    Bench{"build", build_of_nothing},
    Bench{"jitter", jitter_beside_builds}, Bench{"import", import_of_archives},
    Bench{"status", status_of_many},
};

struct Request {
    std::vector<std::string> only;
    std::string results;
    bool quick = false;
    std::size_t loop = 0;
};

int measure(const Request& request)
{
    left4me::test::install_stand_in();
    Report report;
    Report::print_title();
    for (const auto& bench : benches)
        if (request.only.empty() || std::ranges::contains(request.only, bench.name))
            bench.run({request.quick}, report);
    report.write_to(request.results);
    return report.marks_are_met() ? 0 : 1;
}

} // namespace

int main(int argc, char* argv[])
{
    CLI::App app("Measures what left4me costs.", "bench");
    Request request;
    std::vector<std::string> names;
    for (const auto& bench : benches)
        names.emplace_back(bench.name);
    app.add_option("--only", request.only, "Only this one; may be repeated")
        ->check(CLI::IsMember(names));
    app.add_flag("--quick", request.quick, "Fewer rounds: figures without much weight");
    app.add_option("--results", request.results, "Folder to write into")->required();
    app.add_option("--loop", request.loop, "Only print how late a loop of 100 Hz wakes up")
        ->group(""); // for this program itself
    CLI11_PARSE(app, argc, argv);
    if (request.loop > 0) {
        run_loop(request.loop);
        return 0;
    }

    // The helpers of the tests are used here, too: what fails there ends this.
    GTEST_FLAG_SET(throw_on_failure, true);
    testing::InitGoogleTest();
    try {
        return measure(request);
    } catch (const std::exception& problem) {
        std::println(stderr, "bench: {}", problem.what());
        return 2;
    }
}
