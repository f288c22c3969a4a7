// l4d2ctl doctor --play: each thing it looks for is broken once, and nothing is left behind.

#include "doctor_report.hpp"
#include "emulation.hpp"
#include "support.hpp"

#include <csignal>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr int found_problem = 65;
constexpr int not_found = 66;
constexpr int busy = 75;
constexpr int not_permitted = 77;
constexpr int cancelled = 130;

const std::string played_unit = "left4me-server@doctor-play.service";
const std::string report_file = "/root/doctor-play-test.txt";
const std::string switches = state + "/installation/left4dead2/cfg/stand_in.cfg";

const std::vector<std::string> looked_for = {"answer",   "steam",      "secure",  "console",
                                             "cvarlist", "map-change", "plugins", "rest",
                                             "stop",     "killed",     "calls",   "files"};

struct DoctorPlay : ServerTest {
    void SetUp() override { install_stand_in(); }
    void TearDown() override
    {
        remove_all(switches);
        remove_all(report_file);
        expect_nothing_left();
    }

    static void switch_on(const std::string& lines) { write_file(switches, lines + "\n"); }

    static Outcome play(const Words& more = {}, const std::string& seconds = "20",
                        const std::string& report = report_file)
    {
        Words words = {"doctor", "--play", "--json", "--report", report, "--timeout", seconds};
        words.insert(words.end(), more.begin(), more.end());
        return l4d2ctl(words);
    }

    /// "VERDICT: WHAT" of what a game that is broken like that is found to do.
    static std::vector<std::string> found_with(const std::string& lines, const std::string& id)
    {
        switch_on(lines);
        return findings(play({}, "5"), id);
    }

    static void expect_nothing_left()
    {
        for (const auto* place : {"/instances/", "/live/", "/runtime/", "/history/"})
            EXPECT_FALSE(exists(state + place + "doctor-play")) << place;
        EXPECT_FALSE(exists("/run/systemd/system/" + played_unit + ".d"));
        EXPECT_EQ(unit_property(played_unit, "ActiveState"), "inactive");
        EXPECT_EQ(unit_property(played_unit, "DropInPaths"), "");
        EXPECT_EQ(run({"sh", "-c", "pgrep -x strace"}).out, "");
        EXPECT_THAT(output({"ls", "/etc/systemd/system/multi-user.target.wants"}),
                    Not(HasSubstr("doctor-play")));
    }
};

// --- the whole ------------------------------------------------------------------------

TEST_F(DoctorPlay, FindsNoProblemWithAGoodGame)
{
    const auto done = play();
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    for (const auto& id : looked_for)
        EXPECT_THAT(findings(done, id), Each(Not(AnyOf(StartsWith("problem"), StartsWith("warning")))));
    for (const auto* id :
         {"answer", "steam", "secure", "console", "cvarlist", "map-change", "plugins", "rest", "stop"})
        EXPECT_THAT(findings(done, id), is_ok()) << id;
    for (const auto* id : {"calls", "files"})
        EXPECT_THAT(findings(done, id), Each(Not(StartsWith("not_checked")))) << id;
    EXPECT_THAT(findings(done, "answer"), Contains(HasSubstr("version 2.2.4.3 plays c1m1_hotel")));
    EXPECT_THAT(findings(done, "map-change"), Contains(HasSubstr("it plays c1m2_streets")));
}

TEST_F(DoctorPlay, WritesAReportWithoutSecretsForRootAlone)
{
    switch_on("echo players come from 203.0.113.9; echo the rcon_password is wrong");
    EXPECT_EQ(play().status, 0);
    struct stat status = {};
    ASSERT_EQ(stat(report_file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    EXPECT_EQ(status.st_uid, 0U);
    const auto report = read_file(report_file);
    EXPECT_THAT(report, AllOf(HasSubstr("left4me "), HasSubstr("ok           answer"),
                              HasSubstr("ok           systemd"), HasSubstr("stand-in: ready on port")));
    EXPECT_THAT(report,
                AllOf(HasSubstr("players come from [address]"), HasSubstr("Public IP is [address]"),
                      HasSubstr("Steam ID [steam id]"), HasSubstr("may tell a secret")));
    EXPECT_THAT(report, AllOf(Not(HasSubstr("203.0.113")), Not(HasSubstr("rcon_password")),
                              Not(HasSubstr("857537543"))));
    EXPECT_THAT(output({"ls", "-A", "/root"}), Not(HasSubstr("doctor-play-test.txt."))) << "half of one";
}

TEST_F(DoctorPlay, TellsPeopleStepsAndFindings)
{
    const auto done = run({"sh", "-c", "cd /root && exec l4d2ctl doctor --play --timeout 20"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, AllOf(HasSubstr("doctor-play: changing the map to c1m2_streets\n"),
                                HasSubstr("ok           answer"), HasSubstr("no problem, "),
                                HasSubstr("\nreport: /root/left4me-play-")));
    EXPECT_EQ(run({"sh", "-c", "rm /root/left4me-play-*.txt"}).status, 0) << "in the working directory";
}

TEST_F(DoctorPlay, HasTheLayersOfAServer)
{
    const auto layer = make_layer("plugins");
    write_file(state + "/overlays/" + layer + "/left4dead2/addons/metamod.vdf", "x");
    write_file(state + "/overlays/" + layer + "/left4dead2/cfg/stand_in.cfg",
               "stand_in_metamod 1.11.0; stand_in_sourcemod 1.12.0");
    output({"chown", "-R", "left4me:left4me", state + "/overlays/" + layer});
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    EXPECT_THAT(findings(play({"--like", name}), "plugins"),
                Contains("ok: MetaMod 1.11.0 and SourceMod 1.12.0 run"));
    const auto none = play({"--like", "nobody"});
    EXPECT_EQ(none.status, not_found);
    EXPECT_THAT(none.err, HasSubstr("there is no server 'nobody'"));
}

// --- each thing, broken -----------------------------------------------------------------

TEST_F(DoctorPlay, SeesThatTheGameDoesNotAnswer)
{
    switch_on("stand_in_silent 1");
    const auto done = play({}, "3");
    EXPECT_EQ(done.status, found_problem) << done.err;
    EXPECT_THAT(findings(done, "answer"), Contains(problem("does not answer")));
    for (const auto* id : {"steam", "secure", "console", "cvarlist", "map-change", "plugins"})
        EXPECT_THAT(findings(done, id), Each(StartsWith("not_checked: "))) << id;
    EXPECT_THAT(findings(done, "stop"), is_ok());
    EXPECT_THAT(read_file(report_file), HasSubstr("problem      answer"));
}

TEST_F(DoctorPlay, SeesThatTheGameEnds)
{
    switch_on("stand_in_crash_at_start 1");
    const auto done = play({}, "5");
    EXPECT_EQ(done.status, found_problem) << done.err;
    EXPECT_THAT(findings(done, "answer"), Contains(problem("ended at once, with")));
}

TEST_F(DoctorPlay, SeesAGameThatIsLanOnly)
{
    switch_on("sv_lan 1");
    const auto done = play();
    EXPECT_THAT(findings(done, "steam"), Contains(problem("sv_lan is 1")));
    EXPECT_THAT(findings(done, "secure"), Contains(warning("VAC is off")));
    EXPECT_EQ(done.status, found_problem);
}

TEST_F(DoctorPlay, SeesAGameThatIsNotSecure)
{
    const auto done = found_with("stand_in_insecure 1", "secure");
    EXPECT_THAT(done, Contains(warning("VAC is off")));
}

TEST_F(DoctorPlay, SeesThatRconTakesNoCommands)
{
    switch_on("stand_in_no_rcon 1");
    const auto done = play();
    for (const auto* id : {"console", "cvarlist", "map-change"})
        EXPECT_THAT(findings(done, id), Each(StartsWith("problem: "))) << id;
    EXPECT_THAT(findings(done, "steam"), is_ok());
}

TEST_F(DoctorPlay, SeesACvarListThatIsNotUnderstood)
{
    EXPECT_THAT(found_with("stand_in_few_cvars 1", "cvarlist"), Contains(problem("are understood")));
}

TEST_F(DoctorPlay, SeesThatTheMapDoesNotChange)
{
    EXPECT_THAT(found_with("stand_in_no_changelevel 1", "map-change"),
                Contains(problem("5 s after changelevel c1m2_streets it plays c1m1_hotel")));
}

TEST_F(DoctorPlay, SeesAPlatformThatIsNotLoadedAndAPluginThatDoesNotRun)
{
    const auto metamod = state + "/installation/left4dead2/addons/metamod.vdf";
    write_file(metamod, "x");
    EXPECT_THAT(findings(play(), "plugins"), Contains(problem("has not loaded it")));
    remove_all(metamod);
    EXPECT_THAT(found_with("stand_in_metamod 1; stand_in_sourcemod 1; stand_in_bad_plugin 1", "plugins"),
                Contains(warning("plugins that do not run")));
}

TEST_F(DoctorPlay, SeesManyThreads)
{
    EXPECT_THAT(found_with("stand_in_threads 150", "rest"), Contains(warning("threads in")));
}

TEST_F(DoctorPlay, SeesAGameThatDoesNotStop)
{
    EXPECT_THAT(found_with("stand_in_ignore_int 1", "stop"), Contains(problem("was killed")));
}

/// 32-bit mount: a call of both kinds of programs. One that 32-bit programs alone have, as umount
/// of old, is refused with ENOSYS by systemd, which looks for it by the host's own numbers
/// (https://github.com/systemd/systemd/pull/30291).
TEST_F(DoctorPlay, SeesWhatTheFilterKillsAndWhatItWouldRefuse)
{
    if (!kernel_runs_32_bit())
        GTEST_SKIP() << emulated;
    switch_on("stand_in_asks_for 21");
    const auto done = play();
    EXPECT_THAT(findings(done, "calls"), Contains(problem("mount")));
    const auto killed = findings(done, "killed");
    // The kernel tells of it in its first network namespace, which a container's is not.
    EXPECT_THAT(killed, AnyOf(Contains(problem("for system call 21 of 32 bits")),
                              Contains(AllOf(StartsWith("not_checked: "), HasSubstr("a container")))))
        << read_file(report_file) << run({"journalctl", "--dmesg", "--boot", "--grep=type=1326"}).out;
}

TEST_F(DoctorPlay, SeesAFileThatTheSandboxHides)
{
    write_file("/etc/left4me-hidden", "x");
    const auto found = found_with("stand_in_looks_for /etc/left4me-hidden", "files");
    remove_all("/etc/left4me-hidden");
    EXPECT_THAT(found, Contains(warning("/etc/left4me-hidden")));
    EXPECT_THAT(read_file(report_file), HasSubstr("\n  /etc/left4me-hidden\n"));
}

TEST_F(DoctorPlay, DoesWithoutStrace)
{
    const auto done = run({"unshare", "--mount", "--propagation", "private", "sh", "-c",
                           "mount --bind /dev/null /usr/bin/strace && exec l4d2ctl doctor --play --json "
                           "--timeout 20 --report " +
                               report_file});
    EXPECT_EQ(done.status, 0) << done.err;
    for (const auto* id : {"calls", "files"})
        EXPECT_THAT(findings(done, id),
                    Contains(AllOf(StartsWith("not_checked: "), HasSubstr("strace"))));
    EXPECT_THAT(findings(done, "answer"), is_ok());
}

// --- what it refuses, and what it leaves ---------------------------------------------------

TEST_F(DoctorPlay, IsForRoot)
{
    for (const auto* user : {"nobody", "left4me"}) {
        const auto done = run({"runuser", "-u", user, "--", "l4d2ctl", "doctor", "--play"});
        EXPECT_EQ(done.status, not_permitted) << done.err;
        EXPECT_THAT(done.err, HasSubstr("needs root"));
    }
}

TEST_F(DoctorPlay, RefusesAHostWithoutTheGame)
{
    const auto game = state + "/installation/srcds_linux";
    fs::rename(game, game + ".away");
    const auto done = play();
    fs::rename(game + ".away", game);
    EXPECT_EQ(done.status, not_found);
    EXPECT_THAT(done.err, HasSubstr("not installed"));
    EXPECT_FALSE(exists(report_file));
}

TEST_F(DoctorPlay, RefusesAHostWithoutAFreePort)
{
    const std::string settings = "/etc/left4me/host.env";
    const auto before = read_file(settings);
    initialize(spec());
    const auto only = std::format("LEFT4ME_PORT_RANGE_START={0}\nLEFT4ME_PORT_RANGE_END={0}\n", port);
    write_file(settings, only);
    const auto done = play();
    write_file(settings, before);
    EXPECT_EQ(done.status, busy);
    EXPECT_THAT(done.err, HasSubstr(std::format("no port of {0}–{0} is free", port)));
}

TEST_F(DoctorPlay, RefusesAPlaceWithoutARoomForTheReport)
{
    const auto done = play({}, "20", "/root/no/such/file");
    EXPECT_EQ(done.status, not_found);
    EXPECT_THAT(done.err, HasSubstr("/root/no/such"));
}

TEST_F(DoctorPlay, LeavesAnOperatorsServerOfItsNameAlone)
{
    ASSERT_EQ(l4d2ctl({"initialize", "doctor-play", "-f", "-"}, spec()).status, 0);
    const auto done = play();
    EXPECT_EQ(done.status, busy);
    EXPECT_THAT(done.err, HasSubstr("there is a server 'doctor-play'"));
    EXPECT_TRUE(exists(state + "/instances/doctor-play"));
    EXPECT_EQ(l4d2ctl({"delete", "doctor-play"}).status, 0);
}

/// One in the background, until it is told to end.
class Running {
public:
    Running() : child_(fork())
    {
        if (child_ == 0) {
            signal(SIGINT, SIG_DFL);
            setsid();
            execlp("l4d2ctl", "l4d2ctl", "doctor", "--play", "--json", "--report", report_file.c_str(),
                   nullptr);
            _exit(127);
        }
    }
    void tell(int number) const { kill(-child_, number); } // as a terminal does: all of them

    /// Its status, or 128 and the signal that ended it.
    int wait() const
    {
        int status = 0;
        waitpid(child_, &status, 0);
        return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }

private:
    pid_t child_;
};

bool plays()
{
    return eventually([] { return unit_property(played_unit, "ActiveState") == "active"; },
                      std::chrono::seconds(30));
}

bool is_traced()
{
    return eventually([] { return run({"pgrep", "-x", "strace"}).status == 0; },
                      std::chrono::seconds(60));
}

TEST_F(DoctorPlay, IsThereOnceAtATime)
{
    switch_on("stand_in_silent 1");
    const Running first;
    ASSERT_TRUE(plays());
    const auto second = play();
    EXPECT_EQ(second.status, busy);
    EXPECT_THAT(second.err, HasSubstr("another doctor --play is at work"));
    first.tell(SIGINT);
    EXPECT_EQ(first.wait(), cancelled);
}

TEST_F(DoctorPlay, LeavesNothingAfterCtrlC)
{
    switch_on("stand_in_silent 1");
    const Running one;
    ASSERT_TRUE(plays());
    one.tell(SIGINT);
    one.tell(SIGINT);
    EXPECT_EQ(one.wait(), cancelled);
    EXPECT_FALSE(exists(report_file));
}

TEST_F(DoctorPlay, LeavesNothingAfterCtrlCWhileItIsTraced)
{
    switch_on("stand_in_load_ms 8000");
    const Running one;
    ASSERT_TRUE(is_traced());
    one.tell(SIGINT);
    EXPECT_EQ(one.wait(), cancelled);
}

TEST_F(DoctorPlay, RemovesWhatAKilledOneHasLeft)
{
    switch_on("stand_in_silent 1");
    const Running one;
    ASSERT_TRUE(plays());
    one.tell(SIGKILL);
    EXPECT_EQ(one.wait(), 128 + SIGKILL);
    EXPECT_TRUE(exists(state + "/instances/doctor-play"));
    remove_all(switches);
    EXPECT_EQ(play().status, 0);
}

} // namespace
} // namespace left4me::test
