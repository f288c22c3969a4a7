// The life of a host with 0.1.0 and running servers: upgrade, downgrade, and an upgrade
// that was cut off between unpacking and configuring. ci/upgrade runs one phase after the
// other, with reboots between them; see there for the order.

#include "hosts_servers.hpp"
#include "next_package.hpp"
#include "support.hpp"
#include "web_client.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <format>
#include <gmock/gmock.h>
#include <map>
#include <random>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string lives_file = "/results/lives.json";
const std::string drop_in = "/etc/systemd/system/left4me-server@.service.d/local.conf";
const std::string slice_drop_in = "/etc/systemd/system/l4d2-build.slice.d/local.conf";
const std::string open_layer = state + "/overlays/demo/open";  ///< that no server uses
const std::string roots_own = "/var/tmp/left4me-roots-own"; ///< its link leads there
constexpr auto local_sudoers_line = "# This host's own line.";

nlohmann::json lives()
{
    nlohmann::json all;
    for (const auto& server : all_servers())
        all[server.name] = server.life();
    return all;
}

/// Told apart server by server, so that a failure is readable.
void expect_nobody_noticed(const nlohmann::json& before)
{
    for (const auto& server : all_servers()) {
        EXPECT_EQ(server.life(), before.at(server.name)) << server.name;
        EXPECT_TRUE(server.plays()) << server.name;
    }
}

void expect_all_play()
{
    for (const auto& server : all_servers())
        EXPECT_TRUE(server.plays()) << server.name
                                    << run({"journalctl", "--no-pager", "-n20", "-u",
                                            "left4me-*@" + server.name + ".service"})
                                           .out;
}

void expect_local_changes()
{
    EXPECT_THAT(read_file("/etc/sudoers.d/left4me"), HasSubstr(local_sudoers_line));
    EXPECT_EQ(run({"visudo", "--check", "--strict"}).status, 0);
    EXPECT_THAT(read_file("/etc/left4me/host.env"), HasSubstr("LEFT4ME_PORT_RANGE_END=27500"));
    EXPECT_EQ(unit_property(alpha.server_unit(), "MemoryHigh"), std::to_string(1U << 30U));
    EXPECT_EQ(unit_property("l4d2-build.slice", "CPUWeight"), "30");
    EXPECT_EQ(output({"systemctl", "is-enabled", "left4me-layers-refresh.timer"}), "enabled");
}

void ask_for_exchange()
{
    const auto asked = run_as_left4me({"sh", "-c",
                                       "exec sudo -n /usr/libexec/left4me/left4me-systemctl "
                                       "publish-installation </dev/null"});
    EXPECT_EQ(asked.status, 0) << asked.err;
}

/// As l4d2ctl update does once steamcmd has brought that build. What servers still run on is in
/// installation.next then: the next update has it put aside first.
void update_installation(const std::string& build)
{
    const auto filled = run_as_left4me(
        {"sh", "-ec",
         "cd /var/lib/left4me; find installation.next -mindepth 1 -delete\n"
         "cp -a installation/. installation.next; cd installation.next; mkdir -p steamapps\n"
         "echo \"\\\"buildid\\\" \\\"$0\\\"\" >steamapps/appmanifest_222860.acf\n"
         "python3 -c 'import os; os.setxattr(\".\", \"user.left4me.version\", b\"'$0'\")'\n"
         "touch .left4me-complete",
         build});
    ASSERT_EQ(filled.status, 0) << filled.err;
    ask_for_exchange();
}

bool has_files(const std::string& place)
{
    return !files_below(state + "/" + place).empty();
}

std::string installed_version()
{
    return output({"dpkg-query", "-W", "-f", "${Version} ${db:Status-Abbrev}", "left4me"});
}

void expect_nothing_failed()
{
    EXPECT_EQ(output({"systemctl", "list-units", "--failed", "--no-legend", "left4me*", "l4d2*"}), "");
}

// --- with 0.1.0 ------------------------------------------------------------------

TEST(OldRelease, HasServersThatAreEnabledAndLocalChanges)
{
    ASSERT_THAT(installed_version(), testing::StartsWith("0.1.0 "));
    ASSERT_EQ(run({"/tests/real_server/install"}).status, 0);
    for (const auto& server : all_servers()) {
        const auto spec = std::format(
            "port: {}\noverlays:\n  - {{path: demo/rotation, alias: rotation}}\n  - path: demo/motd\n"
            "config: [sv_name {}, sv_register 0, sv_map dm1]\n",
            server.port, server.name);
        ASSERT_EQ(l4d2ctl({"initialize", server.name, "-f", "-"}, spec).status, 0);
        const auto started = start_by_l4d2ctl(server.name);
        ASSERT_EQ(started.status, 0) << started.err;
        ASSERT_TRUE(server.plays());
    }
    write_file("/etc/sudoers.d/left4me",
               read_file("/etc/sudoers.d/left4me") + local_sudoers_line + "\n");
    output({"sed", "-i", "s/^LEFT4ME_PORT_RANGE_END=.*/LEFT4ME_PORT_RANGE_END=27500/",
            "/etc/left4me/host.env"});
    write_file(drop_in, "[Service]\nMemoryHigh=1G\n");
    write_file(slice_drop_in, "[Slice]\nCPUWeight=30\n");
    // As of an archive that lets all write; and what no file of that user's may lead root to.
    output({"cp", "-a", state + "/overlays/demo/motd", open_layer});
    output({"chmod", "-R", "a+rwX", open_layer});
    write_file(roots_own, "x");
    output({"chmod", "666", roots_own});
    output({"ln", "-s", roots_own, open_layer + "/link"});
    write_file(open_layer + "/of_root", "x");
    output({"chmod", "666", open_layer + "/of_root"});
    ASSERT_EQ(run({"systemctl", "enable", "--now", "left4me-layers-refresh.timer"}).status, 0);
    (void)make_next_package(package_in("/build"));
    ASSERT_TRUE(exists(next_deb));
}

TEST(OldReleaseRebooted, ServesAgain)
{
    expect_all_play();
    for (const auto& server : all_servers())
        EXPECT_TRUE(exists(server.place_of_0_1())) << server.name;
    expect_local_changes();
}

// --- upgraded -------------------------------------------------------------------

TEST(Upgraded, NobodyNotices)
{
    const auto before = lives();
    const auto slice = unit_property("l4d2-game.slice", "ActiveEnterTimestampMonotonic");
    dpkg({"--install", next_deb});
    ASSERT_EQ(installed_version(), next::version + " ii ");
    expect_nobody_noticed(before);
    EXPECT_EQ(unit_property("l4d2-game.slice", "ActiveEnterTimestampMonotonic"), slice);
    expect_local_changes();
    expect_nothing_failed();
}

TEST(Upgraded, SystemdHasTheNewUnits)
{
    for (const auto& unit : {alpha.server_unit(), alpha.overlay_unit(), std::string("l4d2-game.slice"),
                             std::string("left4me-nftables.service")})
        EXPECT_EQ(unit_property(unit, "NeedDaemonReload"), "no") << unit;
    EXPECT_EQ(unit_property(alpha.server_unit(), "TasksMax"), next::tasks_max);
    EXPECT_EQ(unit_property("l4d2-game.slice", "CPUWeight"), next::game_weight);
    // Set to be applied, and nothing of it left that would hide a later release's.
    EXPECT_EQ(output({"find", "/run/systemd/system.control", "-name", "*l4d2*"}), "");
    EXPECT_EQ(unit_property("l4d2-game.slice", "DropInPaths"), "");
}

/// 0.1.0 has neither of them.
TEST(Upgraded, TheWebInterfaceListensAndTheWatchLooksAtServersOfTheOldRelease)
{
    for (const auto* unit : {"left4me-web.socket", "left4me-watch.service", "left4me-broker.socket"})
        EXPECT_EQ(unit_property(unit, "ActiveState"), "active") << unit;
    EXPECT_EQ(output({"systemctl", "is-enabled", "left4me-web.socket"}), "enabled");
    EXPECT_EQ(Browser().get("/sign-in").status, 200);
}

TEST(Upgraded, ThePacketRulesAreTheNewOnes)
{
    EXPECT_THAT(output({"nft", "list", "table", "inet", "left4me"}), HasSubstr(next::packet_set));
}

TEST(Upgraded, TheConffileThatWasChangedHereStaysAndTheNewOneLiesBesideIt)
{
    EXPECT_THAT(read_file("/etc/left4me/host.env"), Not(HasSubstr(next::conffile_line)));
    EXPECT_THAT(read_file("/etc/left4me/host.env.dpkg-dist"), HasSubstr(next::conffile_line));
}

TEST(Upgraded, OthersAreKeptOut)
{
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", state}), "root:left4me 750");
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", alpha.merged() + "/.."}), "root:root 711");
    EXPECT_EQ(output({"find", open_layer, "-user", "left4me", "-not", "-type", "l", "-perm", "/022"}),
              "");
    // By that user: root would have changed these, too.
    for (const auto& path : {roots_own, open_layer + "/of_root"})
        EXPECT_EQ(output({"stat", "-c", "%U %a", path}), "root 666") << path;
    EXPECT_NE(run({"runuser", "-u", "nobody", "--", "ls", state + "/overlays"}).status, 0);
}

TEST(Upgraded, RootHasTheConfigurationOfWhatTheOldReleaseMounted)
{
    for (const auto& server : all_servers()) {
        const auto copy = "/run/left4me/conf/" + server.name;
        EXPECT_EQ(read_file(copy), read_file(server.place_of_0_1() + "/instance.conf"));
        EXPECT_EQ(output({"stat", "-c", "%U:%G %a", copy}), "root:left4me 640");
    }
}

TEST(Upgraded, WhereTheSudoRulesWereKeptDoctorSaysThatSomeAreMissing)
{
    const auto told = l4d2ctl({"status", "alpha"});
    EXPECT_EQ(told.status, 0);
    EXPECT_THAT(told.err, HasSubstr("see l4d2ctl doctor"));
    const auto missing = l4d2ctl({"doctor"}).out;
    EXPECT_THAT(missing, HasSubstr("sudo does not let user left4me run left4me-systemctl restart x "
                                   "(and 2 more)")); // inspect, and the log of a time
    // As an operator merges them.
    write_file("/etc/sudoers.d/left4me",
               read_file("/etc/sudoers.d/left4me.dpkg-dist") + local_sudoers_line + "\n");
    EXPECT_THAT(l4d2ctl({"doctor"}).out, HasSubstr("user left4me may call the helpers"));
}

TEST(Upgraded, StatusSaysThatEachNeedsARestartAndWhy)
{
    for (const auto& server : all_servers()) {
        const auto reasons = server.restart_reasons();
        EXPECT_THAT(reasons, Contains(HasSubstr("/left4me-server@.service"))) << server.name;
        EXPECT_THAT(reasons, Contains(HasSubstr("left4me-launch was upgraded"))) << server.name;
        EXPECT_THAT(reasons, Not(Contains(HasSubstr("daemon-reload")))) << server.name;
    }
    EXPECT_THAT(l4d2ctl({"status", "alpha"}).out, HasSubstr("NEEDS RESTART  yes\n"));
}

TEST(Upgraded, DoctorFindsNothingThatWaits)
{
    const auto found = l4d2ctl({"doctor"});
    EXPECT_THAT(found.out,
                AllOf(Not(HasSubstr("daemon-reload")), Not(HasSubstr("does not let")),
                      Not(HasSubstr("are older than")), HasSubstr("table inet left4me has its chains")));
}

TEST(Upgraded, TheGameIsUpdatedBesideServersOfTheOldRelease)
{
    const auto before = lives();
    update_installation("2");
    ask_for_exchange();
    EXPECT_TRUE(has_files("installation.old-1"));
    EXPECT_FALSE(has_files("installation.next"));
    update_installation("3");
    EXPECT_FALSE(has_files("installation.old-2"));
    expect_nobody_noticed(before);
    for (const auto& server : all_servers()) {
        const auto told = nlohmann::json::parse(output({"l4d2ctl", "status", server.name, "--json"}));
        EXPECT_EQ(told["installed_build"], "3");
        EXPECT_THAT(told["restart_reasons"], Contains(HasSubstr("the game was updated")));
    }
}

TEST(Upgraded, AServerThatCrashesComesBackInTheNewUnit)
{
    crashing.crash();
    EXPECT_TRUE(crashing.plays());
    const auto reasons = crashing.restart_reasons();
    EXPECT_THAT(reasons, Not(Contains(HasSubstr("/left4me-server@.service"))));
    EXPECT_THAT(reasons, Not(Contains(HasSubstr("left4me-launch"))));
    // It still stands on the mount, and the place, of 0.1.0.
    EXPECT_TRUE(exists(crashing.place_of_0_1()));
}

TEST(Upgraded, AServerThatIsStartedAgainIsWhollyTheNewVersion)
{
    stopped.stop_and_start();
    EXPECT_TRUE(stopped.plays());
    EXPECT_THAT(stopped.restart_reasons(), IsEmpty());
    EXPECT_FALSE(exists(stopped.place_of_0_1()));
    EXPECT_TRUE(exists(stopped.place() + "/instance.conf"));
    stopped.crash();
    EXPECT_TRUE(stopped.plays());
    EXPECT_THAT(stopped.restart_reasons(), IsEmpty());
}

TEST(Upgraded, AServerThatSystemdStartsAgainIsWhollyTheNewVersion)
{
    restarted.restart_by_systemd();
    EXPECT_TRUE(restarted.plays());
    EXPECT_THAT(restarted.restart_reasons(), IsEmpty());
    EXPECT_TRUE(exists(restarted.place_of_0_1())) << "only l4d2ctl moves it";
}

/// As dpkg replaces one: another file of the same name.
TEST(Upgraded, StatusTellsOfALibraryThatWasUpgradedSince)
{
    const std::string libraries = "/usr/lib/i386-linux-gnu/";
    const auto zlib = output({"sh", "-c", "readlink -f /usr/lib/i386-linux-gnu/libz.so.1"});
    ASSERT_THAT(zlib, testing::StartsWith(libraries));
    EXPECT_THAT(stopped.restart_reasons(), IsEmpty());
    output({"cp", "-p", zlib, zlib + ".dpkg-new"});
    output({"mv", zlib + ".dpkg-new", zlib});
    EXPECT_THAT(stopped.restart_reasons(), Contains(HasSubstr(zlib)));
    stopped.stop_and_start();
    EXPECT_THAT(stopped.restart_reasons(), IsEmpty());
}

TEST(Upgraded, StatusTellsOfAUnitThatSystemdHasNotReadYet)
{
    write_file(drop_in, "[Service]\nMemoryHigh=1G\n# again\n");
    EXPECT_THAT(stopped.restart_reasons(), Contains(HasSubstr("systemctl daemon-reload")));
    output({"systemctl", "daemon-reload"});
    EXPECT_THAT(stopped.restart_reasons(), Each(AllOf(HasSubstr("local.conf"))));
    stopped.stop_and_start();
    EXPECT_THAT(stopped.restart_reasons(), IsEmpty());
}

TEST(UpgradedAndRebooted, AllServeAsTheNewVersion)
{
    expect_all_play();
    for (const auto& server : all_servers())
        EXPECT_THAT(server.restart_reasons(), IsEmpty()) << server.name;
    EXPECT_TRUE(exists(alpha.place_of_0_1())) << "a reboot moves nothing";
    expect_local_changes();
    expect_nothing_failed();
}

TEST(UpgradedAndRebooted, ServersOnAnOlderInstallationGoBackToTheOldRelease)
{
    const auto before = lives();
    update_installation("4");
    ask_for_exchange();
    expect_nobody_noticed(before);
    const auto told = nlohmann::json::parse(output({"l4d2ctl", "status", "alpha", "--json"}));
    EXPECT_EQ(told["build"], "3");
    EXPECT_EQ(told["installed_build"], "4");
}

// --- back to 0.1.0 ----------------------------------------------------------------

TEST(Downgraded, NobodyNotices)
{
    const auto before = lives();
    dpkg({"--install", package_in("/previous")});
    ASSERT_EQ(installed_version(), "0.1.0 ii ");
    expect_nobody_noticed(before);
    EXPECT_EQ(unit_property(alpha.server_unit(), "NeedDaemonReload"), "no");
    EXPECT_EQ(unit_property(alpha.server_unit(), "TasksMax"), "256");
    expect_local_changes();
    expect_nothing_failed();
}

/// Of what the newer one has: none that listens, asks or waits for a moment.
TEST(Downgraded, NoUnitIsUpWhoseFileIsGone)
{
    EXPECT_EQ(
        output({"sh", "-c",
                "systemctl list-units --plain --no-legend 'left4me*' 'l4d2*' | grep not-found || :"}),
        "");
    EXPECT_EQ(output({"sh", "-c", "find /etc/systemd/system -xtype l -name '*left4me*'"}), "");
    EXPECT_NE(run({"curl", "--silent", web_address}).status, 0);
}

TEST(Downgraded, EveryWayToStartAServerWorks)
{
    crashing.crash();
    EXPECT_TRUE(crashing.plays());
    // This one was last started by the newer l4d2ctl.
    restarted.restart_by_systemd();
    EXPECT_TRUE(restarted.plays());
    stopped.crash();
    EXPECT_TRUE(stopped.plays());
    stopped.stop_and_start();
    EXPECT_TRUE(stopped.plays());
    EXPECT_EQ(l4d2ctl({"status"}).status, 0);
}

TEST(DowngradedAndRebooted, AllServe)
{
    expect_all_play();
    expect_local_changes();
}

// --- cut off between unpacking and configuring --------------------------------------

TEST(Unpacked, NobodyNotices)
{
    const auto before = lives();
    dpkg({"--unpack", next_deb});
    ASSERT_EQ(installed_version(), next::version + " iU ");
    expect_nobody_noticed(before);
}

TEST(Unpacked, AServerThatCrashesComesBackByTheNewLauncherInTheOldUnit)
{
    ASSERT_EQ(unit_property(crashing.server_unit(), "NeedDaemonReload"), "yes");
    ASSERT_EQ(unit_property(crashing.server_unit(), "TasksMax"), "256");
    crashing.crash();
    EXPECT_TRUE(crashing.plays());
    EXPECT_THAT(crashing.restart_reasons(), Contains(HasSubstr("systemctl daemon-reload")));
}

TEST(Unpacked, AServerThatSystemdStartsAgainServes)
{
    restarted.restart_by_systemd();
    EXPECT_TRUE(restarted.plays());
}

TEST(Unpacked, AServerThatIsStartedAgainIsWhollyTheNewVersion)
{
    stopped.stop_and_start();
    EXPECT_TRUE(stopped.plays());
    EXPECT_EQ(unit_property(stopped.server_unit(), "TasksMax"), next::tasks_max);
    EXPECT_TRUE(exists(stopped.place() + "/instance.conf"));
}

/// As another package's script does before ours is configured.
TEST(Unpacked, AServerThatCrashesAfterAReloadComesBackInTheNewUnit)
{
    output({"systemctl", "daemon-reload"});
    ASSERT_EQ(unit_property(crashing.server_unit(), "TasksMax"), next::tasks_max);
    crashing.crash();
    EXPECT_TRUE(crashing.plays());
    stopped.crash();
    EXPECT_TRUE(stopped.plays());
}

TEST(UnpackedAndRebooted, AllServe)
{
    ASSERT_EQ(installed_version(), next::version + " iU ");
    expect_all_play();
}

TEST(Configured, NobodyNotices)
{
    const auto before = lives();
    dpkg({"--configure", "--pending"});
    ASSERT_EQ(installed_version(), next::version + " ii ");
    expect_nobody_noticed(before);
    expect_local_changes();
    expect_nothing_failed();
}

// --- dpkg killed at any moment -------------------------------------------------------

/// dpkg and all that it has started, as one session.
pid_t begin_upgrade()
{
    const pid_t child = fork();
    if (child == 0) {
        setsid();
        setenv("DEBIAN_FRONTEND", "noninteractive", 1);
        const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
            dup2(null, stream);
        execlp("dpkg", "dpkg", "--force-confold", "--install", next_deb.c_str(), nullptr);
        _exit(127);
    }
    return child;
}

/// What got it whole again.
std::string recover()
{
    if (run({"dpkg", "--force-confold", "--configure", "--pending"}).status == 0 &&
        installed_version() == next::version + " ii ")
        return "dpkg --configure -a";
    // Killed while it unpacked: nothing is to be configured, or dpkg asks for this.
    dpkg({"--install", next_deb});
    return "installing it again";
}

TEST(KilledUpgrade, IsRecoveredFromAndNobodyNotices)
{
    const int kills = std::atoi(std::getenv("LEFT4ME_TEST_KILLS"));
    ASSERT_GT(kills, 0);
    dpkg({"--install", package_in("/previous")});
    const auto begin = std::chrono::steady_clock::now();
    dpkg({"--install", next_deb});
    const auto takes = std::chrono::steady_clock::now() - begin;
    const auto before = lives();
    std::mt19937 random(std::random_device{}());
    std::uniform_real_distribution<double> part(0, 1);
    std::map<std::string, int> ways;
    for (int kill_number = 0; kill_number < kills; ++kill_number) {
        dpkg({"--install", package_in("/previous")});
        const auto moment = std::chrono::duration_cast<std::chrono::milliseconds>(takes * part(random));
        SCOPED_TRACE(std::format("killed after {}", moment));
        const auto upgrade = begin_upgrade();
        std::this_thread::sleep_for(moment);
        kill(-upgrade, SIGKILL);
        waitpid(upgrade, nullptr, 0);
        const auto state_then = run({"dpkg-query", "-W", "-f", "${db:Status-Abbrev}", "left4me"}).out;
        const auto way = recover();
        ++ways[std::format("{}({})", way, state_then)];
        ASSERT_EQ(installed_version(), next::version + " ii ") << way;
        expect_nobody_noticed(before);
        EXPECT_EQ(unit_property(alpha.server_unit(), "TasksMax"), next::tasks_max) << way;
        expect_local_changes();
        expect_nothing_failed();
        EXPECT_EQ(run({"dpkg", "--audit"}).out, "");
    }
    for (const auto& [way, times] : ways)
        std::fputs(std::format("{} of {} by {}\n", times, kills, way).c_str(), stdout);
    crashing.crash();
    stopped.stop_and_start();
    for (const auto& server : all_servers())
        EXPECT_TRUE(server.plays()) << server.name;
}

} // namespace
} // namespace left4me::test
