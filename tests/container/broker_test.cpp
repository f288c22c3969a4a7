// left4me-broker: who may ask it for what. The units that ask are played by transient ones of
// their names; the web program's has the composition that it is to have.

#include "web_unit.hpp"

#include <format>
#include <fstream>
#include <gmock/gmock.h>
#include <map>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class Broker : public ServerTest {
protected:
    [[nodiscard]] std::string show() const { return std::format("left4me-systemctl,show,{},", name); }

private:
    WebComposition composition_;
};

std::string failed_units()
{
    return output({"systemctl", "list-units", "--all", "--plain", "--no-legend", "left4me-broker*@*"});
}

std::string broker_log()
{
    output({"journalctl", "--sync"});
    return output({"journalctl", "-o", "cat", "-n", "20", "--no-pager", "-t", "left4me-broker"});
}

constexpr const char* refused = "answer: refused ";

// --- what it is for ------------------------------------------------------------------------

TEST_F(Broker, LetsTheWebsUnitStartFollowRestartStopAndDeleteAServer)
{
    initialize(spec());
    const auto started = in_the_web_unit({"/usr/bin/l4d2ctl", "start", name});
    ASSERT_EQ(started.status, 0) << started.out << started.err;
    EXPECT_TRUE(game_is_ready());
    const auto first = pid();
    EXPECT_EQ(in_the_web_unit({"/usr/bin/l4d2ctl", "restart", name}).status, 0);
    EXPECT_TRUE(game_is_ready());
    EXPECT_NE(pid(), first);
    const auto log = in_the_web_unit({"/usr/bin/l4d2ctl", "logs", name, "--lines", "5", "--no-follow"});
    EXPECT_EQ(log.status, 0) << log.err;
    EXPECT_THAT(log.out, Not(testing::IsEmpty()));
    const auto stopped = in_the_web_unit({"/usr/bin/l4d2ctl", "stop", name});
    EXPECT_EQ(stopped.status, 0) << stopped.out << stopped.err;
    EXPECT_EQ(mount_line(name), "");
    const auto deleted = in_the_web_unit({"/usr/bin/l4d2ctl", "delete", name});
    EXPECT_EQ(deleted.status, 0) << deleted.out << deleted.err;
    EXPECT_FALSE(exists(runtime()));
}

TEST_F(Broker, EnablesAtBootWhereTheHostLooks)
{
    start_with();
    EXPECT_EQ(in_the_web_unit({"/usr/bin/l4d2ctl", "stop", name}).status, 0);
    EXPECT_NE(run({"systemctl", "is-enabled", server_unit()}).status, 0);
    EXPECT_EQ(in_the_web_unit({"/usr/bin/l4d2ctl", "start", name}).status, 0);
    EXPECT_EQ(run({"systemctl", "is-enabled", server_unit()}).status, 0);
}

TEST_F(Broker, PassesOnTheHelpersWordsAndStatus)
{
    const auto none = in_the_web_unit({"/usr/bin/l4d2ctl", "start", "nobody"});
    EXPECT_EQ(none.status, 66);
    EXPECT_THAT(none.err, HasSubstr("nobody"));
    EXPECT_THAT(asked({calls, show()}),
                AllOf(HasSubstr("ActiveState=inactive"), HasSubstr("answer: ended 0")));
    EXPECT_THAT(asked({calls, "left4me-systemctl,enable,nobody,"}),
                AllOf(HasSubstr("has no configuration"), HasSubstr("answer: ended 66")));
}

TEST_F(Broker, FollowsALogUntilItsReaderIsGone)
{
    start_with();
    const auto unit = std::string("left4me-web.service");
    output(left_in_unit(unit, {}, {"/usr/bin/l4d2ctl", "logs", name, "--follow"}));
    const auto follower = [] {
        return output({"systemctl", "list-units", "--plain", "--no-legend", "left4me-broker-logs@*"});
    };
    EXPECT_TRUE(eventually([&] { return !follower().empty(); }));
    output({"systemctl", "kill", "--signal=KILL", unit});
    EXPECT_TRUE(eventually([&] { return follower().empty(); }));
    EXPECT_EQ(failed_units(), "");
}

// --- who may ask (W6, W7, W8) --------------------------------------------------------------

TEST_F(Broker, RefusesWhoeverIsNoMainProcessOfAUnitThatMayAsk)
{
    ASSERT_THAT(asked({calls, show()}), HasSubstr("answer: ended 0"));
    const auto bare = [&](const Words& before) {
        auto words = before;
        words.insert(words.end(), {tests_dir + "/asker", calls, show()});
        return run(words).out;
    };
    // Its place is in no answer: whoever may not ask is not read.
    EXPECT_THAT(bare({"runuser", "-u", "left4me", "--"}), Not(HasSubstr("answer")));
    EXPECT_THAT(bare({}), Not(HasSubstr("answer"))); // root
    EXPECT_THAT(bare({"runuser", "-u", "nobody", "--"}), HasSubstr("connect: EACCES"));
    for (const auto* unit : {"left4me-webb.service", "some.service", "left4me-workshop-refresh.service"})
        EXPECT_THAT(run(in_unit(unit, plain, {asker, calls, show()})).out, Not(HasSubstr("answer")))
            << unit;
    EXPECT_THAT(asked({"--child", calls, show()}), Not(HasSubstr("answer")));
    EXPECT_THAT(broker_log(), AllOf(HasSubstr("is of another user"), HasSubstr("may ask for nothing"),
                                    HasSubstr("is not the main process of left4me-web.service")));
    EXPECT_EQ(failed_units(), "");
}

/// Keeps the broker of the next call from looking at who made it, until it is let.
class HeldBroker {
public:
    HeldBroker()
    {
        remove_all(gate_);
        output({"mkfifo", gate_});
        write_file(drop_in_, std::format("[Service]\nExecStartPre=sh -c 'read line <{}'\n", gate_));
        output({"systemctl", "daemon-reload"});
    }
    HeldBroker(const HeldBroker&) = delete;
    HeldBroker& operator=(const HeldBroker&) = delete;
    ~HeldBroker()
    {
        remove_all(drop_in_);
        remove_all(gate_);
        output({"systemctl", "daemon-reload"});
    }
    void let_it_look() const
    {
        std::ofstream(gate_) << '\n';
        EXPECT_TRUE(eventually([] { return failed_units().empty(); }));
    }

private:
    std::string gate_ = "/run/left4me-broker-gate";
    std::string drop_in_ = "/run/systemd/system/left4me-broker@.service.d/gate.conf";
};

/// A file system of /proc in which the number of the next process can be chosen.
class NextProcess {
public:
    NextProcess()
    {
        output({"mkdir", "-p", place_});
        output({"mount", "-t", "proc", "proc", place_});
    }
    NextProcess(const NextProcess&) = delete;
    NextProcess& operator=(const NextProcess&) = delete;
    ~NextProcess()
    {
        output({"umount", place_});
        output({"rmdir", place_});
    }
    void choose(int number) const { std::ofstream(place_ + "/sys/kernel/ns_last_pid") << number - 1; }

private:
    std::string place_ = "/run/left4me-next-process";
};

/// Starts a unit until its main process has that number; systemctl takes some before it.
bool start_as_process(const std::string& unit, const std::string& number)
{
    const NextProcess next;
    constexpr int tries = 24;
    for (int i = 0; i < tries; ++i) {
        next.choose(std::stoi(number) - i % 4);
        run({"systemctl", "start", unit});
        if (unit_property(unit, "MainPID") == number)
            return true;
        run({"systemctl", "kill", "--signal=KILL", unit});
        run({"systemctl", "stop", unit});
    }
    return false;
}

TEST_F(Broker, RefusesWhoIsGoneAlthoughItsNumberIsAMainProcessAgain)
{
    start_with();
    const auto before = pid();
    // Without its composition: a process has the number that the host gives it.
    const std::string unit = web_unit;
    remove_all("/run/systemd/system/" + unit + ".d");
    output({"systemctl", "daemon-reload"});
    const auto file = "/run/systemd/system/" + unit;
    const auto restart = std::format("left4me-systemctl,restart,{},", name);
    bool again = false;
    // Somebody else may get the number: then with another one.
    for (int i = 0; i < 10 && !again; ++i) {
        const HeldBroker held;
        const auto asked = run(in_unit(unit, plain, {asker, "--gone", calls, restart}));
        ASSERT_TRUE(asked.out.starts_with("asked by ")) << asked.out << asked.err;
        const auto number = lines_of(asked.out).at(0).substr(std::string("asked by ").size());
        write_file(file, "[Service]\nUser=left4me\nNoNewPrivileges=yes\nExecStart=sleep infinity\n");
        output({"systemctl", "daemon-reload"});
        again = start_as_process(unit, number);
        held.let_it_look();
        run({"systemctl", "kill", "--signal=KILL", unit});
        run({"systemctl", "stop", unit});
        run({"systemctl", "reset-failed", unit});
        remove_all(file);
        output({"systemctl", "daemon-reload"});
    }
    ASSERT_TRUE(again) << "no main process has had the number of one that asked";
    EXPECT_THAT(broker_log(), ContainsRegex("process [0-9]+ is gone|the calling process is gone"));
    EXPECT_EQ(pid(), before);
}

TEST_F(Broker, ItsCallersAreClosedToTheirChildren)
{
    const UnitAside free("left4me-watch");
    const Words reads_input = {asker,   "--become",     "/usr/bin/l4d2ctl", "overlay",
                               "build", "broker-reads", "--file",           "-"};
    // The same program that the broker would not trust: without a unit's NoNewPrivileges=.
    auto open = plain;
    open[1] = "NoNewPrivileges=no";
    EXPECT_THAT(
        run(in_unit("left4me-watch.service", open, reads_input)).out,
        AllOf(HasSubstr("process_vm_writev: ok"), HasSubstr("mem: ok"), HasSubstr("ptrace: ok")));
    EXPECT_THAT(run(in_unit("left4me-watch.service", plain, reads_input)).out,
                AllOf(HasSubstr("process_vm_writev: EPERM"), HasSubstr("mem: EACCES"),
                      HasSubstr("ptrace: EPERM")));
}

// --- what may be asked (W9, W10) -----------------------------------------------------------

TEST_F(Broker, TakesThreePipesAndNothingElse)
{
    for (const auto* kind :
         {"none", "two", "four", "backwards", "file", "device", "memory", "fifo", "nonblocking"})
        EXPECT_THAT(asked({"--descriptors", kind, calls, show()}), HasSubstr(refused)) << kind;
    EXPECT_EQ(failed_units(), "");
}

TEST_F(Broker, TakesWholeMessagesOfItsTableAlone)
{
    const std::string long_word(5000, 'a');
    for (const auto& message :
         {std::string("left4me-systemctl"), std::format("left4me-systemctl,show,{}", name),
          std::string("left4me-systemctl,show,,"), long_word + ",", std::string("sh,-c,id,"),
          std::format("left4me-overlay,mount,{},", name), std::string("left4me-systemctl,fetch,"),
          std::string("left4me-systemctl,show,../x,"), std::string("left4me-systemctl,--help,"),
          std::string("left4me-script-sandbox,a,b1,"),
          std::format("left4me-systemctl,restart-hung,{},", name)})
        EXPECT_THAT(asked({calls, message}), HasSubstr(refused)) << message.substr(0, 60);
    EXPECT_THAT(asked({calls, std::format("left4me-journalctl,{},--lines,1,--follow,", name)}),
                HasSubstr("a socket of their own"));
    EXPECT_THAT(asked({logs, show()}), HasSubstr("a socket of their own"));
}

TEST_F(Broker, RunsAHelperWithNoEnvironmentButALanguage)
{
    // The helper is bash for once, which prints its own.
    const std::string helper = "/usr/libexec/left4me/left4me-systemctl";
    write_file("/run/environment-helper", "#!/bin/sh\ncat /proc/self/environ | tr '\\0' '\\n'\n");
    output({"chmod", "755", "/run/environment-helper"});
    output({"mount", "--bind", "/run/environment-helper", helper});
    const auto shown = asked({calls, show()});
    output({"umount", helper});
    remove_all("/run/environment-helper");
    EXPECT_THAT(shown, HasSubstr("LANG=C.UTF-8"));
    EXPECT_THAT(shown, Not(ContainsRegex("PATH=/|INVOCATION_ID|NOTIFY_SOCKET|LISTEN_")));
}

// --- how many, and for how long (W12) ------------------------------------------------------

TEST_F(Broker, EndsWhoSaysNothingWithinASecond)
{
    // A place each, and not one of them for long.
    const auto silent = asked({"--calls", "16", calls, ""});
    EXPECT_EQ(std::ranges::count(lines_of(silent), std::string(refused) + "the caller says nothing"), 16)
        << silent;
    EXPECT_THAT(asked({calls, show()}), HasSubstr("answer: ended 0"));
}

TEST_F(Broker, TurnsAwayWhoComesWhenAllPlacesAreTakenAndNobodyElse)
{
    start_with();
    const auto many = asked({"--calls", "40", calls, ""});
    EXPECT_THAT(many, HasSubstr("the caller says nothing"));
    EXPECT_THAT(many, AnyOf(HasSubstr("closed"), HasSubstr("error: "))); // beyond the sixteenth
    EXPECT_TRUE(game_is_ready());
    EXPECT_EQ(l4d2ctl({"status", name}).status, 0);
    EXPECT_THAT(asked({calls, show()}), HasSubstr("answer: ended 0"));
    EXPECT_EQ(unit_property("left4me-broker.socket", "ActiveState"), "active");
}

TEST_F(Broker, OpenLogsNeverKeepAServerFromBeingStopped)
{
    start_with();
    const UnitAside free("left4me-watch");
    // As many as may, and some.
    output(left_in_unit("left4me-web.service", {},
                        {asker, "--unread", "--calls", "40", logs,
                         std::format("left4me-journalctl,{},--lines,1,--follow,", name)}));
    const auto open = [] {
        return lines_of(output({"systemctl", "list-units", "--plain", "--no-legend",
                                "left4me-broker-logs@*"}))
            .size();
    };
    EXPECT_TRUE(eventually([&] { return open() == 32; }, std::chrono::seconds(30))) << open();
    const auto stopped =
        run(in_unit("left4me-watch.service", plain,
                    {asker, calls, std::format("left4me-systemctl,restart-empty,{},", name)}));
    EXPECT_THAT(stopped.out, HasSubstr("answer: ended 0"));
    output({"systemctl", "kill", "--signal=KILL", "left4me-web.service"});
    EXPECT_TRUE(eventually([&] { return open() == 0; }));
}

TEST_F(Broker, AStormOfCallersLeavesItOpen)
{
    Words storm = {"sh", "-c",
                   "for i in $(seq 300); do " + tests_dir + "/asker --gone " + calls + " x; done"};
    storm.insert(storm.begin(), {"runuser", "-u", "left4me", "--"});
    run(storm);
    EXPECT_TRUE(eventually([] { return failed_units().empty(); }, std::chrono::seconds(30)));
    EXPECT_EQ(unit_property("left4me-broker.socket", "ActiveState"), "active");
    EXPECT_THAT(asked({calls, show()}), HasSubstr("answer: ended 0"));
}

TEST_F(Broker, EndsACallWhoseWordsNobodyReads)
{
    // More lines than a pipe holds, and a reader that reads none.
    const auto layer = make_game("#!/bin/bash\nfor i in {1..2000}; do echo \"line $i of those that fill "
                                 "the pipe of a caller who does not read\"; done\nexec sleep 1000\n");
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    ASSERT_EQ(l4d2ctl({"start", "--no-wait", name}).status, 0);
    ASSERT_TRUE(eventually([&] { return l4d2ctl({"logs", name}).out.contains("line 2000 of"); }));
    const auto unread = asked(
        {"--unread", calls, std::format("left4me-journalctl,{},--lines,100000,--no-follow,", name)});
    EXPECT_THAT(unread, HasSubstr("answer: ended 143"));
    EXPECT_THAT(asked({calls, show()}), HasSubstr("answer: ended 0"));
}

} // namespace
} // namespace left4me::test
