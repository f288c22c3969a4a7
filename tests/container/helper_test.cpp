// The root helpers, called as their callers call them: by user left4me through
// sudo, or by root itself.

#include "support.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

namespace fs = std::filesystem;

constexpr int bad_data = 65;
constexpr int not_found = 66;
constexpr int busy = 75;

const std::string helpers = "/usr/libexec/left4me/";

std::size_t line_count(const std::string& text)
{
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

/// A program that goes on beside the test; ended with it.
class Background {
public:
    explicit Background(const std::string& script) : child_(fork())
    {
        if (child_ == 0) {
            execl("/bin/sh", "sh", "-c", ("exec " + script).c_str(), nullptr);
            _exit(127);
        }
    }
    ~Background()
    {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
    }
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    void interrupt() const { kill(child_, SIGINT); }

private:
    pid_t child_;
};

// As the journal has them, of no message of it.
const std::string some_cursor = "s=0123456789abcdef0123456789abcdef;i=1f;"
                                "b=fedcba9876543210fedcba9876543210;m=2e0c8;t=63c0ffee;x=c0de";

struct Helper : ServerTest {
    ~Helper() override { remove_all(scratch); }

    /// Not with the closed pipe that run() gives: a helper takes that for a
    /// caller who has gone.
    [[nodiscard]] Outcome systemctl(const std::string& verb) const
    {
        return run_as_left4me({"sh", "-c", "exec \"$@\" </dev/null", "sh", "sudo", "-n",
                               helpers + "left4me-systemctl", verb, name});
    }

    [[nodiscard]] Outcome journal(const std::string& lines, const Words& more = {}) const
    {
        Words words = {"sudo", "-n",         helpers + "left4me-journalctl", name, "--lines",
                       lines,  "--no-follow"};
        words.insert(words.end(), more.begin(), more.end());
        return run_as_left4me(words);
    }

    /// A game that says line-1 to line-40, all in the journal, and stays.
    void start_counting_to_40()
    {
        start_script("i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo line-$i; done; exec sleep 1000\n");
        ASSERT_TRUE(eventually([&] { return journal("1000").out.contains("line-40\n"); }));
    }

    [[nodiscard]] Outcome overlay(const std::string& verb) const
    {
        return run({helpers + "left4me-overlay", verb, name});
    }

    /// A server whose game is this script instead of the stand-in.
    void start_script(const std::string& script)
    {
        const auto ref = make_game("#!/bin/sh\n" + script);
        initialize(spec(std::format("overlays: [{{path: {}}}]\n", ref)));
        start();
    }

    /// Started once, so that there is a configuration to mount, and stopped.
    void make_stopped_server()
    {
        start_with();
        ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
        ASSERT_EQ(mount_line(name), "");
    }

    /// How often the merged tree is mounted.
    [[nodiscard]] std::size_t mounts() const
    {
        return static_cast<std::size_t>(
            std::ranges::count_if(lines_of(read_file("/proc/1/mountinfo")), [&](const auto& line) {
                return line.contains(std::format(" {} ", merged()));
            }));
    }

    const std::string scratch = "/tmp/left4me-helper-test";
};

// --- left4me-systemctl -------------------------------------------------------

TEST_F(Helper, SystemctlTakesAServerThroughItsLife)
{
    start_with(); // so that there is a configuration to mount
    EXPECT_EQ(systemctl("show").out, "ActiveState=active\nSubState=running\n");
    EXPECT_EQ(systemctl("enable").status, 0); // again: nothing to do

    EXPECT_EQ(systemctl("disable").status, 0);
    EXPECT_EQ(systemctl("show").out, "ActiveState=inactive\nSubState=dead\n");
    EXPECT_EQ(mount_line(name), "");
    EXPECT_FALSE(exists("/etc/systemd/system/multi-user.target.wants/" + server_unit()));
    EXPECT_EQ(systemctl("disable").status, 0);

    EXPECT_EQ(systemctl("enable").status, 0);
    EXPECT_TRUE(exists("/etc/systemd/system/multi-user.target.wants/" + server_unit()));
    EXPECT_EQ(unit_property(server_unit(), "ActiveState"), "active");
    EXPECT_TRUE(game_is_ready());

    EXPECT_EQ(systemctl("disable").status, 0);
    EXPECT_TRUE(exists(runtime()));
    EXPECT_EQ(systemctl("purge").status, 0);
    EXPECT_FALSE(exists(runtime()));
    EXPECT_EQ(systemctl("purge").status, 0);
}

TEST_F(Helper, PurgeRefusesWhileTheServerRuns)
{
    start_with();
    const auto before = pid();
    const auto refused = systemctl("purge");
    EXPECT_EQ(refused.status, busy);
    EXPECT_THAT(refused.err, AllOf(HasSubstr(server_unit()), HasSubstr("stop the server first")));
    EXPECT_EQ(line_count(refused.err), 1U);
    EXPECT_EQ(pid(), before);
    EXPECT_TRUE(game_is_ready());

    // The unit that does it refuses by itself, whoever starts it.
    EXPECT_NE(run({"systemctl", "start", "left4me-purge@" + name + ".service"}).status, 0);
    run({"systemctl", "reset-failed", "left4me-purge@" + name + ".service"});
    EXPECT_TRUE(exists(runtime() + "/upper"));
}

TEST_F(Helper, PurgeAndDisableOfWhatNeverWasAreSuccess)
{
    EXPECT_EQ(systemctl("purge").status, 0);
    EXPECT_EQ(systemctl("disable").status, 0);
    EXPECT_EQ(systemctl("show").out, "ActiveState=inactive\nSubState=dead\n");
}

TEST_F(Helper, EnableOfWhatIsNotThereSaysSo)
{
    const auto refused = systemctl("enable");
    EXPECT_EQ(refused.status, not_found);
    EXPECT_THAT(refused.err, HasSubstr("no configuration to mount"));
    EXPECT_EQ(line_count(refused.err), 1U);
    EXPECT_EQ(systemctl("restart").status, not_found);
    // Names cost nothing: neither a link nor a unit that failed is left of one.
    const auto link = "/etc/systemd/system/multi-user.target.wants/" + server_unit();
    EXPECT_FALSE(exists(link));
    EXPECT_EQ(run({"systemctl", "enable", server_unit()}).status, 0); // the control
    EXPECT_TRUE(exists(link));
    EXPECT_EQ(run({"systemctl", "disable", server_unit()}).status, 0);
    EXPECT_EQ(
        run({"systemctl", "list-units", "--all", "--no-legend", server_unit(), overlay_unit()}).out, "");
    EXPECT_EQ(systemctl("disable").status, 0);
}

/// A link in the place of a server's configuration leads root nowhere.
TEST_F(Helper, EnableReadsNoLink)
{
    ASSERT_EQ(run_as_left4me({"ln", "-s", "/etc", live()}).status, 0);
    const auto refused = systemctl("enable");
    EXPECT_EQ(refused.status, bad_data);
    EXPECT_THAT(refused.err, HasSubstr("symbolic link"));
    EXPECT_FALSE(exists("/etc/systemd/system/multi-user.target.wants/" + server_unit()));
    ASSERT_EQ(run_as_left4me({"rm", live()}).status, 0);
}

TEST_F(Helper, EnablesNoMoreServersThanAHostCanHave)
{
    const std::string wants = "/etc/systemd/system/multi-user.target.wants";
    make_stopped_server();
    fs::create_directories(wants);
    const auto link = [&](int i) { return std::format("{}/left4me-server@full-{}.service", wants, i); };
    for (int i = 0; i < 1024; ++i)
        fs::create_symlink("/dev/null", link(i));
    const auto refused = systemctl("enable");
    EXPECT_EQ(refused.status, busy);
    EXPECT_THAT(refused.err, HasSubstr("start at boot already"));
    EXPECT_FALSE(exists(wants + "/" + server_unit()));
    EXPECT_EQ(run({"systemctl", "enable", server_unit()}).status, 0); // the control
    EXPECT_TRUE(exists(wants + "/" + server_unit()));
    EXPECT_EQ(run({"systemctl", "disable", server_unit()}).status, 0);
    for (int i = 0; i < 1024; ++i)
        fs::remove(link(i));
    EXPECT_EQ(systemctl("enable").status, 0);
}

/// A configuration costs little more than a name.
TEST_F(Helper, RestartsNoMoreServersThanAHostCanHave)
{
    const std::string target = "left4me-full.target";
    make_stopped_server();
    std::string servers; // that systemd knows for as long as the target is up
    for (int i = 0; i < 1024; ++i)
        servers += std::format(" left4me-server@full-{}.service", i);
    write_file("/run/systemd/system/" + target, "[Unit]\nAfter=" + servers + "\n");
    ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    ASSERT_EQ(run({"systemctl", "start", target}).status, 0);
    const auto refused = systemctl("restart");
    EXPECT_EQ(refused.status, busy);
    EXPECT_THAT(refused.err, testing::ContainsRegex("systemd has 1[0-9]{3} servers"));
    EXPECT_EQ(unit_property(overlay_unit(), "ActiveState"), "inactive");
    ASSERT_EQ(run({"systemctl", "stop", target}).status, 0);
    remove_all("/run/systemd/system/" + target);
    ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    EXPECT_EQ(systemctl("restart").status, 0);
}

struct Refused : testing::TestWithParam<Words> {};

TEST_P(Refused, BySudo)
{
    Words words = {"sudo", "-n"};
    words.push_back(helpers + GetParam().front());
    words.insert(words.end(), GetParam().begin() + 1, GetParam().end());
    const auto refused = run_as_left4me(words);
    EXPECT_EQ(refused.status, 1);
    EXPECT_EQ(refused.out, "");
    EXPECT_THAT(refused.err, HasSubstr("a password is required"));
}

TEST_P(Refused, ByTheHelperItself)
{
    Words words = {helpers + GetParam().front()};
    words.insert(words.end(), GetParam().begin() + 1, GetParam().end());
    constexpr int usage = 64;
    const auto refused = run(words);
    EXPECT_EQ(refused.status, usage);
    EXPECT_EQ(refused.out, "");
    EXPECT_EQ(line_count(refused.err), 1U) << refused.err;
}

const std::vector<Words> refused_calls = {
    {"left4me-systemctl"},
    {"left4me-systemctl", "show"},
    {"left4me-systemctl", "start", "x"},
    {"left4me-systemctl", "reload", "x"},
    {"left4me-systemctl", "show", "ssh.service"},
    {"left4me-systemctl", "show", "X"},
    {"left4me-systemctl", "show", "../x"},
    {"left4me-systemctl", "show", "x y"},
    {"left4me-systemctl", "show", "x", "y"},
    {"left4me-systemctl", "show", "x\ny"},
    {"left4me-systemctl", "show", "x\n"},
    {"left4me-systemctl", "--force", "show", "x"},
    {"left4me-journalctl", "x"},
    {"left4me-journalctl", "x", "--lines", "-1", "--follow"},
    {"left4me-journalctl", "x", "--lines", "12345678", "--follow"},
    {"left4me-journalctl", "x", "--lines", "1", "--follow", "--file=/etc/shadow"},
    {"left4me-journalctl", "x y", "--lines", "1", "--follow"},
    {"left4me-journalctl", "x", "--lines", "1", "--follow", "--after", "s=1"},
    {"left4me-journalctl", "x", "--lines", "1", "--follow", "--since", "yesterday"},
    {"left4me-journalctl", "x", "--lines", "1", "--follow", "--since", "-1"},
    {"left4me-journalctl", "x", "--lines", "1", "--follow", "--since", "12345678901"},
    {"left4me-journalctl", "x", "--lines", "1", "--follow", "--since", "1", "--after", some_cursor},
    {"left4me-journalctl", "x", "--lines", "1", "--follow", "--after"},
    {"left4me-journalctl", "x", "--lines", "1", "--follow", "--after", some_cursor + "\n"},
    {"left4me-journalctl", "x", "--lines", "1", "--follow", "--after", some_cursor + " --file=/x"},
    {"left4me-script-sandbox"},
    {"left4me-script-sandbox", "x"},
    {"left4me-script-sandbox", "x", "1", "2"},
    {"left4me-script-sandbox", "/x", "1"},
    {"left4me-script-sandbox", "../x", "1"},
    {"left4me-script-sandbox", "x/../y", "1"},
    {"left4me-script-sandbox", "x//y", "1"},
    {"left4me-script-sandbox", "x", "../1"},
    {"left4me-script-sandbox", "x", "A"},
    {"left4me-script-sandbox", "x", "123456789012345678901234567890123"},
    {"left4me-script-sandbox", "x\n", "1"},
    {"left4me-script-sandbox", "x", "1\n"},
    {"left4me-script-sandbox", "--force", "x", "1"},
    {"left4me-script-sandbox", "--multiarch --multiarch", "x", "1"},
};

INSTANTIATE_TEST_SUITE_P(Calls, Refused, testing::ValuesIn(refused_calls));

TEST(Sudo, LetsOverlayUmountToRootAlone)
{
    const auto refused = run_as_left4me({"sudo", "-n", helpers + "left4me-overlay", "umount", "x"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, HasSubstr("a password is required"));
}

// --- left4me-journalctl ------------------------------------------------------

TEST_F(Helper, JournalHasThatUnitsMessagesOnly)
{
    start_with();
    (void)rcon("echo said-by-the-game");
    const auto forged =
        std::format("MESSAGE=forged with fields\nUNIT={0}\n_SYSTEMD_UNIT={0}\nOBJECT_SYSTEMD_UNIT={0}\n",
                    server_unit());
    ASSERT_EQ(run({"logger", "--journald"}, forged).status, 0);
    ASSERT_EQ(run({"runuser", "-u", "left4me", "--", "logger", "--journald"}, forged).status, 0);
    ASSERT_EQ(run({"logger", "-t", server_unit(), "forged by tag " + name}).status, 0);
    ASSERT_EQ(
        run({"systemd-run", "--wait", "-q", "--unit=other-" + name, "echo", "forged in a unit " + name})
            .status,
        0);
    ASSERT_EQ(run({"journalctl", "--sync"}).status, 0);
    ASSERT_THAT(output({"journalctl", "--no-pager", "-n", "200"}),
                AllOf(HasSubstr("forged with fields"), HasSubstr("forged in a unit")));

    const auto shown = journal("1000");
    EXPECT_EQ(shown.status, 0);
    EXPECT_EQ(shown.err, "");
    EXPECT_THAT(shown.out, AllOf(HasSubstr("said-by-the-game"), HasSubstr("Started ")));
    EXPECT_THAT(shown.out, Not(HasSubstr("forged")));
    EXPECT_THAT(lines_of(shown.out), Each(testing::ContainsRegex("^[-0-9]+T[0-9:]+\\+00:00 ")));
}

TEST_F(Helper, JournalGivesTheLinesAskedFor)
{
    start_counting_to_40();
    for (const auto* lines : {"0", "1", "7", "30"})
        EXPECT_EQ(std::format("{}", line_count(journal(lines).out)), lines);
    // The last of them, in order.
    const auto all = journal("1000").out;
    EXPECT_TRUE(all.ends_with(journal("7").out));
    EXPECT_LT(all.find("line-9\n"), all.find("line-10\n"));
}

/// A reader that was cut off goes on where it was.
TEST_F(Helper, JournalGoesOnBehindACursor)
{
    start_counting_to_40();
    const auto plain = journal("1000").out;
    const auto all = lines_of(journal("1000", {"--cursors"}).out);
    ASSERT_GE(all.size(), 40U);
    const auto cursor_of = [](const std::string& line) { return line.substr(0, line.find('\t')); };
    std::string without_cursors;
    for (const auto& line : all)
        without_cursors += line.substr(line.find('\t') + 1) + '\n';
    EXPECT_EQ(without_cursors, plain);

    const auto middle = cursor_of(all[all.size() / 2]);
    const Words rest(all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2) + 1, all.end());
    EXPECT_EQ(lines_of(journal("1000", {"--cursors", "--after", middle}).out), rest);
    EXPECT_EQ(lines_of(journal("3", {"--cursors", "--after", middle}).out),
              Words(rest.begin(), rest.begin() + 3));
    EXPECT_EQ(journal("1000", {"--after", cursor_of(all.back())}).out, "");
}

TEST_F(Helper, JournalTellsOfACursorThatItDoesNotHave)
{
    start_with();
    const auto refused = journal("10", {"--after", some_cursor});
    EXPECT_EQ(refused.status, 66);
    EXPECT_THAT(refused.err, HasSubstr("the journal has no message"));
    // Nor is there one of another unit's.
    const auto shown = run({"journalctl", "-n1", "--show-cursor", "-o", "cat", "_PID=1",
                            "UNIT=left4me-nftables.service"})
                           .out;
    const auto others = shown.substr(shown.rfind("s="), shown.rfind('\n') - shown.rfind("s="));
    EXPECT_EQ(journal("10", {"--after", others}).status, 66) << others;
}

TEST_F(Helper, JournalMakesControlCharactersHarmless)
{
    start_script("printf 'red \\033[31m bell \\007 back \\rover\\b\\n'\n"
                 "printf 'title \\033]0;x\\007 c1 \\302\\23331m raw \\233 bad \\377\\376 del \\177 bidi "
                 "\\342\\200\\256\\n'\n"
                 "echo the end; exec sleep 1000\n");
    ASSERT_TRUE(eventually([&] { return journal("1000").out.contains("the end\n"); }));
    for (const auto& text : {journal("100").out, l4d2ctl({"logs", name, "--no-follow"}).out}) {
        EXPECT_THAT(text, AllOf(HasSubstr("red \\x1b[31m bell \\x07 back \\x0dover"),
                                HasSubstr("title \\x1b]0;x\\x07")));
        EXPECT_THAT(text, AllOf(HasSubstr("bad \\xff\\xfe del \\x7f"), HasSubstr("\\xe2\\x80\\xae")));
        EXPECT_TRUE(std::ranges::all_of(text, [](char c) {
            return c == '\n' || (c >= 0x20 && c < 0x7f);
        })) << text;
    }
}

TEST_F(Helper, JournalFollowsUntilTheReaderGoes)
{
    start_with();
    remove_all(scratch);
    const auto helper_runs = [&] {
        return run({"pgrep", "-f", "left4me-journalctl " + name}).status == 0;
    };
    {
        const Background follower(
            std::format("l4d2ctl logs {} --lines 5 --follow </dev/null >{}", name, scratch));
        ASSERT_TRUE(eventually([&] { return read_file(scratch).contains('\n'); }));
        (void)rcon("echo a-new-line");
        EXPECT_TRUE(eventually([&] { return read_file(scratch).contains("a-new-line\n"); }));
        EXPECT_TRUE(helper_runs());
        follower.interrupt();
        EXPECT_TRUE(eventually([&] { return !helper_runs(); }));
    }
    // A caller that is killed outright cannot tell the root helper: its pipe does.
    {
        const Background follower(
            std::format("l4d2ctl logs {} --lines 5 --follow </dev/null >/dev/null", name));
        ASSERT_TRUE(eventually(helper_runs));
    }
    EXPECT_TRUE(eventually([&] { return !helper_runs(); }));
}

TEST_F(Helper, JournalFollowingEndsWithItsPipes)
{
    start_with();
    const auto call = std::format(
        "runuser -u left4me -- sudo -n {}left4me-journalctl {} --lines 3 --follow", helpers, name);
    // The other end of standard input is closed at once.
    const auto closed_input = run({"sh", "-c", "true | " + call});
    EXPECT_EQ(closed_input.status, 0);
    EXPECT_EQ(line_count(closed_input.out), 3U);
    EXPECT_LT(closed_input.took, std::chrono::seconds(5));

    // run() ignores SIGPIPE, and its children inherit that: a shell's do not.
    const auto closed_output =
        run({"env", "--default-signal=PIPE", "sh", "-c", call + " </dev/null | head -n1"});
    EXPECT_EQ(line_count(closed_output.out), 1U);
    // runuser names the signal that ended its child; the helper says nothing.
    EXPECT_THAT(closed_output.err, testing::Not(testing::HasSubstr("left4me")));
    EXPECT_LT(closed_output.took, std::chrono::seconds(5));

    const auto by_l4d2ctl = run({"env", "--default-signal=PIPE", "sh", "-c",
                                 std::format("l4d2ctl logs {} --follow </dev/null | head -n1", name)});
    EXPECT_EQ(line_count(by_l4d2ctl.out), 1U);
    EXPECT_EQ(by_l4d2ctl.err, "");
    EXPECT_LT(by_l4d2ctl.took, std::chrono::seconds(5));
}

// --- left4me-overlay ---------------------------------------------------------

TEST_F(Helper, OverlayPrintsThePlanAndDoesNothing)
{
    make_stopped_server();
    ASSERT_EQ(systemctl("purge").status, 0);
    const auto plan = run({helpers + "left4me-overlay", "mount", "--print", name});
    EXPECT_EQ(plan.status, 0);
    EXPECT_EQ(plan.err, "");
    EXPECT_THAT(plan.out,
                AllOf(HasSubstr("merged    " + merged() + "\n"),
                      HasSubstr("upperdir  " + runtime() + "/upper\n"),
                      HasSubstr("lowerdir  " + state + "/installation\n"), HasSubstr("nosuid")));
    EXPECT_FALSE(exists(runtime()));

    ASSERT_EQ(overlay("mount").status, 0);
    EXPECT_THAT(run({helpers + "left4me-overlay", "umount", "--print", name}).out, HasSubstr(merged()));
    EXPECT_EQ(mounts(), 1U);
    ASSERT_EQ(overlay("umount").status, 0);
    EXPECT_THAT(run({helpers + "left4me-overlay", "purge", "--print", name}).out, HasSubstr(runtime()));
    EXPECT_TRUE(exists(runtime() + "/upper"));
}

TEST_F(Helper, OverlayMountsAndUnmountsOnceHoweverOftenAsked)
{
    make_stopped_server();
    const auto record = "/run/left4me/mounts/" + name + ".json";
    ASSERT_EQ(overlay("mount").status, 0);
    const auto line = mount_line(name);
    EXPECT_EQ(overlay("mount").status, 0);
    EXPECT_EQ(mounts(), 1U);
    EXPECT_EQ(mount_line(name), line) << "it is the same mount";
    EXPECT_TRUE(exists(record));

    EXPECT_EQ(overlay("umount").status, 0);
    EXPECT_EQ(mounts(), 0U);
    EXPECT_FALSE(exists(record));
    EXPECT_THAT(files_below(runtime() + "/work"), IsEmpty());
    EXPECT_EQ(overlay("umount").status, 0);
}

TEST_F(Helper, OverlayUmountOfWhatNeverWasIsSuccess)
{
    EXPECT_EQ(overlay("umount").status, 0);
    EXPECT_EQ(overlay("purge").status, 0);
    EXPECT_EQ(overlay("mount").status, not_found);
    EXPECT_FALSE(exists(runtime()));
}

TEST_F(Helper, OverlayPurgeRefusesWhatIsMounted)
{
    make_stopped_server();
    // By hand, so that no unit says it is up.
    ASSERT_EQ(overlay("mount").status, 0);
    for (const auto& refused : {overlay("purge"), systemctl("purge")}) {
        EXPECT_EQ(refused.status, busy);
        EXPECT_THAT(refused.err, AllOf(HasSubstr("is mounted"), HasSubstr(merged())));
        EXPECT_EQ(line_count(refused.err), 1U);
    }
    EXPECT_TRUE(exists(runtime() + "/upper"));
    EXPECT_TRUE(exists(merged() + "/srcds_run"));
    EXPECT_EQ(overlay("umount").status, 0);
    EXPECT_EQ(overlay("purge").status, 0);
    EXPECT_FALSE(exists(runtime()));
}

TEST_F(Helper, OverlayRefusesWhatFuseOverlayfsLeft)
{
    make_stopped_server();
    const auto upper = runtime() + "/upper";
    ASSERT_EQ(setxattr(upper.c_str(), "user.fuseoverlayfs.opaque", "y", 1, 0), 0);
    const auto refused = overlay("mount");
    EXPECT_EQ(refused.status, bad_data);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("fuse-overlayfs"), HasSubstr("reset"), HasSubstr(upper)));
    EXPECT_EQ(line_count(refused.err), 1U);
    EXPECT_EQ(mounts(), 0U);

    // The operator gets the same words from a start.
    const auto started = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(started.status, bad_data);
    EXPECT_THAT(started.err, HasSubstr("wipe it with l4d2ctl reset"));
    EXPECT_EQ(mounts(), 0U);

    ASSERT_EQ(removexattr(upper.c_str(), "user.fuseoverlayfs.opaque"), 0);
    ASSERT_EQ(setxattr(upper.c_str(), "user.other", "y", 1, 0), 0);
    EXPECT_EQ(overlay("mount").status, 0);
    EXPECT_EQ(overlay("umount").status, 0);
}

TEST_F(Helper, OverlayMountsWherePid1Is)
{
    make_stopped_server();
    ASSERT_EQ(run({"unshare", "--mount", helpers + "left4me-overlay", "mount", name}).status, 0);
    EXPECT_EQ(mounts(), 1U);
    EXPECT_TRUE(exists(merged() + "/srcds_run"));
    ASSERT_EQ(run({"unshare", "--mount", helpers + "left4me-overlay", "umount", name}).status, 0);
    EXPECT_EQ(mounts(), 0U);
}

/// Others may have used up what root has of them (S43).
struct HelperWithoutAWatch : Helper {
    void SetUp() override
    {
        make_stopped_server();
        ASSERT_EQ(overlay("mount").status, 0);
    }
    void TearDown() override { run({"systemctl", "stop", holder}); }

    [[nodiscard]] Outcome unmount() const
    {
        return run({"systemd-run", "-q", "--collect", "--wait", "--pipe", "-p",
                    "SystemCallFilter=~inotify_init1:EMFILE", helpers + "left4me-overlay", "umount",
                    name});
    }

    const std::string holder = "left4me-test-holder.service";
};

TEST_F(HelperWithoutAWatch, OverlayIsUnmounted)
{
    const auto unmounted = unmount();
    EXPECT_EQ(unmounted.status, 0) << unmounted.err;
    EXPECT_EQ(mounts(), 0U);
}

TEST_F(HelperWithoutAWatch, OverlayIsNotCalledGoneWhileAnotherNamespaceHasIt)
{
    ASSERT_EQ(run({"systemd-run", "-q", "--collect", "--service-type=exec", "--unit=" + holder, "-p",
                   "MountFlags=private", "sleep", "infinity"})
                  .status,
              0);
    const auto refused = unmount();
    EXPECT_EQ(refused.status, busy) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("another mount namespace still uses it"));
    EXPECT_EQ(mounts(), 0U);
}

TEST_F(Helper, OverlayWaitsForNobodyWhoHoldsItsLock)
{
    make_stopped_server();
    const int held = open(runtime().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_EQ(flock(held, LOCK_EX | LOCK_NB), 0);
    for (const auto* verb : {"mount", "umount", "purge"}) {
        const auto refused = overlay(verb);
        EXPECT_EQ(refused.status, busy) << verb;
        EXPECT_EQ(line_count(refused.err), 1U) << refused.err;
    }
    close(held);
    EXPECT_EQ(mounts(), 0U);
    EXPECT_TRUE(exists(runtime() + "/upper"));
}

} // namespace
} // namespace left4me::test
