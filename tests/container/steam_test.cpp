// The game by steamcmd: installed and updated whole, by whom it may, with what is typed
// known to nobody. steamcmd is a stand-in that says what the real one says; all else
// is the host's.

#include "doctor_report.hpp"
#include "next_package.hpp"
#include "terminal.hpp"
#include "tracer.hpp"
#include "web_client.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <map>
#include <thread>
#include <unistd.h>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using std::chrono_literals::operator""ms;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int ok = 0;
constexpr int bad_data = 65;
constexpr int not_found = 66;
constexpr int io_error = 74;
constexpr int busy = 75;
constexpr int not_permitted = 77;
constexpr int cancelled = 130;

const std::string place = "/tmp/left4me-steam";
const std::string unit = "left4me-steamcmd.service";
const std::string job_drop_ins = "/run/systemd/system/left4me-job-steam@.service.d";
const std::string host_env = "/etc/left4me/host.env";
const std::string installation = state + "/installation";
const std::string next = state + "/installation.next";
const std::vector<std::string> older = {state + "/installation.old-1", state + "/installation.old-2"};
const std::string password = "correct horse battery";
const std::string code = "FB8YB";

/// A state directory of its own, with nothing in it.
struct Steam : ServerTest {
    void SetUp() override
    {
        ASSERT_EQ(run({"mount", "-t", "tmpfs", "-o", "size=64M,mode=0755", "steam-test", state}).status,
                  0);
        mounted_ = true;
        ASSERT_EQ(run({"systemd-tmpfiles", "--create", "left4me.conf"}).status, 0);
        remove_all(place);
        fs::create_directory(place);
        fs::permissions(place, fs::perms::all);
        settings_ = read_file(host_env);
        write_file(host_env, "LEFT4ME_STEAMCMD=" + tests_dir + "/stand_in/steamcmd\n");
        show_to_unit(std::format("BindPaths={}\nBindReadOnlyPaths={}\n", place, tests_dir));
        behave({{"build", 1}});
    }

    void TearDown() override
    {
        if (!mounted_)
            return;
        remove_all("/run/systemd/system/" + unit + ".d");
        remove_all(job_drop_ins);
        run({"systemctl", "daemon-reload"});
        // Where systemd has bound it.
        remove_all("/usr/lib/left4me/root" + tests_dir);
        rmdir("/usr/lib/left4me/root/build");
        write_file(host_env, settings_);
        EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
        EXPECT_EQ(run({"umount", state}).status, 0);
        remove_all(place);
    }

    /// The stand-in lies where the real steamcmd does not.
    static void show_to_unit(const std::string& settings)
    {
        write_file("/run/systemd/system/" + unit + ".d/60-test.conf", "[Service]\n" + settings);
        ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    }

    /// A job looks for steamcmd where the unit has it.
    static void show_to_jobs()
    {
        write_file(job_drop_ins + "/60-test.conf", "[Service]\nBindReadOnlyPaths=" + tests_dir + "\n");
        ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    }

    static void behave(const json& how) { write_file(place + "/behaviour", how.dump()); }

    static std::vector<json> runs()
    {
        std::vector<json> all;
        for (const auto& line : lines_of(read_file(place + "/runs")))
            all.push_back(json::parse(line));
        return all;
    }

    static Outcome as_ann(const std::string& verb) { return l4d2ctl({verb, "--user", "ann"}); }

    static void install(int build = 1)
    {
        behave({{"build", build}});
        const auto done = as_ann("install");
        ASSERT_EQ(done.status, ok) << done.out << done.err;
    }

    static Outcome update_to(int build)
    {
        behave({{"build", build}});
        return as_ann("update");
    }

    static std::string build_in(const std::string& tree)
    {
        auto text = read_file(tree + "/left4dead2/steam.inf");
        while (text.ends_with('\n'))
            text.pop_back();
        return text;
    }

    static std::string inode(const std::string& path) { return output({"stat", "-c", "%i", path}); }

    static bool is_whole(const std::string& tree)
    {
        for (const auto* file :
             {"srcds_run", "srcds_linux", "bin/engine.so", "left4dead2/mapcycle.txt",
              "left4dead2/cfg/server.cfg", "left4dead2/steam.inf", "steamapps/appmanifest_222860.acf"})
            if (!exists(tree + "/" + file))
                return false;
        return true;
    }

    static std::string stand_ins()
    {
        return run({"pgrep", "-a", "-f", "stand_in/steamcmd|sleep 1000000"}).out;
    }

private:
    std::string settings_;
    bool mounted_ = false;
};

// --- the way it goes -------------------------------------------------------------

TEST_F(Steam, InstallsForAnAccountThatMayHaveIt)
{
    const auto early = as_ann("update");
    EXPECT_EQ(early.status, not_found);
    EXPECT_THAT(early.err, HasSubstr("run l4d2ctl install"));
    install();
    EXPECT_TRUE(is_whole(installation));
    EXPECT_EQ(build_in(installation), "1");
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", installation}), "left4me:left4me 755");
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", next}), "left4me:left4me 755");
    start_with();
    EXPECT_THAT(reported("steamclient"), ElementsAre("ok"));
}

TEST_F(Steam, SteamcmdGetsAHomeATerminalAndNothingElse)
{
    install();
    ASSERT_EQ(runs().size(), 1U);
    const auto run = runs().front();
    EXPECT_EQ(run["argv"],
              json({"+@ShutdownOnFailedCommand", "1", "+@sSteamCmdForcePlatformType", "linux",
                    "+force_install_dir", next, "+login", "ann", "+app_update", "222860", "+quit"}));
    EXPECT_EQ(run["uid"], std::stoi(output({"id", "-u", "left4me"})));
    EXPECT_EQ(run["environment"]["HOME"], state + "/steamcmd");
    EXPECT_FALSE(run["environment"].contains("SUDO_USER"));
    EXPECT_TRUE(run["no_new_privs"]);
    EXPECT_TRUE(run["session_leader"]);
    EXPECT_TRUE(run["terminal"]);
    EXPECT_FALSE(run["echo"]);
    // Two files of its own are open: its list of descriptors and its notes.
    EXPECT_LE(run["descriptors"].size(), 5U) << run["descriptors"];
}

/// What tests/escape tries from there, it has not even in view.
TEST_F(Steam, SteamcmdRunsInItsUnitWithItsHomeAndTheTreeAlone)
{
    install();
    const auto seen = runs().front();
    EXPECT_THAT(std::string(seen["cgroup"]), testing::EndsWith("0::/")) << "a view of its own";
    EXPECT_EQ(seen["state"], json({"installation.next", "steamcmd"}));
    EXPECT_EQ(seen["settings"], json({"host.env"}));
    EXPECT_THAT(seen["run"], testing::Each(testing::AnyOf("systemd", "host")));
    EXPECT_LE(seen["processes"], 3); // left4me-run-steamcmd, and itself
    EXPECT_EQ(unit_property(unit, "ActiveState"), "inactive");
    EXPECT_TRUE(fs::is_empty("/run/left4me-steamcmd"));
}

/// One of the operator's own goes on where it was, and says what would be better.
TEST_F(Steam, SteamcmdThatItsUnitDoesNotSeeRunsAsBefore)
{
    show_to_unit("");
    behave({{"build", 1}, {"login", "guard"}});
    OnTerminal terminal({"l4d2ctl", "install", "--user", "ann"});
    ASSERT_TRUE(terminal.shows("outside of the sandbox of left4me-steamcmd.service"));
    ASSERT_TRUE(terminal.shows("Steam password of ann: "));
    terminal.type(password + "\n");
    ASSERT_TRUE(terminal.shows("Steam Guard code: "));
    terminal.type(code + "\n");
    EXPECT_EQ(terminal.wait(), ok) << terminal.screen();
    EXPECT_TRUE(is_whole(installation));
    ASSERT_EQ(runs().size(), 1U);
    EXPECT_THAT(runs().front()["state"], Contains("overlays"));
    EXPECT_TRUE(runs().front()["no_new_privs"]);
    EXPECT_TRUE(runs().front()["session_leader"]);

    behave({{"build", 2}, {"hang", true}});
    OnTerminal second({"l4d2ctl", "update", "--user", "ann"});
    ASSERT_TRUE(eventually([] { return exists(place + "/hangs"); }));
    second.type("\x03");
    EXPECT_EQ(second.wait(), cancelled) << second.screen();
    EXPECT_EQ(stand_ins(), "");
}

TEST_F(Steam, AnUpdateThatFindsNothingChangesNothing)
{
    install();
    const auto before = inode(installation);
    const auto again = as_ann("install");
    EXPECT_EQ(again.status, ok) << again.err;
    EXPECT_THAT(again.out, AllOf(HasSubstr("installed already"), HasSubstr("build 1 is the newest")));
    EXPECT_EQ(as_ann("update").status, ok);
    EXPECT_EQ(inode(installation), before);
    // The first one copied; what is up to date is not fetched again.
    EXPECT_THAT(read_file(next + "/left4dead2/steam.inf"), HasSubstr("1"));

    const auto checked = l4d2ctl({"update", "--user", "ann", "--validate"});
    EXPECT_EQ(checked.status, ok) << checked.err;
    EXPECT_THAT(runs().back()["argv"], Contains("validate"));
    EXPECT_NE(inode(installation), before);
}

TEST_F(Steam, AServerKeepsTheOldOneUntilItIsRestarted)
{
    install();
    start_with();
    EXPECT_THAT(rcon("read left4dead2/steam.inf"), HasSubstr("1"));
    const auto record = read_file("/run/left4me/mounts/" + name + ".json");
    EXPECT_FALSE(status()["needs_restart"]);

    behave({{"build", 2}});
    const auto updated = as_ann("update");
    ASSERT_EQ(updated.status, ok) << updated.err;
    EXPECT_THAT(updated.out, AllOf(HasSubstr("build 2 is installed"), HasSubstr(name)));
    EXPECT_EQ(build_in(installation), "2");
    EXPECT_THAT(rcon("read left4dead2/steam.inf"), HasSubstr("1"));
    EXPECT_TRUE(status()["needs_restart"]);
    EXPECT_FALSE(status()["layers"].back()["current"]);
    EXPECT_EQ(read_file("/run/left4me/mounts/" + name + ".json"), record);

    ASSERT_EQ(l4d2ctl({"stop", name}).status, ok);
    start();
    ASSERT_TRUE(game_is_ready());
    EXPECT_THAT(rcon("read left4dead2/steam.inf"), HasSubstr("2"));
    EXPECT_FALSE(status()["needs_restart"]);
}

TEST_F(Steam, UpdatesGoOnBesideAServerThatKeepsItsTree)
{
    install();
    start_with();
    EXPECT_EQ(status()["build"], "1");
    EXPECT_EQ(status()["installed_build"], "1");
    const auto record = read_file("/run/left4me/mounts/" + name + ".json");
    const auto main_process = pid();
    const auto files = [](const std::string& tree) {
        return output({"sh", "-c", "cd \"$0\" && find . -printf '%P %i %s %T@ %m\\n' | sort", tree});
    };
    const auto its_files = files(installation);
    for (const int build : {2, 3, 4}) {
        SCOPED_TRACE(build);
        const auto updated = update_to(build);
        ASSERT_EQ(updated.status, ok) << updated.err;
        EXPECT_THAT(updated.out, HasSubstr(name + " (build 1)"));
        EXPECT_EQ(build_in(installation), std::to_string(build));
        EXPECT_THAT(rcon("read left4dead2/steam.inf"), HasSubstr("1"));
        EXPECT_EQ(files(build == 2 ? next : older.front()), its_files);
        EXPECT_EQ(status()["build"], "1");
        EXPECT_EQ(status()["installed_build"], std::to_string(build));
        EXPECT_THAT(status()["restart_reasons"],
                    Contains(std::format("the game was updated since it was started: from build 1 to {}",
                                         build)));
    }
    EXPECT_EQ(pid(), main_process);
    EXPECT_EQ(read_file("/run/left4me/mounts/" + name + ".json"), record);
    EXPECT_THAT(l4d2ctl({"status", name}).out, HasSubstr("BUILD          1 (4 is installed)\n"));
    EXPECT_THAT(l4d2ctl({"status"}).out, HasSubstr("needs a restart"));
    EXPECT_TRUE(fs::is_empty(older.back()));

    const auto restarted = l4d2ctl({"restart", "--no-wait", name});
    ASSERT_EQ(restarted.status, ok) << restarted.err;
    EXPECT_THAT(restarted.out, HasSubstr("removing build 1"));
    ASSERT_TRUE(game_is_ready());
    EXPECT_THAT(rcon("read left4dead2/steam.inf"), HasSubstr("4"));
    EXPECT_EQ(status()["build"], "4");
    EXPECT_FALSE(status()["needs_restart"]);
    for (const auto& place : older)
        EXPECT_TRUE(fs::is_empty(place)) << place;
}

TEST_F(Steam, OlderTreesGoWithTheirLastServersAndNoMoreThanTheirPlacesAreKept)
{
    const std::vector<std::string> servers = {"steam-a", "steam-b", "steam-c", "steam-d"};
    int number = 0;
    for (const auto& server : servers) {
        if (++number == 1)
            install();
        else
            ASSERT_EQ(update_to(number).status, ok);
        ASSERT_EQ(l4d2ctl({"initialize", server, "-f", "-"},
                          std::format("port: {}\noverlays: []\n", 27960 + number))
                      .status,
                  ok);
        ASSERT_EQ(l4d2ctl({"start", "--no-wait", server}).status, ok);
    }
    const auto refused = update_to(5);
    EXPECT_EQ(refused.status, busy);
    EXPECT_THAT(refused.err,
                AllOf(HasSubstr("steam-a (build 1)"), HasSubstr("steam-b (build 2)"),
                      HasSubstr("steam-c (build 3)"), Not(HasSubstr("steam-d")), HasSubstr("restart")));
    EXPECT_EQ(build_in(installation), "4");

    const auto kept = [](const std::string& build) {
        return std::ranges::count(older, build, [](const auto& tree) { return build_in(tree); });
    };
    EXPECT_EQ(kept("1") + kept("2"), 2);
    ASSERT_EQ(l4d2ctl({"stop", "steam-a"}).status, ok);
    EXPECT_EQ(kept("1"), 0);
    EXPECT_EQ(kept("2"), 1);
    const auto updated = update_to(5);
    EXPECT_EQ(updated.status, ok) << updated.err;
    std::map<std::string, json> builds;
    for (const auto& server : json::parse(output({"l4d2ctl", "status", "--json"})))
        builds[server["name"]] = server["build"];
    EXPECT_EQ(builds, (std::map<std::string, json>{
                          {"steam-a", nullptr}, {"steam-b", "2"}, {"steam-c", "3"}, {"steam-d", "4"}}));

    // One that systemd alone has stopped: doctor tells of what it leaves.
    ASSERT_EQ(run({"systemctl", "stop", "left4me-server@steam-b.service"}).status, ok);
    EXPECT_TRUE(eventually([] { return mount_line("steam-b").empty(); }));
    const std::string left = "no server runs on the older installation";
    EXPECT_THAT(l4d2ctl({"doctor"}).out, HasSubstr(left));
    EXPECT_EQ(update_to(6).status, ok);
    EXPECT_EQ(kept("2"), 0);
    EXPECT_THAT(l4d2ctl({"doctor"}).out, Not(HasSubstr(left)));
    for (const auto& server : servers)
        EXPECT_EQ(l4d2ctl({"delete", server}).status, ok);
}

// --- without an account ----------------------------------------------------------------

std::vector<std::string> platforms_of(const std::vector<json>& all)
{
    std::vector<std::string> platforms;
    for (const auto& run : all)
        platforms.push_back(run["argv"][3]);
    return platforms;
}

TEST_F(Steam, WithoutAnAccountItComesByWayOfWindowsFiles)
{
    const auto done = l4d2ctl({"install"});
    ASSERT_EQ(done.status, ok) << done.err;
    EXPECT_THAT(platforms_of(runs()), ElementsAre("linux", "windows", "linux"));
    for (const auto& run : runs())
        EXPECT_THAT(run["argv"], AllOf(Contains(next), Contains("anonymous")));
    EXPECT_THAT(done.out, AllOf(HasSubstr("in two passes"), HasSubstr("by way of Windows' files"),
                                HasSubstr("removed 2 programs and libraries of Windows'")));
    EXPECT_TRUE(is_whole(installation));
    EXPECT_THAT(output({"find", installation, "-iname", "*.exe", "-o", "-iname", "*.dll", "-o", "-name",
                        ".left4me-w*"}),
                IsEmpty());
    EXPECT_THAT(output({"find", installation, "-type", "f", "-links", "+1"}), IsEmpty());

    // Where it is installed, the direct way is open.
    remove_all(place + "/runs");
    behave({{"build", 2}});
    const auto updated = l4d2ctl({"update"});
    EXPECT_EQ(updated.status, ok) << updated.err;
    EXPECT_THAT(platforms_of(runs()), ElementsAre("linux"));
    EXPECT_EQ(build_in(installation), "2");
}

TEST_F(Steam, AnAccountHasOneWay)
{
    const auto done = as_ann("install");
    EXPECT_EQ(done.status, ok) << done.err;
    EXPECT_THAT(done.out, AllOf(HasSubstr("fetched as Steam user ann"), Not(HasSubstr("Windows"))));
    EXPECT_THAT(platforms_of(runs()), ElementsAre("linux"));
}

TEST_F(Steam, BothPassesAreOfOneBuild)
{
    behave({{"publishes", {1, 1, 2, 2, 2}}});
    const auto done = l4d2ctl({"install"});
    EXPECT_EQ(done.status, ok) << done.err;
    EXPECT_THAT(platforms_of(runs()), ElementsAre("linux", "windows", "linux", "windows", "linux"));
    EXPECT_EQ(build_in(installation), "2");
}

TEST_F(Steam, BuildsThatNeverAgreeAreNotInstalled)
{
    behave({{"publishes", {1, 2, 3, 4, 5, 6}}});
    const auto done = l4d2ctl({"install"});
    EXPECT_EQ(done.status, io_error);
    EXPECT_THAT(done.err, HasSubstr("are of two builds"));
    EXPECT_FALSE(exists(installation + "/srcds_linux"));
}

TEST_F(Steam, BothPassesNeedTheirRoom)
{
    for (const auto* platform : {"windows", "linux"}) {
        SCOPED_TRACE(platform);
        json total = {{"windows", 1000}, {"linux", 1000}};
        total[platform] = 9'000'000'000;
        behave({{"build", 1}, {"total", total}});
        const auto refused = l4d2ctl({"install"});
        EXPECT_EQ(refused.status, io_error);
        EXPECT_THAT(refused.err, AllOf(HasSubstr("no room"), HasSubstr("8.4 GiB")));
        EXPECT_EQ(platforms_of(runs()).back(), platform);
        EXPECT_FALSE(exists(installation + "/srcds_linux"));
    }
    behave({{"build", 1}});
    EXPECT_EQ(l4d2ctl({"install"}).status, ok);
    EXPECT_THAT(output({"find", installation, "-iname", "*.dll"}), IsEmpty());
}

TEST_F(Steam, WhoeverMayHaveNeitherIsToldSo)
{
    behave({{"build", 1}, {"platforms", json::array()}});
    const auto refused = l4d2ctl({"install"});
    EXPECT_EQ(refused.status, not_permitted);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("--user NAME"), HasSubstr("Invalid platform")));
}

// --- what is typed -----------------------------------------------------------------

/// Every process's words and environment, as long as it lives.
struct Sampler {
    std::string seen;
    void look()
    {
        for (const auto& process : fs::directory_iterator("/proc"))
            for (const auto* file : {"/cmdline", "/environ"})
                seen += read_file(process.path().string() + file) + '\n';
    }
};

TEST_F(Steam, AsksForPasswordAndCodeAndKeepsThemToItself)
{
    behave({{"build", 1}, {"login", "guard"}});
    const auto since = output({"date", "+%Y-%m-%d %H:%M:%S"});
    Sampler processes;
    OnTerminal terminal({"l4d2ctl", "install", "--user", "ann"});
    ASSERT_TRUE(terminal.shows("Steam password of ann: "));
    processes.look();
    terminal.type(password + "\n");
    ASSERT_TRUE(terminal.shows("Steam Guard code: "));
    processes.look();
    terminal.type("WRONG\n");
    ASSERT_TRUE(terminal.shows("(the last was refused): "));
    terminal.type(code + "\n");
    ASSERT_TRUE(terminal.shows("logged in")) << terminal.screen();
    processes.look();
    EXPECT_EQ(terminal.wait(), ok) << terminal.screen();
    EXPECT_TRUE(is_whole(installation));

    EXPECT_THAT(processes.seen, HasSubstr("stand_in/steamcmd")); // it did look while it ran
    for (const auto& secret : {password, code, std::string("WRONG")}) {
        EXPECT_THAT(terminal.screen(), Not(HasSubstr(secret)));
        EXPECT_THAT(processes.seen, Not(HasSubstr(secret)));
        EXPECT_EQ(run({"grep", "-r", "-l", "-F", secret, state, "/run/left4me", "/var/log"}).out, "");
        EXPECT_THAT(output({"journalctl", "--no-pager", "--since", since}), Not(HasSubstr(secret)));
    }
    EXPECT_THAT(read_file(place + "/runs"), Not(HasSubstr(password)));
}

TEST_F(Steam, AKeptLoginIsUsedAndNoServerSeesIt)
{
    behave({{"build", 1}, {"login", "password"}});
    OnTerminal terminal({"l4d2ctl", "install", "--user", "ann"});
    ASSERT_TRUE(terminal.shows("Steam password of ann: "));
    terminal.type(password + "\n");
    EXPECT_EQ(terminal.wait(), ok) << terminal.screen();
    behave({{"build", 2}, {"login", "password"}});
    const auto updated = as_ann("update"); // no terminal here
    EXPECT_EQ(updated.status, ok) << updated.err;
    EXPECT_EQ(build_in(installation), "2");

    ASSERT_EQ(run({"grep", "-rl", "eyAstandin", state + "/steamcmd"}).status, ok);
    EXPECT_EQ(output({"stat", "-c", "%U %a", state + "/steamcmd"}), "left4me 700");
    start_with();
    const auto seen = run({"nsenter", "-t", pid(), "-m", "grep", "-rl", "eyAstandin", state});
    EXPECT_EQ(seen.out, "");
    EXPECT_EQ(run({"nsenter", "-t", pid(), "-m", "ls", state + "/steam/.steam/sdk32"}).out,
              "steamclient.so\n");
}

/// A password that was changed, or half a year.
TEST_F(Steam, AKeptLoginThatIsRefusedIsMadeAnewOnATerminal)
{
    const auto token = state + "/steamcmd/.local/share/Steam/config/config.vdf";
    install();
    ASSERT_TRUE(exists(token));
    for (const auto* words : {"Access Denied", "Expired", "Invalid Login Token", "Invalid Password"}) {
        SCOPED_TRACE(words);
        behave({{"build", 2}, {"login", "password"}, {"kept", words}});
        const auto refused = run({"setsid", "--wait", "l4d2ctl", "update", "--user", "ann"});
        EXPECT_EQ(refused.status, not_permitted);
        EXPECT_THAT(refused.err, AllOf(HasSubstr("--user ann --new-login"), HasSubstr(words)));
        EXPECT_TRUE(exists(token));
    }
    OnTerminal terminal({"l4d2ctl", "update", "--user", "ann"});
    ASSERT_TRUE(terminal.shows("Steam password of ann: ")) << terminal.screen();
    terminal.type(password + "\n");
    EXPECT_EQ(terminal.wait(), ok) << terminal.screen();
    EXPECT_EQ(build_in(installation), "2");
}

TEST_F(Steam, AKeptLoginThatEndsSoonIsToldOfAndMadeAnew)
{
    install();
    behave({{"build", 2}, {"login", "password"}, {"ends", "Mon Jan  5 10:00:00 2026"}});
    const auto warned = as_ann("update");
    EXPECT_EQ(warned.status, ok) << warned.err;
    EXPECT_THAT(warned.err,
                AllOf(HasSubstr("ends at Mon Jan  5 10:00:00 2026"), HasSubstr("--new-login")));
    OnTerminal terminal({"l4d2ctl", "update", "--user", "ann", "--new-login"});
    ASSERT_TRUE(terminal.shows("Steam password of ann: ")) << terminal.screen();
    terminal.type(password + "\n");
    EXPECT_EQ(terminal.wait(), ok) << terminal.screen();
    EXPECT_THAT(terminal.screen(), Not(HasSubstr("ends at")));
}

TEST_F(Steam, WithoutATerminalItSaysWhatToDo)
{
    behave({{"build", 1}, {"login", "password"}});
    const auto refused =
        run({"setsid", "--wait", "l4d2ctl", "install", "--user", "ann"}, password + "\n");
    EXPECT_EQ(refused.status, not_permitted);
    EXPECT_THAT(refused.err, HasSubstr("no terminal"));
    EXPECT_EQ(stand_ins(), "");
}

TEST_F(Steam, WaitsForTheAppOnThePhone)
{
    behave({{"build", 1}, {"login", "phone"}});
    OnTerminal terminal({"l4d2ctl", "install", "--user", "ann"});
    ASSERT_TRUE(terminal.shows("Steam password of ann: "));
    terminal.type(password + "\n");
    EXPECT_TRUE(terminal.shows("confirm the login in the Steam app"));
    EXPECT_EQ(terminal.wait(), ok) << terminal.screen();
}

TEST_F(Steam, ShowsABarOnATerminal)
{
    OnTerminal terminal({"l4d2ctl", "install", "--user", "ann"});
    EXPECT_TRUE(terminal.shows("downloading"));
    EXPECT_TRUE(terminal.shows("100 %"));
    EXPECT_EQ(terminal.wait(), ok) << terminal.screen();
}

// --- what fails ----------------------------------------------------------------------

struct Refusal {
    const char* line;
    const char* at;
    int status;
    const char* message;
};

TEST_F(Steam, EachFailureIsExplained)
{
    for (const auto& [line, at, status, message] : {
             Refusal{"ERROR! Failed to install app '222860' (No subscription)", "download",
                     not_permitted, "does it own Left 4 Dead 2?"},
             Refusal{"Logging in user 'ann' [U:1:0] to Steam Public...ERROR (Invalid Password)", "login",
                     not_permitted, "refused the login of 'ann'"},
             Refusal{"Logging in user 'ann' to Steam Public...FAILED (Two-factor code mismatch)",
                     "login", not_permitted, "Steam Guard code"},
             Refusal{"Logging in user 'ann' to Steam Public...FAILED (Rate Limit Exceeded)", "login",
                     busy, "half an hour"},
             Refusal{"ERROR! Failed to install app '222860' (Disk write failure)", "download", io_error,
                     "could not write, although"},
             Refusal{"ERROR! Failed to install app '222860' (Missing file permissions)", "download",
                     not_permitted, "all of '/var/lib/left4me/installation.next' and"},
             Refusal{"Segmentation fault", "download", 70, "status 8 after: Segmentation fault"},
         }) {
        SCOPED_TRACE(line);
        behave({{"fail", {line}}, {"at", at}});
        const auto refused = as_ann("install");
        EXPECT_EQ(refused.status, status);
        EXPECT_THAT(refused.err, HasSubstr(message));
        EXPECT_FALSE(exists(installation + "/srcds_run"));
    }
}

TEST_F(Steam, WhatIsUnknownIsShownWithWhatCameBefore)
{
    behave(
        {{"build", 1}, {"fail", {"What was before", "ERROR! Something unheard of", "What was after"}}});
    const auto failed = as_ann("install");
    EXPECT_EQ(failed.status, 70);
    EXPECT_THAT(failed.out, AllOf(HasSubstr("What was before\n"), HasSubstr("What was after\n")));
    EXPECT_THAT(failed.err, HasSubstr("'ERROR! Something unheard of'; its own logs are in"));
}

TEST_F(Steam, WhatPassesByItselfIsTriedAgain)
{
    struct Passing {
        Words lines;
        const char* at;
    };
    for (const auto& [lines, at] : {
             Passing{{"Error! App '222860' state is 0x602 after update job."}, "download"},
             Passing{{"Error! App '222860' state is 0x10C after update job."}, "download"},
             Passing{{"ERROR! Failed to install app '222860' (Missing configuration)"}, "download"},
             Passing{{"FAILED login with result code No Connection"}, "login"},
             // ValveSoftware/csgo-osx-linux#3715
             Passing{{"KeyValues Error: LoadFromBuffer: missing {   (current key: '<!DOCTYPE') in file",
                      "[----] !!! Fatal Error: Steamcmd needs to be online to update.   Please confirm "
                      "your network connection and try again.",
                      "threadtools.cpp (3294) : Assertion Failed: Illegal termination of worker thread"},
                     "start"},
             // CM2Walki/steamcmd#39
             Passing{{"Thread failed to initialize",
                      "CWorkThreadPool::StartWorkThread: Thread creation failed."},
                     "start"},
         }) {
        SCOPED_TRACE(lines.front());
        remove_all(place + "/runs");
        behave({{"build", 1}, {"fail", lines}, {"at", at}, {"times", 1}});
        const auto done = as_ann("install");
        EXPECT_EQ(done.status, ok) << done.err;
        EXPECT_THAT(done.out, HasSubstr("trying again in 2 seconds"));
        EXPECT_EQ(runs().size(), 2U);
    }
}

/// Whatever the network does twice alike, the tree is not to blame.
TEST_F(Steam, NothingIsMadeAnewForTheNetwork)
{
    install();
    remove_all(place + "/runs");
    behave({{"build", 2},
            {"fail", {"Error! App '222860' state is 0x402 after update job."}},
            {"times", 2}});
    const auto done = as_ann("update");
    EXPECT_EQ(done.status, ok) << done.err;
    EXPECT_THAT(done.out, Not(HasSubstr("anew")));
    EXPECT_EQ(runs().size(), 3U);
}

TEST_F(Steam, ATreeThatIsStuckIsMadeAnewOnce)
{
    // Of the first installation, and of an update.
    for (int build = 1; build <= 2; ++build) {
        SCOPED_TRACE(build);
        remove_all(place + "/runs");
        behave({{"build", build}, {"cut_off", 1}});
        const auto done = as_ann("install");
        EXPECT_EQ(done.status, ok) << done.err;
        EXPECT_THAT(done.out, AllOf(HasSubstr("state is 0x6 after update job.', twice"),
                                    HasSubstr("making steamcmd's tree anew")));
        ASSERT_EQ(runs().size(), 4U); // cut off, stuck twice, anew
        EXPECT_THAT(runs().back()["argv"], Contains("validate"));
        EXPECT_TRUE(is_whole(installation));
        EXPECT_EQ(build_in(installation), std::to_string(build));
        for (const auto& tree : {installation, next})
            EXPECT_THAT(output({"find", tree, "-name", ".left4me-before*"}), IsEmpty());
    }
}

TEST_F(Steam, TheOldTreeStaysUntilTheNewOneIsWhole)
{
    install();
    const auto manifest = next + "/steamapps/appmanifest_222860.acf";
    ASSERT_EQ(run_as_left4me({"mkdir", next + "/steamapps"}).status, 0);
    ASSERT_EQ(
        run_as_left4me({"cp", installation + "/steamapps/appmanifest_222860.acf", manifest}).status, 0);
    behave({{"build", 2}, {"fail", {"ERROR! Failed to install app '222860' (No subscription)"}}});
    EXPECT_EQ(l4d2ctl({"update", "--user", "ann", "--fresh"}).status, not_permitted);
    EXPECT_TRUE(exists(next + "/.left4me-before/steamapps/appmanifest_222860.acf"));
    EXPECT_FALSE(exists(manifest));
    EXPECT_EQ(build_in(next), "1");
    EXPECT_EQ(build_in(installation), "1");

    remove_all(place + "/runs");
    behave({{"build", 1}});
    const auto fresh = l4d2ctl({"update", "--user", "ann", "--fresh"});
    EXPECT_EQ(fresh.status, ok) << fresh.err;
    ASSERT_EQ(runs().size(), 1U);
    EXPECT_THAT(runs().back()["argv"], Contains("validate"));
    EXPECT_THAT(fresh.out, HasSubstr("build 1 is installed")); // another tree of the same build
    EXPECT_FALSE(exists(installation + "/.left4me-before"));
}

// ValveSoftware/steam-for-linux#7843
TEST_F(Steam, ADirectoryThatSteamcmdWantsIsThere)
{
    behave({{"build", 1}, {"wants_steamapps", true}});
    EXPECT_EQ(as_ann("install").status, ok);
    EXPECT_EQ(runs().size(), 1U);
}

// ValveSoftware/steam-for-linux#10979
TEST_F(Steam, WhatSteamcmdMayNotWriteIsNamed)
{
    const auto logs = state + "/steamcmd/.local/share/Steam/logs";
    install();
    ASSERT_EQ(run({"chown", "root:root", logs}).status, 0);
    const auto refused = as_ann("update");
    EXPECT_EQ(refused.status, not_permitted);
    EXPECT_THAT(refused.err,
                AllOf(HasSubstr("must be user left4me's"), HasSubstr("'" + logs + "' is not")));
}

TEST_F(Steam, SteamcmdMustBeThere)
{
    write_file(host_env, "LEFT4ME_STEAMCMD=/nowhere/steamcmd\n");
    const auto missing = as_ann("install");
    EXPECT_EQ(missing.status, not_found);
    EXPECT_THAT(missing.err, AllOf(HasSubstr("'/nowhere/steamcmd'"), HasSubstr("LEFT4ME_STEAMCMD")));
    write_file(host_env, "LEFT4ME_STEAMCMD=steamcmd\n");
    const auto relative = as_ann("install");
    EXPECT_EQ(relative.status, bad_data);
    EXPECT_THAT(relative.err, HasSubstr("host.env:1"));
}

TEST_F(Steam, ADiskTooSmallIsNoticedBeforeTheDownload)
{
    install();
    behave({{"build", 2}, {"total", 9'000'000'000}});
    const auto refused = as_ann("update");
    EXPECT_EQ(refused.status, io_error);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("no room"), HasSubstr("8.4 GiB")));
    EXPECT_EQ(stand_ins(), "");
    EXPECT_EQ(build_in(installation), "1");
    behave({{"build", 2}});
    EXPECT_EQ(as_ann("update").status, ok);
    EXPECT_EQ(build_in(installation), "2");
}

TEST_F(Steam, ADiskThatFillsUpLosesNothing)
{
    install();
    behave({{"build", 2}});
    ASSERT_NE(run({"dd", "if=/dev/zero", "of=" + state + "/filler", "bs=64K"}).status, 0);
    const auto refused = as_ann("update");
    EXPECT_EQ(refused.status, io_error) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("no room for a copy"));
    EXPECT_TRUE(is_whole(installation));
    EXPECT_EQ(build_in(installation), "1");
    remove_all(state + "/filler");
    EXPECT_EQ(as_ann("update").status, ok);
    EXPECT_TRUE(is_whole(installation));
    EXPECT_EQ(build_in(installation), "2");

    // And in the middle of the download.
    behave({{"build", 3}, {"size", 100'000'000}, {"total", 1000}});
    const auto filled = as_ann("update");
    EXPECT_EQ(filled.status, io_error) << filled.err;
    EXPECT_THAT(filled.err, HasSubstr("no room"));
    EXPECT_TRUE(is_whole(installation));
    EXPECT_EQ(build_in(installation), "2");
}

TEST_F(Steam, CtrlCEndsItWhole)
{
    install();
    behave({{"build", 2}, {"hang", true}});
    {
        OnTerminal terminal({"l4d2ctl", "update", "--user", "ann"});
        ASSERT_TRUE(eventually([] { return exists(place + "/hangs"); }));
        const auto second = as_ann("update");
        EXPECT_EQ(second.status, busy);
        EXPECT_THAT(second.err, AllOf(HasSubstr("l4d2ctl update"),
                                      HasSubstr(std::format("process {}", terminal.pid()))));
        terminal.type("\x03");
        EXPECT_EQ(terminal.wait(), cancelled) << terminal.screen();
    }
    EXPECT_EQ(stand_ins(), "");
    EXPECT_TRUE(is_whole(installation));
    EXPECT_EQ(build_in(installation), "1");

    // At the question, too, and the terminal echoes again.
    remove_all(state + "/steamcmd/.local");
    behave({{"build", 2}, {"login", "password"}});
    OnTerminal terminal({"sh", "-c", "l4d2ctl update --user ann; echo status $?; stty -a"});
    ASSERT_TRUE(terminal.shows("Steam password of ann: "));
    terminal.type("\x03");
    (void)terminal.wait();
    EXPECT_EQ(stand_ins(), "");
    behave({{"build", 2}});
    EXPECT_EQ(as_ann("update").status, ok);
    EXPECT_EQ(build_in(installation), "2");
}

TEST_F(Steam, CtrlCEndsAWaitForTheNextTry)
{
    behave({{"fail", {"ERROR! Timed out waiting for AppInfo update."}}});
    OnTerminal terminal({"l4d2ctl", "install", "--user", "ann"});
    ASSERT_TRUE(terminal.shows("trying again in 6 seconds"));
    terminal.type("\x03");
    EXPECT_EQ(terminal.wait(), cancelled);
}

TEST_F(Steam, KilledItTakesSteamcmdAlong)
{
    install();
    behave({{"build", 2}, {"hang", true}});
    {
        OnTerminal terminal({"l4d2ctl", "update", "--user", "ann"});
        ASSERT_TRUE(eventually([] { return exists(place + "/hangs"); }));
        kill(terminal.pid(), SIGKILL);
    }
    EXPECT_TRUE(eventually([] { return stand_ins().empty(); })) << stand_ins();
    EXPECT_TRUE(eventually([] { return unit_property(unit, "ActiveState") == "inactive"; }));
    EXPECT_EQ(build_in(installation), "1");
    behave({{"build", 2}});
    EXPECT_EQ(as_ann("update").status, ok);
    EXPECT_TRUE(is_whole(installation));
}

/// The new package's files and all that its scripts do, in the middle of a download.
TEST_F(Steam, AnUpgradeOfThePackageLeavesARunningUpdateAlone)
{
    install();
    behave({{"build", 2}, {"hang", true}});
    OnTerminal terminal({"l4d2ctl", "update", "--user", "ann"});
    ASSERT_TRUE(eventually([] { return exists(place + "/hangs"); }));
    const auto process = unit_property(unit, "MainPID");
    ASSERT_NE(process, "0");
    const auto upgraded = run({"env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "--force-confold", "-i",
                               package_in("/build")});
    EXPECT_EQ(upgraded.status, 0) << upgraded.err;
    EXPECT_EQ(unit_property(unit, "MainPID"), process);
    EXPECT_EQ(run({"kill", "-0", std::to_string(terminal.pid())}).status, 0);
    terminal.type("\x03");
    EXPECT_EQ(terminal.wait(), cancelled) << terminal.screen();
    EXPECT_EQ(stand_ins(), "");
    EXPECT_EQ(update_to(2).status, ok);
}

/// As when memory is short: what it started ends with the terminal, and the next one goes on.
TEST_F(Steam, AHelperThatIsKilledLeavesNothingForTheNextOne)
{
    install();
    behave({{"build", 2}, {"hang", true}});
    {
        OnTerminal terminal({"l4d2ctl", "update", "--user", "ann"});
        ASSERT_TRUE(eventually([] { return exists(place + "/hangs"); }));
        ASSERT_EQ(run({"pkill", "-KILL", "-f", "^/usr/libexec/left4me/left4me-systemctl fetch"}).status,
                  0);
        terminal.type("\x03");
        EXPECT_EQ(terminal.wait(), cancelled) << terminal.screen();
    }
    EXPECT_TRUE(eventually([] { return stand_ins().empty(); })) << stand_ins();
    EXPECT_EQ(update_to(2).status, ok);
    EXPECT_EQ(build_in(installation), "2");
    EXPECT_TRUE(fs::is_empty("/run/left4me-steamcmd"));
}

TEST_F(Steam, KilledAtAnyStepItIsTheOldOrTheNew)
{
    install();
    const Words update = {"l4d2ctl", "update", "--user", "ann"};
    int build = 2;
    behave({{"build", build}});
    const auto calls = changing_calls(update);
    EXPECT_GT(calls.size(), 15U);
    for (const auto& call : calls) {
        SCOPED_TRACE(call.text);
        const auto old = build_in(installation);
        behave({{"build", ++build}});
        run_killed_before(call, update);
        // The unit, asked for, may still be at it.
        EXPECT_TRUE(eventually(
            [] { return unit_property("left4me-installation.service", "ActiveState") == "inactive"; }));
        EXPECT_TRUE(is_whole(installation));
        EXPECT_THAT(build_in(installation), testing::AnyOf(old, std::to_string(build)));
        Outcome done = {};
        EXPECT_TRUE(eventually([&] { return (done = run(update)).status != busy; }));
        EXPECT_EQ(done.status, ok) << done.err;
        EXPECT_TRUE(is_whole(installation));
        EXPECT_EQ(build_in(installation), std::to_string(build));
    }
}

/// The first copy, cut off: its manifest says that all is there.
TEST_F(Steam, AHalfCopyIsNoInstallation)
{
    install();
    ASSERT_EQ(run_as_left4me({"mkdir", next + "/steamapps"}).status, 0);
    ASSERT_EQ(
        run_as_left4me({"cp", installation + "/steamapps/appmanifest_222860.acf", next + "/steamapps"})
            .status,
        0);
    ASSERT_EQ(run_as_left4me({"touch", next + "/.left4me-copying"}).status, 0);
    const auto updated = l4d2ctl({"update", "--user", "ann", "--validate"});
    EXPECT_EQ(updated.status, ok) << updated.err;
    EXPECT_TRUE(is_whole(installation));
    EXPECT_FALSE(exists(installation + "/.left4me-copying"));
}

// --- root's part ------------------------------------------------------------------------

TEST_F(Steam, NothingUnfinishedIsPublished)
{
    install();
    const Words publish = {"sudo", "-n", "/usr/libexec/left4me/left4me-systemctl",
                           "publish-installation"};
    const auto before = inode(installation);
    const auto refused = run_as_left4me(
        {"sh", "-c", "exec \"$@\" </dev/null", "sh", publish[0], publish[1], publish[2], publish[3]});
    EXPECT_EQ(refused.status, bad_data);
    EXPECT_THAT(refused.err, HasSubstr("is not complete"));
    EXPECT_EQ(inode(installation), before);
    for (const auto* word : {"a", "--help", "../x", ""})
        EXPECT_NE(run_as_left4me({publish[0], publish[1], publish[2], publish[3], word}).status, ok);
    run({"systemctl", "reset-failed", "left4me-installation.service"});
}

/// No path, no word of steamcmd's own, no program: one line of what there is to choose.
TEST_F(Steam, OnlyWhatThereIsToFetchCanBeAskedFor)
{
    const Words fetch = {"sudo", "-n", "/usr/libexec/left4me/left4me-systemctl", "fetch"};
    const auto ask = [&](const std::string& line) {
        return run({"runuser", "-u", "left4me", "--", fetch[0], fetch[1], fetch[2], fetch[3]}, line);
    };
    constexpr int own_failure = 125;
    for (const auto* line : {"", "\n", "linux ann\n", "linux +quit trust\n", "linux ann /etc\n",
                             "linux ann trust extra\n", "macos ann trust\n"}) {
        SCOPED_TRACE(line);
        const auto refused = ask(line);
        EXPECT_EQ(refused.status, own_failure);
        EXPECT_THAT(refused.err, HasSubstr("left4me-systemctl: "));
    }
    EXPECT_EQ(ask(std::string(100'000, 'x')).status, own_failure);
    const auto refused =
        run({"sh", "-c", "exec \"$@\" >/tmp/left4me-steam/file", "sh", fetch[2], fetch[3]},
            "linux anonymous trust\n");
    EXPECT_EQ(refused.status, own_failure);
    EXPECT_THAT(refused.err, HasSubstr("is no terminal and no pipe"));
    EXPECT_NE(run_as_left4me({fetch[0], fetch[1], fetch[2], fetch[3], "x"}).status, ok);
    EXPECT_THAT(runs(), IsEmpty());
}

/// Of a caller who has no terminal to give: a job.
struct SteamOnAPipe : Steam {
    /// The helper, with an input that does not end; FILE tells that it is read.
    static Outcome fetch(const std::string& line, const std::string& after)
    {
        return run({"bash", "-c",
                    std::format("mkfifo {0}/input; exec 3<>{0}/input; echo '{1}' >&3\n"
                                "/usr/libexec/left4me/left4me-systemctl fetch <&3 | {2}\n"
                                "echo \"status ${{PIPESTATUS[0]}}\"; rm {0}/input",
                                place, line, after)});
    }
};

TEST_F(SteamOnAPipe, SteamcmdHasATerminalAllTheSame)
{
    const auto done = fetch("linux ann trust", "cat");
    EXPECT_THAT(done.out,
                AllOf(HasSubstr("Success! App '222860' fully installed."), HasSubstr("status 0\n")))
        << done.err;
    ASSERT_EQ(runs().size(), 1U);
    EXPECT_TRUE(runs().front()["terminal"]);
    EXPECT_TRUE(is_whole(next));
    EXPECT_TRUE(fs::is_empty("/run/left4me-steamcmd"));
}

/// A line comes when it is said: the download never ends.
TEST_F(SteamOnAPipe, ALineComesWhenItIsSaidAndAReaderWhoGoesEndsIt)
{
    behave({{"build", 1}, {"hang", true}});
    const auto done = fetch("linux ann trust", "grep -m 1 'Update state'");
    EXPECT_THAT(done.out, AllOf(HasSubstr("Update state"), HasSubstr("status 130\n"))) << done.err;
    EXPECT_EQ(stand_ins(), "");
    EXPECT_EQ(unit_property(unit, "ActiveState"), "inactive");
}

/// By a job, which has no terminal and no sudo.
TEST_F(SteamOnAPipe, AJobInstallsAndUpdates)
{
    show_to_jobs();
    const auto job = [](const std::string& id, const std::string& request) {
        const auto started = run({"/usr/libexec/left4me/left4me-systemctl", "job-start", "steam", id},
                                 std::format("{}\n{}", request.size(), request));
        EXPECT_EQ(started.status, ok) << started.err;
        const auto unit_of_job = "left4me-job-steam@" + id + ".service";
        EXPECT_TRUE(eventually([&] { return unit_property(unit_of_job, "ActiveState") == "inactive"; },
                               std::chrono::seconds(30)));
        return read_file(state + "/jobs/" + id + "/result") + read_file(state + "/jobs/" + id + "/log");
    };
    EXPECT_THAT(job("1", "install\n--user\nann\n"),
                AllOf(HasSubstr("status=0\n"), HasSubstr("build 1 is installed")));
    EXPECT_TRUE(is_whole(installation));
    EXPECT_TRUE(exists(state + "/steam/.steam/sdk32/steamclient.so"));
    for (const auto* check : {"game", "sdk32"})
        EXPECT_THAT(findings(check), is_ok());
    behave({{"build", 2}});
    EXPECT_THAT(job("2", "update\n--user\nann\n"), HasSubstr("build 2 is installed"));
    EXPECT_EQ(build_in(installation), "2");
    // Who is asked for a password there, is told who can be.
    remove_all(state + "/steamcmd/.local");
    behave({{"build", 3}, {"login", "password"}});
    EXPECT_THAT(job("3", "update\n--user\nann\n"), HasSubstr("status=77\n"));
    EXPECT_EQ(build_in(installation), "2");
    EXPECT_EQ(stand_ins(), "");
    // One that the sandbox does not see is run by no job.
    remove_all(job_drop_ins);
    show_to_unit("");
    EXPECT_THAT(job("4", "update\n--user\nann\n"),
                AllOf(HasSubstr("status=77\n"), HasSubstr("a job runs steamcmd in left4me-steamcmd")));
}

/// One command gives all that a host lacks for a game.
TEST_F(Steam, InstallMendsWhatTheDoctorMisses)
{
    behave({{"build", 1}});
    EXPECT_THAT(findings("game"), ElementsAre(problem("the game is not in")));
    EXPECT_THAT(findings("sdk32"), ElementsAre(problem("is not there")));
    EXPECT_EQ(action_of("game", "is not in"), "l4d2ctl install");
    EXPECT_EQ(action_of("sdk32", "is not there"), "l4d2ctl install");
    install();
    EXPECT_THAT(findings("game"), is_ok());
    EXPECT_THAT(findings("sdk32"), is_ok());
    // Of a game that is there it gives the library alone.
    remove_all(state + "/steam/.steam");
    EXPECT_THAT(findings("sdk32"), ElementsAre(problem("is not there")));
    install();
    EXPECT_THAT(findings("sdk32"), is_ok());
}

TEST_F(Steam, TheUnitHasNoRightsButToRename)
{
    for (const auto& [property, value] : {
             std::pair("CapabilityBoundingSet", ""),
             std::pair("NoNewPrivileges", "yes"),
             std::pair("ProtectSystem", "strict"),
             std::pair("ReadWritePaths", "/var/lib/left4me"),
             std::pair("PrivateNetwork", "yes"),
             std::pair("RestrictNamespaces", "yes"),
             std::pair("MemoryDenyWriteExecute", "yes"),
             std::pair("EnvironmentFiles", ""),
         })
        EXPECT_EQ(unit_property("left4me-installation.service", property), value) << property;
}

/// From the Host page of the web interface, which has the state directory of the test.
struct SteamByWeb : Steam {
    void SetUp() override
    {
        Steam::SetUp();
        show_to_jobs();
        output({"systemctl", "stop", "left4me-web.service"});
        output({"systemctl", "start", "left4me-web.socket"});
        root_.emplace("root", true);
        ASSERT_EQ(root_->sign_in(browser_).status, 303);
    }
    void TearDown() override
    {
        root_.reset();
        output({"systemctl", "stop", "left4me-web.service"});
        Steam::TearDown();
    }

    [[nodiscard]] std::string host_after(const std::string& told)
    {
        std::string body;
        EXPECT_TRUE(eventually(
            [&] {
                body = browser_.get("/host").body;
                return body.contains(told);
            },
            std::chrono::seconds(60)))
            << body;
        return body;
    }

    /// The last one, when it has ended.
    [[nodiscard]] std::string job_after()
    {
        return ended(browser_, job_in(browser_.get("/host").body), std::chrono::seconds(90));
    }

    [[nodiscard]] int ask()
    {
        return browser_.submit_to("/host/update", "/host", {"account=ann"}).status;
    }

    std::optional<WebUser> root_;
    Browser browser_;
};

TEST_F(SteamByWeb, IsInstalledUpdatedAndCancelled)
{
    EXPECT_THAT(browser_.get("/host").body, HasSubstr("The game is not installed"));
    ASSERT_EQ(ask(), 303);
    EXPECT_THAT(host_after("Update: done at"), HasSubstr("The game is installed"));
    EXPECT_TRUE(is_whole(installation));
    behave({{"build", 2}});
    ASSERT_EQ(ask(), 303);
    EXPECT_TRUE(eventually([] { return build_in(installation) == "2"; }, std::chrono::seconds(60)));

    (void)host_after("Update: done at");
    behave({{"build", 3}, {"hang", true}});
    ASSERT_EQ(ask(), 303);
    ASSERT_TRUE(eventually([] { return exists(place + "/hangs"); }));
    EXPECT_EQ(ask(), 409) << "one at a time";
    const auto job = job_in(browser_.get("/host").body);
    ASSERT_NE(job, "");
    EXPECT_THAT(browser_.get(job).body, AllOf(HasSubstr("The game: Update"), HasSubstr(">at work<")));
    ASSERT_EQ(browser_.submit_to(job + "/cancel", job, {}).status, 303);
    (void)host_after("Update: cancelled at");
    EXPECT_TRUE(eventually([] { return stand_ins().empty(); })) << stand_ins();
    EXPECT_EQ(build_in(installation), "2");
    behave({{"build", 3}});
    ASSERT_EQ(ask(), 303);
    EXPECT_TRUE(eventually([] { return build_in(installation) == "3"; }, std::chrono::seconds(60)));
}

/// From the answer to a form until the kill.
TEST_F(SteamByWeb, IsDoneOrAskedForAgainWhereAProgramIsKilled)
{
    int build = 0;
    for (const auto moment : {0ms, 60ms, 200ms, 600ms, 1200ms}) {
        SCOPED_TRACE(moment.count());
        behave({{"build", ++build}});
        ASSERT_EQ(ask(), 303);
        std::this_thread::sleep_for(moment);
        run({"systemctl", "kill", "--signal=KILL", "left4me-web.service"});
        output({"systemctl", "restart", "left4me-web.service"});
        EXPECT_THAT(job_after(), HasSubstr(">done</span>"));
        EXPECT_EQ(build_in(installation), std::to_string(build));

        behave({{"build", ++build}});
        ASSERT_EQ(ask(), 303);
        std::this_thread::sleep_for(moment);
        run({"systemctl", "kill", "--signal=KILL", "left4me-job-steam@*.service"});
        if (const auto end = job_after(); end.contains(">failed</span>")) {
            EXPECT_THAT(end, HasSubstr("it was ended before it was done"));
            ASSERT_EQ(ask(), 303);
            EXPECT_THAT(job_after(), HasSubstr(">done</span>"));
        }
        EXPECT_EQ(build_in(installation), std::to_string(build));
        EXPECT_TRUE(eventually([] { return stand_ins().empty(); })) << stand_ins();
    }
}

} // namespace
} // namespace left4me::test
