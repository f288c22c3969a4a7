// What the sandbox costs a game in play: the same game in the unit and outside of
// it, both on the same merged tree, both up all the time and at work in turn.

#include "bench_server.hpp"
#include "benches.hpp"
#include "neighbour.hpp"
#include "query_load.hpp"

#include <chrono>
#include <format>
#include <optional>
#include <sstream>

namespace left4me::bench {
namespace {

using namespace std::chrono_literals;

/// The server's game, as the same user and with the same priority, in a service
/// that has no other directive.
class OutsideGame {
public:
    OutsideGame(const BenchServer& server, std::uint16_t port) : port_(port)
    {
        test::output({"systemd-run", "--quiet", "--collect", "--unit=" + unit, "--uid=left4me",
                      "--gid=left4me", "--property=Nice=-5", "--property=KillSignal=SIGINT",
                      "--property=LimitNOFILE=65536", "--working-directory=" + server.merged(),
                      "--setenv=HOME=" + test::state + "/steam", server.merged() + "/srcds_run", "-game",
                      "left4dead2", "-norestart", "+ip", "0.0.0.0", "+hostport", std::to_string(port)});
        if (!test::game_answers(port))
            throw Failure("the game outside the sandbox does not answer");
    }
    ~OutsideGame() { test::run({"systemctl", "stop", unit}); }
    OutsideGame(const OutsideGame&) = delete;
    OutsideGame& operator=(const OutsideGame&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
    const std::string unit = "left4me-bench-outside.service";
    std::uint16_t port_;
};

/// Runs the game's frame loop and keeps the 99th percentiles, in milliseconds.
struct FrameLoop {
    std::uint16_t port;
    std::size_t frames;
    Samples delays = {};

    double period()
    {
        std::istringstream answer(test::ask_rcon(port, std::format("frames {}", frames)));
        std::string word;
        double period_us = 0;
        double late_us = 0;
        if (!(answer >> word >> period_us >> word >> late_us))
            throw Failure("the game has no frames to tell of");
        constexpr double us_per_ms = 1000;
        delays.push_back(late_us / us_per_ms);
        return period_us / us_per_ms;
    }
};

} // namespace

void play_in_the_sandbox(const Rounds& rounds, Report& report)
{
    const BenchServer server("bench-play", 10);
    server.start();
    const OutsideGame outside(server, static_cast<std::uint16_t>(server.port() + 100));

    constexpr std::size_t clients = 16;
    // Players are on other hosts: what is for this host passes other packet rules.
    const test::Neighbour players;
    std::optional<QueryLoad> load_inside;
    std::optional<QueryLoad> load_outside;
    players.there([&] {
        load_inside.emplace(test::public_address, server.port(), clients);
        load_outside.emplace(test::public_address, outside.port(), clients);
    });
    constexpr double thousand = 1000;
    // Ten servers of 32 players with 100 packets a second each, all at one game.
    constexpr std::size_t queries_per_second = 32'000;
    const auto packets = measure_in_turn(
        rounds.of(60), [&] { return load_inside->play(queries_per_second, 500ms) / thousand; },
        [&] { return load_outside->play(queries_per_second, 500ms) / thousand; });
    report.compare("UDP answers in play, 32 k/s asked", "k/s", packets, at_least(0.98));
    const auto most = measure_in_turn(
        rounds.of(240), [&] { return load_inside->saturate(200ms) / thousand; },
        [&] { return load_outside->saturate(200ms) / thousand; });
    report.compare("  and at most, its core at the limit", "k/s", most);

    FrameLoop inside = {server.port(), 200};
    FrameLoop free = {outside.port(), 200};
    const auto periods =
        measure_in_turn(rounds.of(30), [&] { return inside.period(); }, [&] { return free.period(); });
    report.compare("100 Hz loop, 99th percentile of its period", "ms", periods, at_most(1.05));
    report.compare("  and of how late a frame begins", "ms", {inside.delays, free.delays});
}

} // namespace left4me::bench
