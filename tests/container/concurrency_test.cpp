// Two at a time: every pair of verbs on one server ends as one order of the two
// would, or with "busy" and who it is; and many servers go through their lives at
// once.

#include "support.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <format>
#include <future>
#include <gmock/gmock.h>
#include <ranges>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;

using testing::AnyOf;
using testing::ContainsRegex;
using testing::Eq;

constexpr int not_running = 3;
constexpr int busy = 75;
constexpr int not_found = 66;

std::vector<Outcome> all_at_once(const std::vector<std::pair<Words, std::string>>& commands)
{
    std::vector<std::future<Outcome>> running;
    for (const auto& [words, input] : commands)
        running.push_back(std::async(std::launch::async, [&] { return run(words, input); }));
    std::vector<Outcome> outcomes;
    for (auto& one : running)
        outcomes.push_back(one.get());
    return outcomes;
}

struct Concurrency : ServerTest {
    [[nodiscard]] std::pair<Words, std::string> command(const std::string& verb) const
    {
        if (verb == "initialize")
            return {{"l4d2ctl", verb, name, "-f", "-"}, spec()};
        if (verb == "logs")
            return {{"l4d2ctl", verb, name, "--lines", "3", "--no-follow"}, ""};
        return {{"l4d2ctl", verb, name}, ""};
    }

    static void expect_one_of_them(const Outcome& done)
    {
        EXPECT_THAT(done.status, AnyOf(0, not_running, busy, not_found)) << done.err;
        if (done.status == busy)
            EXPECT_THAT(
                done.err,
                ContainsRegex("is busy: (l4d2ctl [a-z]+ .* \\(process [0-9]+\\)|another "
                              "process) is at work on it|another command stopped or restarted it "
                              "meanwhile"));
    }

    void expect_success(const std::string& verb) const
    {
        const auto [words, input] = command(verb);
        const auto done = run(words, input);
        EXPECT_TRUE(done.status == 0 || (verb == "status" && done.status == not_running))
            << verb << ": " << done.err;
    }

    void expect_clean_life() const
    {
        for (const auto* verb : {"initialize", "start", "stop", "delete"})
            expect_success(verb);
        EXPECT_EQ(mount_line(name), "");
        EXPECT_FALSE(exists(instance()));
        EXPECT_FALSE(exists(runtime()));
    }
};

TEST_F(Concurrency, EveryPairOfVerbsEndsAsOneOrderOfThem)
{
    constexpr std::array verbs = {"initialize", "start", "stop",   "restart",
                                  "delete",     "reset", "status", "logs"};
    int busy_ones = 0;
    for (const bool runs : {false, true})
        for (std::size_t i = 0; i < verbs.size(); ++i)
            for (std::size_t j = i; j < verbs.size(); ++j) {
                SCOPED_TRACE(std::format("{} and {}, {}", verbs[i], verbs[j], runs ? "up" : "down"));
                expect_success("initialize");
                if (runs)
                    expect_success("start");
                for (const auto& done : all_at_once({command(verbs[i]), command(verbs[j])})) {
                    expect_one_of_them(done);
                    busy_ones += done.status == busy ? 1 : 0;
                }
                if (i == j || j + 1 == verbs.size())
                    expect_clean_life();
            }
    EXPECT_GT(busy_ones, 0) << "nothing overlapped";
    expect_clean_life();
}

TEST_F(Concurrency, EnableAndDisableAtOnceEndInOneOfTheStates)
{
    expect_success("initialize");
    expect_success("start");
    const auto helper = [&](const std::string& verb) {
        return std::pair<Words, std::string>{{"/usr/libexec/left4me/left4me-systemctl", verb, name}, ""};
    };
    constexpr int rounds = 10;
    for (int round = 0; round < rounds; ++round) {
        for (const auto& done : all_at_once({helper("enable"), helper("disable")}))
            EXPECT_LT(done.status, 128) << done.err;
        const auto state = unit_property(server_unit(), "ActiveState");
        EXPECT_THAT(state, AnyOf("active", "inactive"));
        EXPECT_EQ(mount_line(name).empty(), state == "inactive");
    }
    expect_clean_life();
}

TEST_F(Concurrency, MountHelpersAtOnceMountOnce)
{
    expect_success("initialize");
    expect_success("start");
    expect_success("stop");
    const auto overlay = [&](const std::string& verb) {
        return std::pair<Words, std::string>{{"/usr/libexec/left4me/left4me-overlay", verb, name}, ""};
    };
    constexpr int rounds = 20;
    for (int round = 0; round < rounds; ++round)
        for (const auto* other : {"mount", "umount", "purge"}) {
            SCOPED_TRACE(other);
            for (const auto& done : all_at_once({overlay("mount"), overlay(other)}))
                EXPECT_THAT(done.status, AnyOf(0, busy)) << done.err;
            const auto table = read_file("/proc/1/mountinfo");
            const auto target = " " + merged() + " ";
            const auto first = table.find(target);
            if (first != std::string::npos)
                EXPECT_EQ(table.find(target, first + 1), std::string::npos) << "mounted twice";
            EXPECT_THAT(run(overlay("umount").first).status, Eq(0));
        }
    expect_clean_life();
}

TEST_F(Concurrency, AVerbWaitsForTheCacheWithAWord)
{
    const auto place = "/tmp/left4me-wait-" + name;
    fs::create_directory(place);
    const auto holds = std::format("touch {0}/held; until [ -e {0}/go ]; do sleep 0.05; done", place);
    ASSERT_EQ(run({"chown", "left4me:", place}).status, 0);
    auto holder = std::async(std::launch::async, [&] {
        return run_as_left4me(
            {"timeout", "60", "flock", "/run/left4me/lock/.contents", "sh", "-c", holds});
    });
    EXPECT_TRUE(eventually([&] { return exists(place + "/held"); }));
    auto verb = std::async(std::launch::async, [&] {
        return run({"sh", "-c", std::format("l4d2ctl overlay create wait/{} 2>{}/said", name, place)});
    });
    EXPECT_TRUE(eventually([&] {
        return read_file(place + "/said") ==
               "l4d2ctl: waiting for the cache, at which another process is at work\n";
    })) << read_file(place + "/said");
    write_file(place + "/go", "");
    EXPECT_EQ(verb.get().status, 0);
    EXPECT_EQ(holder.get().status, 0);
    EXPECT_EQ(l4d2ctl({"overlay", "delete", "wait/" + name}).status, 0);
    remove_all(place);
}

// --- many servers -------------------------------------------------------------------

TEST_F(Concurrency, TwentyServersLiveAtOnce)
{
    constexpr int servers = 20;
    constexpr int first_port = 27700;
    const auto name_of = [&](int number) { return std::format("many-{}", number); };
    const auto all = [&](const std::string& verb) {
        std::vector<std::pair<Words, std::string>> commands;
        for (int number = 0; number < servers; ++number) {
            Words words = {"l4d2ctl", verb, name_of(number)};
            if (verb == "initialize")
                words.insert(words.end(), {"-f", "-"});
            commands.emplace_back(
                words, verb == "initialize" ? std::format("port: {}\n", first_port + number) : "");
        }
        for (const auto& done : all_at_once(commands))
            EXPECT_EQ(done.status, 0) << verb << ": " << done.err;
    };
    all("initialize");
    all("start");
    for (int number = 0; number < servers; ++number) {
        EXPECT_TRUE(game_answers(first_port + number)) << number;
        EXPECT_NE(mount_line(name_of(number)), "");
    }
    all("stop");
    for (int number = 0; number < servers; ++number)
        EXPECT_EQ(mount_line(name_of(number)), "");
    all("delete");
    for (int number = 0; number < servers; ++number)
        EXPECT_FALSE(exists(state + "/runtime/" + name_of(number)));
}

} // namespace
} // namespace left4me::test
