// What left4me-watch costs, by how many servers it asks.

#include "benches.hpp"
#include "support.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <format>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace left4me::bench {
namespace {

using namespace std::string_view_literals;

const std::string watch = "left4me-watch.service";
const std::string server_template = "/run/systemd/system/left4me-server@.service";
constexpr std::uint16_t first_port = 27000;

/// Answers for many games: the question, then a challenge, then the answer of a server of
/// Left 4 Dead 2 (https://developer.valvesoftware.com/wiki/Server_queries).
class Games {
public:
    explicit Games(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i) {
            const int made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            sockaddr_in address = {};
            address.sin_family = AF_INET;
            address.sin_port = htons(static_cast<std::uint16_t>(first_port + i));
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            if (bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
                throw Failure("a port of the games is taken");
            sockets_.push_back({made, POLLIN, 0});
        }
        answering_ = std::jthread([this](const std::stop_token& stop) { answer(stop); });
    }
    ~Games()
    {
        answering_.request_stop();
        answering_.join();
        for (const auto& one : sockets_)
            close(one.fd);
    }
    Games(const Games&) = delete;
    Games& operator=(const Games&) = delete;

private:
    void answer(const std::stop_token& stop)
    {
        constexpr auto question_size = 25;
        constexpr auto challenge = "\xFF\xFF\xFF\xFF"
                                   "A1234"sv;
        constexpr auto info = "\xFF\xFF\xFF\xFF"
                              "I\x11"
                              "bench\0c1m1_hotel\0left4dead2\0Left 4 Dead 2\0\x26\x02"
                              "\x03\x08\x00"
                              "dl"
                              "\x00\x01"
                              "2.2.4.3\0\x00"sv;
        while (!stop.stop_requested()) {
            constexpr int look_again_ms = 200;
            poll(sockets_.data(), sockets_.size(), look_again_ms);
            for (const auto& one : sockets_) {
                if (one.revents == 0)
                    continue;
                std::array<char, 64> packet = {};
                sockaddr_in from = {};
                socklen_t size = sizeof from;
                const auto got = recvfrom(one.fd, packet.data(), packet.size(), MSG_DONTWAIT,
                                          reinterpret_cast<sockaddr*>(&from), &size);
                const auto text = got > question_size ? info : challenge;
                sendto(one.fd, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&from),
                       size);
            }
        }
    }

    std::vector<pollfd> sockets_;
    std::jthread answering_;
};

std::string name_of(std::size_t number)
{
    return std::format("bench-watch-{}", number);
}

/// Units without a game or a mount: what is measured is who asks.
class Units {
public:
    explicit Units(std::size_t count) : count_(count)
    {
        test::write_file(server_template, "[Service]\nExecStart=sleep infinity\n"
                                          "Slice=l4d2-game.slice\nKillSignal=SIGKILL\n");
        test::output({"systemctl", "daemon-reload"});
        test::output({"systemctl", "restart", watch});
        Words start = {"systemctl", "start", "--no-block"}; // 500 take a while
        for (std::size_t i = 0; i < count; ++i) {
            test::write_file("/run/left4me/watch/" + name_of(i),
                             std::format("PORT={}\nQUERY=a2s\nHANG_AFTER=90\n", first_port + i));
            start.push_back(std::format("left4me-server@{}.service", name_of(i)));
        }
        test::output({"chgrp", "-R", "left4me", "/run/left4me/watch"});
        test::output({"chmod", "-R", "g+rX", "/run/left4me/watch"});
        test::output(start);
    }
    ~Units()
    {
        test::run({"systemctl", "stop", "left4me-server@bench-watch-*.service"});
        for (std::size_t i = 0; i < count_; ++i)
            test::remove_all("/run/left4me/watch/" + name_of(i));
        test::remove_all(server_template);
        test::run({"systemctl", "daemon-reload"});
    }
    Units(const Units&) = delete;
    Units& operator=(const Units&) = delete;

    [[nodiscard]] bool all_answer() const
    {
        return test::eventually(
            [&] {
                for (std::size_t i = 0; i < count_; ++i)
                    if (!test::read_file(std::format("/run/left4me/answers/{}.json", name_of(i)))
                             .contains("\"answers\""))
                        return false;
                return true;
            },
            std::chrono::minutes(5));
    }

private:
    std::size_t count_;
};

double cpu_seconds()
{
    constexpr double nanoseconds = 1e9;
    return std::stod(test::unit_property(watch, "CPUUsageNSec")) / nanoseconds;
}

} // namespace

void watch_of_many(const Rounds& rounds, Report& report)
{
    for (const std::size_t count : {10UL, 100UL, 500UL}) {
        const Games games(count);
        const Units units(count);
        if (!units.all_answer())
            throw Failure("the watch does not find all of its games");
        // As many minutes as it asks all once, and takes a sample.
        const auto time = std::chrono::seconds(60) * (rounds.quick ? 1 : 3);
        const auto before = cpu_seconds();
        std::this_thread::sleep_for(time);
        const auto used = (cpu_seconds() - before) / static_cast<double>(time.count());
        constexpr double per_cent = 100;
        report.measure(std::format("CPU of the watch, {} servers", count), "% of a core",
                       {used * per_cent}, at_most(1));
        report.measure(std::format("memory of the watch, {} servers", count), "MiB",
                       {memory_of_unit(watch)}, at_most(20));
    }
}

} // namespace left4me::bench
