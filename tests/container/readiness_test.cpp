// A start ends when the game is ready for players, and says what it answers.

#include "support.hpp"

#include <format>
#include <future>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr int usage = 64;
constexpr int game_failed = 71;
constexpr int busy = 75;
constexpr int cancelled = 130;

struct Readiness : ServerTest {
    void initialize_with(const std::string& arguments)
    {
        initialize(spec(std::format("arguments: [{}]\nconfig: ['rcon_password \"{}\"']\n", arguments,
                                    rcon_password)));
    }

    /// A game that does nothing but this.
    void initialize_script(const std::string& text)
    {
        initialize(spec(std::format("overlays: [{{path: {}}}]\n", make_game("#!/bin/sh\n" + text))));
    }

    [[nodiscard]] std::future<Outcome> start_in_background() const
    {
        return std::async(std::launch::async, [this] { return l4d2ctl({"start", name}); });
    }

    [[nodiscard]] bool is_active() const
    {
        return unit_property(server_unit(), "ActiveState") == "active";
    }
    [[nodiscard]] bool becomes_active() const
    {
        return eventually([&] { return is_active(); });
    }

    /// Answers no query; its console works.
    const std::string silent = "+stand_in_silent, '1'";
};

TEST_F(Readiness, OfAStartIsWhatTheGameAnswers)
{
    initialize_with("+map, c2m1_highway");
    const auto plays = [&](const std::string& what) {
        return HasSubstr(std::format("{}: plays {}\n", name, what));
    };
    const auto started = l4d2ctl({"start", name});
    EXPECT_EQ(started.status, 0) << started.err;
    EXPECT_THAT(started.out, AllOf(HasSubstr(name + ": started\n"), plays("c2m1_highway, 0/8")));
    EXPECT_EQ(rcon("join Coach"), "ok");
    EXPECT_THAT(l4d2ctl({"start", name}).out,
                AllOf(HasSubstr("it runs already"), plays("c2m1_highway, 1/8")));
    const auto restarted = l4d2ctl({"restart", name});
    EXPECT_EQ(restarted.status, 0) << restarted.err;
    EXPECT_THAT(restarted.out, AllOf(HasSubstr(name + ": restarted\n"), plays("c2m1_highway, 0/8")));
}

TEST_F(Readiness, OfALongLoadIsWaitedFor)
{
    initialize_with("+stand_in_load_ms, '2500'");
    const auto started = l4d2ctl({"start", name});
    EXPECT_EQ(started.status, 0) << started.err;
    EXPECT_GE(started.took, std::chrono::milliseconds(2500));
    EXPECT_THAT(started.out, AllOf(ContainsRegex("waits until its game answers, 17[89] s at most\n"),
                                   HasSubstr(name + ": plays c1m1_hotel, 0/8\n")));
}

TEST_F(Readiness, OfOneThatTakesTooLongIsNoSuccess)
{
    initialize_with("+stand_in_load_ms, '600000'");
    const auto started = l4d2ctl({"start", name, "--timeout", "1"});
    EXPECT_EQ(started.status, game_failed);
    EXPECT_THAT(started.err, HasSubstr(std::format("{}: its game has port {}, and does not answer after "
                                                   "1 s; it runs on: l4d2ctl logs {}",
                                                   name, port, name)));
    EXPECT_TRUE(is_active());
}

TEST_F(Readiness, OfOneThatAnswersNoQueriesIsItsPort)
{
    initialize_with(silent);
    const auto asked = l4d2ctl({"start", name, "--timeout", "1"});
    EXPECT_EQ(asked.status, game_failed);
    EXPECT_THAT(asked.err, HasSubstr("needs query: none in its spec"));
    EXPECT_EQ(l4d2ctl({"stop", name}).status, 0);
    initialize(spec("query: none\narguments: [" + silent + "]\n"));
    const auto started = l4d2ctl({"start", name});
    EXPECT_EQ(started.status, 0) << started.err;
    EXPECT_THAT(started.out, HasSubstr(std::format("{}: has its port, {}\n", name, port)));
}

/// As one that passes queries on to another server.
TEST_F(Readiness, IsNotWhatAnswersForAnotherServer)
{
    initialize_with("+stand_in_says_port, '27999'");
    const auto started = l4d2ctl({"start", name, "--timeout", "1"});
    EXPECT_EQ(started.status, game_failed);
    EXPECT_THAT(started.err, HasSubstr("(what answers there says that it is the server of port 27999)"));
}

TEST_F(Readiness, IsNotAnotherProgramOnThePort)
{
    initialize_script("exec sleep infinity\n");
    auto start = start_in_background();
    ASSERT_TRUE(becomes_active());
    const auto other = "left4me-readiness-other.service";
    ASSERT_EQ(run({"systemd-run", "-q", "--collect", std::string("--unit=") + other, "python3", "-c",
                   std::format("import socket, time\ns = socket.socket(socket.AF_INET, "
                               "socket.SOCK_DGRAM)\ns.bind(('0.0.0.0', {}))\nwhile True:\n"
                               "  s.sendto(b'\\xff\\xff\\xff\\xffI', s.recvfrom(2000)[1])\n",
                               port)})
                  .status,
              0);
    const auto started = start.get();
    EXPECT_EQ(started.status, game_failed);
    EXPECT_THAT(started.err, HasSubstr(std::format("{}: port {} is another program's", name, port)));
    run({"systemctl", "stop", other});
}

TEST_F(Readiness, OfOneThatEndsMeanwhileIsToldAtOnce)
{
    initialize_script("until [ -e go ]; do sleep 0.1; done\necho last words\nexit 7\n");
    auto start = start_in_background();
    ASSERT_TRUE(becomes_active());
    write_file(merged() + "/go", "");
    const auto started = start.get();
    EXPECT_EQ(started.status, game_failed);
    EXPECT_THAT(started.err, AllOf(HasSubstr(name + ": the game ended "),
                                   HasSubstr("with status 7; it is tried again until l4d2ctl stop")));
    EXPECT_THAT(started.out, AllOf(HasSubstr(name + ": its last lines:\n"), HasSubstr("last words")));
}

/// Which shows, too, that nothing is held meanwhile.
TEST_F(Readiness, OfOneThatIsStoppedMeanwhileIsToldAtOnce)
{
    initialize_with(silent);
    auto start = start_in_background();
    ASSERT_TRUE(becomes_active());
    EXPECT_TRUE(eventually([&] { return l4d2ctl({"stop", name}).status == 0; }));
    const auto started = start.get();
    EXPECT_EQ(started.status, busy) << started.err;
    EXPECT_THAT(started.err, HasSubstr(name + ": another command stopped or restarted it meanwhile"));
}

TEST_F(Readiness, OfOneThatIsRestartedMeanwhileIsToldAtOnce)
{
    initialize_with(silent);
    auto start = start_in_background();
    ASSERT_TRUE(becomes_active());
    EXPECT_TRUE(eventually([&] { return l4d2ctl({"restart", "--no-wait", name}).status == 0; }));
    const auto started = start.get();
    EXPECT_EQ(started.status, busy) << started.err;
    EXPECT_THAT(started.err,
                ContainsRegex(name + ": another command stopped or restarted it meanwhile"));
    EXPECT_TRUE(is_active());
}

TEST_F(Readiness, IsNoLongerWaitedForAfterCtrlC)
{
    initialize_with(silent);
    const auto started =
        run({"timeout", "--preserve-status", "--signal=INT", "2", "l4d2ctl", "start", name});
    EXPECT_EQ(started.status, cancelled);
    EXPECT_THAT(started.err, HasSubstr(name + ": it is no longer waited for, and runs on"));
    EXPECT_TRUE(is_active());
}

TEST_F(Readiness, OfSeveralIsWaitedForAtOnce)
{
    initialize_with("+stand_in_load_ms, '6000'");
    const std::string other = "readiness-other";
    ASSERT_EQ(l4d2ctl({"initialize", other, "-f", "-"},
                      "port: 27980\narguments: [+stand_in_load_ms, '6000', +map, c5m1_waterfront]\n")
                  .status,
              0);
    const auto started = l4d2ctl({"start", name, "not-there", other, "--json"});
    EXPECT_EQ(started.status, 66) << started.err;
    EXPECT_LT(started.took, std::chrono::seconds(12)) << "one after the other";
    const auto told = nlohmann::json::parse(started.out);
    ASSERT_EQ(told.size(), 3U);
    EXPECT_EQ(told[0]["name"], name);
    EXPECT_EQ(told[0]["port"], port);
    EXPECT_EQ(told[0]["query"], "a2s");
    EXPECT_EQ(told[0]["ready"], true);
    EXPECT_EQ(told[0]["answer"]["map"], "c1m1_hotel");
    EXPECT_EQ(told[0]["problem"], nullptr);
    EXPECT_EQ(told[1]["ready"], false);
    EXPECT_THAT(told[1]["problem"].get<std::string>(), HasSubstr("there is no server 'not-there'"));
    EXPECT_EQ(told[2]["answer"]["map"], "c5m1_waterfront");
    EXPECT_EQ(l4d2ctl({"delete", other}).status, 0);
}

TEST_F(Readiness, NeedNotBeWaitedFor)
{
    initialize_with(silent);
    const auto started = l4d2ctl({"start", name, "--no-wait"});
    EXPECT_EQ(started.status, 0) << started.err;
    EXPECT_THAT(started.out, AllOf(HasSubstr(name + ": started\n"), Not(HasSubstr("plays"))));
    const auto both = l4d2ctl({"start", name, "--no-wait", "--timeout", "5"});
    EXPECT_EQ(both.status, usage);
    EXPECT_THAT(both.err, HasSubstr("--timeout is of a start that waits"));
    const auto told = nlohmann::json::parse(l4d2ctl({"start", name, "--no-wait", "--json"}).out);
    EXPECT_EQ(told[0]["ready"], nullptr);
}

} // namespace
} // namespace left4me::test
