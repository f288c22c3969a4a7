// What left4me costs, in a booted host that has the package: a line for each
// figure, bench.json and the points of the plots. Exit status 1: a mark is missed.

#include "benches.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <format>
#include <getopt.h>
#include <print>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace left4me::bench;

struct Bench {
    const char* name;
    void (*run)(const Rounds&, Report&);
};

constexpr std::array benches = {
    Bench{"memory", peak_memory},          Bench{"mount", mount_against_mount8},
    Bench{"script", mount_against_script}, Bench{"start", start_and_stop},
    Bench{"parts", start_by_parts},        Bench{"play", play_in_the_sandbox},
    Bench{"layers", mount_by_layers},      Bench{"servers", mount_by_servers},
    Bench{"build", build_of_nothing},      Bench{"jitter", jitter_beside_builds},
    Bench{"import", import_of_archives},   Bench{"status", status_of_many},
    Bench{"broker", calls_of_the_broker},  Bench{"watch", watch_of_many},
    Bench{"web", web_against_flask},
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

bool is_known(std::string_view name)
{
    return std::ranges::any_of(benches, [&](const Bench& bench) { return name == bench.name; });
}

[[noreturn]] void refuse(std::string_view why)
{
    std::println(stderr, "bench: {}\nusage: bench --results FOLDER [--quick] [--only BENCH]...", why);
    std::exit(64);
}

/// --loop COUNT is for this program itself: it prints how late a loop of 100 Hz wakes up.
Request parse(int argc, char* const* argv)
{
    const std::array options = {option{"only", required_argument, nullptr, 'o'},
                                option{"quick", no_argument, nullptr, 'q'},
                                option{"results", required_argument, nullptr, 'r'},
                                option{"loop", required_argument, nullptr, 'l'}, option{}};
    Request request;
    for (int c = 0; (c = getopt_long(argc, argv, "", options.data(), nullptr)) != -1;) {
        if (c == 'o' && !is_known(optarg))
            refuse(std::format("there is no bench '{}'", optarg));
        if (c == 'o')
            request.only.emplace_back(optarg);
        else if (c == 'q')
            request.quick = true;
        else if (c == 'r')
            request.results = optarg;
        else if (c == 'l')
            request.loop = std::stoul(optarg);
        else
            refuse("that is no option");
    }
    if (optind != argc || (request.results.empty() && request.loop == 0))
        refuse("a folder for the results is needed, and nothing else");
    return request;
}

} // namespace

int main(int argc, char* argv[])
{
    const auto request = parse(argc, argv);
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
