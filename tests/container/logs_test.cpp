// l4d2ctl logs: what a game said, and what systemd and journald said of it.

#include "support.hpp"

#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <string>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

struct Logs : ServerTest {
    /// A server whose game is a script.
    void play(const std::string& script)
    {
        const auto layer = make_game("#!/bin/bash\n" + script + '\n');
        initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
        const auto started = l4d2ctl({"start", "--no-wait", name});
        ASSERT_EQ(started.status, 0) << started.err;
    }

    [[nodiscard]] Outcome logs(const Words& more = {}) const
    {
        Words words = {"logs", name};
        words.insert(words.end(), more.begin(), more.end());
        run({"journalctl", "--sync"});
        return l4d2ctl(words);
    }

    [[nodiscard]] bool says(const std::string& text, const Words& more = {"-n", "100000"}) const
    {
        return eventually([&] { return logs(more).out.contains(text); }, std::chrono::seconds(30));
    }
};

/// Of a game that says more than the unit lets it: journald tells so when it listens again.
TEST_F(Logs, TellWhatJournaldHasLeftOut)
{
    drop_in("60-rate", "LogRateLimitBurst=20\nLogRateLimitIntervalSec=2s\n");
    play("for ((i = 0; i < 500; ++i)); do echo line $i of many; done\n"
         "while sleep 1; do echo still here; done");
    ASSERT_TRUE(says("still here"));
    EXPECT_TRUE(says("messages from " + server_unit()));
    EXPECT_THAT(logs({"-n", "1000"}).out,
                ContainsRegex("Suppressed [0-9]+ messages from " + server_unit()));
    EXPECT_THAT(logs({"-n", "1000"}).out, Not(HasSubstr("line 499 of many")));
}

/// systemd-coredump would write to the machine's journal, not to this container's: another program
/// in its slice says what it says. (Its fields: systemd's src/coredump/coredump.c.) Whoever is
/// elsewhere is not believed, root's programs neither.
TEST_F(Logs, TellOfCoreDumps)
{
    initialize(spec());
    // It stays until journald has looked at who it is.
    const auto script = [&](const std::string& text) {
        return std::format("import os, socket\n"
                           "fields = 'MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1\\nPRIORITY=2\\n"
                           "COREDUMP_UNIT={}\\nMESSAGE={}\\n'\n"
                           "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(fields.encode(), "
                           "'/run/systemd/journal/socket')\n"
                           "os.system('journalctl --sync')\n",
                           server_unit(), text);
    };
    ASSERT_EQ(run({"systemd-run", "--quiet", "--wait", "--slice=system-systemd\\x2dcoredump.slice",
                   "python3", "-c", script("Process 7 (srcds_linux) dumped core.")})
                  .status,
              0);
    ASSERT_EQ(run({"python3", "-c", script("forged by root")}).status, 0);
    ASSERT_EQ(
        run({"runuser", "-u", "left4me", "--", "python3", "-c", script("forged by left4me")}).status, 0);
    EXPECT_TRUE(says("Process 7 (srcds_linux) dumped core."));
    EXPECT_THAT(logs().out, Not(HasSubstr("forged")));
}

TEST_F(Logs, AreShownInTheHostsTime)
{
    play("echo now; exec sleep infinity");
    ASSERT_TRUE(says("now"));
    const std::string zone = "/etc/localtime";
    const auto was = std::filesystem::is_symlink(zone) ? std::filesystem::read_symlink(zone) : "";
    remove_all(zone);
    // A zone of its own makes no demand on what is installed: TZif version 1, one type, +05:30.
    std::string file = "TZif";
    file += std::string(16, '\0'); // version 1, reserved
    for (const char count : {0, 0, 0, 0, 1, 6})
        file += std::string(3, '\0') + count;
    file += std::string("\x00\x00\x4d\x58\x00\x00", 6) + std::string("LEFT4\0", 6); // 19800 s
    write_file(zone, file);
    const auto local = logs().out;
    const auto table = l4d2ctl({"status", name}).out;
    const auto utc = logs({"--utc"}).out;
    const auto json = l4d2ctl({"status", name, "--json"}).out;
    remove_all(zone);
    if (!was.empty())
        std::filesystem::create_symlink(was, zone);
    EXPECT_THAT(lines_of(local), Each(ContainsRegex("^[-0-9]+T[0-9:]+\\+05:30 ")));
    EXPECT_THAT(lines_of(utc), Each(ContainsRegex("^[-0-9]+T[0-9:]+\\+00:00 ")));
    EXPECT_THAT(table, ContainsRegex("SINCE +[-0-9]+T[0-9:]+\\+05:30\n"));
    EXPECT_THAT(json, ContainsRegex("\"since\": \"[-0-9]+T[0-9:]+Z\""));
}

TEST_F(Logs, GoBackAsFarAsAsked)
{
    play("for ((i = 1; i <= 40; ++i)); do echo line-$i; done\n"
         "exec sleep infinity");
    ASSERT_TRUE(says("line-40"));
    const auto early = lines_of(logs({"-n", "1000"}).out);
    EXPECT_EQ(lines_of(logs({"-n", "3"}).out), Words(early.end() - 3, early.end()));
    EXPECT_EQ(logs({"--since", "1h", "-n", "3"}).out, logs({"-n", "3"}).out);
    // Without a number, all of them: more than the 100 that are shown else.
    EXPECT_EQ(lines_of(logs({"--since", "1h"}).out), early);
    // None, since a moment that is later than the last.
    EXPECT_EQ(logs({"--since", "2099-01-01"}).out, "");
    const auto last = early.back().substr(0, early.back().find(' '));
    const auto since_last = logs({"--since", last}).out;
    EXPECT_THAT(since_last, HasSubstr(early.back() + '\n'));
    for (const auto& line : lines_of(since_last))
        EXPECT_GE(line.substr(0, last.size()), last);
    const auto refused = logs({"--since", "whenever"});
    EXPECT_EQ(refused.status, 64);
    EXPECT_THAT(refused.err, HasSubstr("'whenever' is no time: give 10m"));
}

TEST_F(Logs, FollowByOneLetter)
{
    start_with(std::format("config: ['rcon_password \"{}\"']\n", rcon_password));
    const std::string scratch = "/run/left4me-test-logs";
    const auto follower = std::format("left4me-test-logs-{}.service", name);
    ASSERT_EQ(run({"systemd-run", "--quiet", "--unit=" + follower, "sh", "-c",
                   std::format("exec l4d2ctl logs {} -f -n 1 </dev/null >{}", name, scratch)})
                  .status,
              0);
    ASSERT_TRUE(eventually([&] { return read_file(scratch).contains('\n'); }));
    EXPECT_EQ(lines_of(read_file(scratch)).size(), 1U);
    (void)rcon("echo a-new-line");
    EXPECT_TRUE(eventually([&] { return read_file(scratch).contains("a-new-line\n"); }));
    EXPECT_EQ(run({"systemctl", "stop", follower}).status, 0);
    remove_all(scratch);
}

} // namespace
} // namespace left4me::test
