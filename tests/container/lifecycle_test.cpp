// A server's life by l4d2ctl, each step's effect seen from outside: the mount
// table, the journal, systemd, the files, and the game's own report.

#include "emulation.hpp"
#include "support.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

struct Lifecycle : ServerTest {
    [[nodiscard]] bool enabled() const
    {
        return exists("/etc/systemd/system/multi-user.target.wants/" + server_unit());
    }

    [[nodiscard]] std::vector<std::string> mounted_refs() const
    {
        std::vector<std::string> refs;
        const auto record = nlohmann::json::parse(read_file("/run/left4me/mounts/" + name + ".json"));
        for (const auto& layer : record.at("layers"))
            refs.push_back(layer.at("ref"));
        return refs;
    }

    /// Nothing of the server is left to see on the host.
    void expect_nothing_mounted_or_running() const
    {
        EXPECT_EQ(mount_line(name), "");
        EXPECT_EQ(unit_property(server_unit(), "ActiveState"), "inactive");
        EXPECT_EQ(unit_property(overlay_unit(), "ActiveState"), "inactive");
        EXPECT_FALSE(exists("/sys/fs/cgroup/l4d2.slice/l4d2-game.slice/" + server_unit()));
        EXPECT_FALSE(exists("/run/left4me/mounts/" + name + ".json"));
        EXPECT_FALSE(enabled());
    }

    /// A layer's file, owned by the service user as a real one is.
    void layer_file(const std::string& ref, const std::string& path, std::string_view text) const
    {
        write_file(std::format("{}/overlays/{}/{}", state, ref, path), text);
        run({"chown", "-R", "left4me:left4me", state + "/overlays/" + ref});
    }
};

mode_t mode_of(const std::string& path)
{
    struct stat status = {};
    EXPECT_EQ(lstat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777U;
}

// --- initialize --------------------------------------------------------------

TEST_F(Lifecycle, InitializeWritesTheInstanceAndNothingElse)
{
    const auto text = spec("arguments: ['+map', c1m1_hotel]\nconfig: ['hostname \"one\"', sv_lan 0]\n");
    initialize(text);
    EXPECT_THAT(files_below(instance()), ElementsAre("instance.conf", "server.cfg", "spec.yaml"));
    EXPECT_EQ(read_file(instance() + "/spec.yaml"), text);
    EXPECT_THAT(read_file(instance() + "/server.cfg"),
                StartsWith("hostname \"one\"\nsv_lan 0\nrcon_password \""));
    EXPECT_EQ(
        read_file(instance() + "/instance.conf"),
        std::format("L4D2_PORT={}\nL4D2_ARG=+map\nL4D2_ARG=c1m1_hotel\nL4D2_LOWERDIR=installation\n",
                    port));
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", instance()}), "left4me:left4me 700");
    EXPECT_EQ(mode_of(instance() + "/instance.conf"), 0640U);
    EXPECT_FALSE(exists(runtime()));
    expect_nothing_mounted_or_running();
}

TEST_F(Lifecycle, InitializeAgainReplacesAll)
{
    initialize(spec("config: [first]\n"));
    initialize(spec("config: [second]\narguments: [x]\n"));
    EXPECT_THAT(read_file(instance() + "/server.cfg"), StartsWith("second\n"));
    EXPECT_THAT(read_file(instance() + "/instance.conf"), HasSubstr("L4D2_ARG=x\n"));
    for (const auto& entry : std::filesystem::directory_iterator(state + "/instances"))
        EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("." + name)));
}

TEST_F(Lifecycle, InitializeWhileRunningTakesEffectAtTheNextStart)
{
    start_with();
    EXPECT_FALSE(status().at("needs_restart"));
    const auto before = pid();
    initialize(spec("config: ['hostname \"later\"', 'rcon_password \"sesame\"']\n"));
    EXPECT_TRUE(status().at("needs_restart"));
    EXPECT_EQ(pid(), before);
    EXPECT_EQ(read_file(merged() + "/left4dead2/cfg/server.cfg"), "rcon_password \"sesame\"\n");

    // A crash restart is no start: it uses what the server was started with.
    (void)rcon("crash");
    ASSERT_TRUE(
        eventually([&] { return unit_property(server_unit(), "NRestarts") == "1" && pid() != "0"; },
                   std::chrono::seconds(20)));
    ASSERT_TRUE(game_is_ready());
    EXPECT_EQ(read_file(merged() + "/left4dead2/cfg/server.cfg"), "rcon_password \"sesame\"\n");

    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    start();
    ASSERT_TRUE(game_is_ready());
    EXPECT_THAT(rcon("hostname"), HasSubstr("later"));
    EXPECT_FALSE(status().at("needs_restart"));
}

// --- start -------------------------------------------------------------------

TEST_F(Lifecycle, StartMountsTheLayersInOrderAndRunsTheGameOnThem)
{
    const auto top = make_layer("top");
    const auto bottom = make_layer("bottom");
    layer_file(top, "left4dead2/which.txt", "top");
    layer_file(bottom, "left4dead2/which.txt", "bottom");
    layer_file(bottom, "left4dead2/mapcycle.txt", "of the layer");
    start_with(std::format("overlays:\n  - path: {}\n  - path: {}\n", top, bottom));

    EXPECT_THAT(mount_line(name),
                AllOf(HasSubstr("nosuid"), HasSubstr("nodev"), HasSubstr(" - overlay left4me ")));
    EXPECT_THAT(mounted_refs(), ElementsAre(top, bottom, "installation"));
    EXPECT_EQ(read_file(merged() + "/left4dead2/which.txt"), "top");
    EXPECT_EQ(read_file(merged() + "/left4dead2/mapcycle.txt"),
              "of the layer"); // wins over the installation
    EXPECT_TRUE(exists(merged() + "/srcds_run"));
    EXPECT_TRUE(enabled());
    EXPECT_EQ(unit_property(server_unit(), "ActiveState"), "active");
    EXPECT_EQ(reported("cwd"), std::vector{merged()});
    EXPECT_EQ(output({"stat", "-c", "%U %a", runtime()}), "root 711");
    EXPECT_EQ(output({"stat", "-c", "%U %a", runtime() + "/work"}), "root 700");
    EXPECT_EQ(output({"stat", "-c", "%U %a", runtime() + "/upper"}), "left4me 750");
    EXPECT_THAT(l4d2ctl({"logs", name}).out,
                HasSubstr(std::format("stand-in: ready on port {}\n", port)));
}

TEST_F(Lifecycle, TheGameFindsAllThatSrcdsNeeds)
{
    start_with();
    EXPECT_THAT(reported("cpuinfo"), ElementsAre("ok"));      // else it registers as LAN-only
    EXPECT_THAT(reported("steamclient"), ElementsAre("ok"));  // ~/.steam/sdk32
    EXPECT_THAT(reported("textrel"), ElementsAre("ok"));      // text relocations
    EXPECT_THAT(reported("bind0"), ElementsAre("ok"));        // a port of the kernel's choice
    EXPECT_THAT(reported("lan_only"), ElementsAre("0"));
    EXPECT_THAT(reported("fd"), Contains("0 /dev/null"));
    for (const auto& descriptor : reported("fd"))
        EXPECT_LE(std::stoi(descriptor), 2) << descriptor;
}

TEST_F(Lifecycle, AGameWhoseCrashReporterIsKilledGoesOn)
{
    if (!kernel_runs_32_bit())
        GTEST_SKIP() << emulated;
    start_with();
    EXPECT_THAT(reported("ptrace"), ElementsAre(HasSubstr("killed")));
}

/// What plugins and their scripts call. They try to keep a file's owner, and go on without.
TEST_F(Lifecycle, OrdinaryToolsWorkInTheUnit)
{
    const auto layer = make_layer("tools");
    layer_file(layer, "srcds_linux", R"(#!/bin/sh
printf 'one\n' >a && cp -p a b && sed -i s/one/two/ a && cat a
gzip -k a && tar cf c.tar a && tar xf c.tar && mv a /tmp/a && mv /tmp/a a
chown 1 a; echo "chown $?"
echo done
exec sleep infinity
)");
    output({"chmod", "755", state + "/overlays/" + layer + "/srcds_linux"});
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    start();
    ASSERT_TRUE(eventually([&] { return l4d2ctl({"logs", name}).out.contains("done\n"); }));
    const auto log = l4d2ctl({"logs", name}).out;
    EXPECT_THAT(log,
                AllOf(HasSubstr("two\n"), HasSubstr("chown 1\n"), Not(HasSubstr("Bad system call"))));
    for (const auto* file : {"a", "b", "a.gz", "c.tar"})
        EXPECT_TRUE(exists(merged() + "/" + file)) << file;
    EXPECT_EQ(output({"stat", "-c", "%U", merged() + "/a"}), "left4me");
}

TEST_F(Lifecycle, TheGameHasACleanEnvironment)
{
    start_with();
    auto names = reported("env");
    std::ranges::sort(names);
    EXPECT_THAT(names,
                ElementsAre("HOME", "LANG", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "TERM", "USER"));
}

TEST_F(Lifecycle, AddonsBehindLinksIntoTheCacheAreSeen)
{
    const auto addon = state + "/workshop_cache/" + name + ".vpk";
    write_file(addon, "vpk");
    const auto layer = make_layer("addons");
    layer_file(layer, "left4dead2/addons/readme.txt", "");
    std::filesystem::create_symlink(addon,
                                    std::format("{}/overlays/{}/left4dead2/addons/a.vpk", state, layer));
    start_with(std::format("overlays: [{{path: {}}}]\n", layer));
    EXPECT_THAT(reported("addons"), ElementsAre("1/1"));
    EXPECT_THAT(reported("lost_addon"), IsEmpty());
    remove_all(addon);
}

TEST_F(Lifecycle, ConfigurationHasTheAliasesAndNothingStale)
{
    const auto base = make_layer("base");
    const auto plain = make_layer("plain");
    layer_file(base, "left4dead2/cfg/server.cfg", "base line\n");
    layer_file(plain, "left4dead2/cfg/server.cfg", "plain line\n");
    const auto overlays =
        std::format("overlays:\n  - {{path: {}, alias: base}}\n  - path: {}\n", base, plain);
    start_with(overlays);
    const auto cfg = merged() + "/left4dead2/cfg/";
    EXPECT_EQ(read_file(cfg + "server.cfg"), std::format("rcon_password \"{}\"\n", rcon_password));
    EXPECT_EQ(read_file(cfg + "server_base.cfg"), "base line\n");

    // What the server writes there goes at the next start, what else it wrote stays.
    (void)rcon("write left4dead2/cfg/server.cfg hacked");
    (void)rcon("write left4dead2/cfg/server_base.cfg hacked");
    for (const auto* file : {"server_rates", "serverbans", "server-maps", "other"})
        (void)rcon(std::format("write left4dead2/cfg/{}.cfg kept", file));
    EXPECT_THAT(read_file(cfg + "server.cfg"), HasSubstr("hacked"));
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    layer_file(base, "left4dead2/cfg/server.cfg", "newer line\n");
    start();
    ASSERT_TRUE(game_is_ready());
    EXPECT_EQ(read_file(cfg + "server.cfg"), std::format("rcon_password \"{}\"\n", rcon_password));
    EXPECT_EQ(read_file(cfg + "server_base.cfg"), "newer line\n");
    for (const auto* file : {"server_rates", "serverbans", "server-maps", "other"})
        EXPECT_EQ(read_file(cfg + file + ".cfg"), "kept\n") << file;

    // By a restart, too, which l4d2ctl does not see; and of an alias that is gone.
    (void)rcon("write left4dead2/cfg/server_base.cfg stale");
    (void)rcon("write left4dead2/cfg/server.cfg stale");
    ASSERT_EQ(run({"systemctl", "restart", overlay_unit()}).status, 0);
    ASSERT_TRUE(game_is_ready());
    EXPECT_EQ(read_file(cfg + "server.cfg"), std::format("rcon_password \"{}\"\n", rcon_password));
    EXPECT_EQ(read_file(cfg + "server_base.cfg"), "newer line\n");
    (void)rcon("write left4dead2/cfg/server_base.cfg stale");
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    start_with();
    EXPECT_FALSE(exists(cfg + "server_base.cfg"));
    EXPECT_EQ(read_file(cfg + "server_rates.cfg"), "kept\n");
}

TEST_F(Lifecycle, HidesWhatTheSpecNamesFromThisServerAlone)
{
    const auto layer = make_layer("addons");
    layer_file(layer, "left4dead2/addons/a.txt", "a");
    layer_file(layer, "left4dead2/addons/b.txt", "b");
    layer_file(layer, "left4dead2/maps/old/x.bsp", "x");
    const auto overlays = std::format("overlays: [{{path: {}}}]\n", layer);
    start_with(overlays +
               "hide: [left4dead2/mapcycle.txt, left4dead2/addons/a.txt, left4dead2/maps/old/]\n");
    const auto game = merged() + "/left4dead2/";
    EXPECT_FALSE(exists(game + "mapcycle.txt")); // of the installation
    EXPECT_FALSE(exists(game + "addons/a.txt"));
    EXPECT_EQ(read_file(game + "addons/b.txt"), "b");
    EXPECT_FALSE(exists(game + "maps/old"));
    EXPECT_TRUE(exists(game + "maps"));
    EXPECT_THAT(output({"ls", game}), Not(HasSubstr("mapcycle"))); // no ghost in a listing
    EXPECT_TRUE(exists(state + "/installation/left4dead2/mapcycle.txt"));
    // The server may have its own.
    EXPECT_EQ(rcon("write left4dead2/mapcycle.txt mine"), "ok");
    EXPECT_EQ(read_file(game + "mapcycle.txt"), "mine\n");

    // Another spec needs a restart, and what is not there is no file to hide.
    initialize(spec(overlays + "hide: [left4dead2/addons/b.txt]\n"));
    EXPECT_TRUE(status().at("needs_restart"));
    const auto refused =
        l4d2ctl({"initialize", name, "-f", "-"}, spec(overlays + "hide: [bin/none.so]\n"));
    EXPECT_EQ(refused.status, 65);
    EXPECT_THAT(refused.err, HasSubstr("standard input:3: key 'hide': no layer has 'bin/none.so'"));
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    layer_file(layer, "left4dead2/addons/c.txt", "c");
    remove_all(state + "/overlays/" + layer + "/left4dead2/addons/b.txt");
    const auto gone = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(gone.status, 65);
    EXPECT_THAT(gone.err, HasSubstr("no layer has 'left4dead2/addons/b.txt'"));
}

TEST_F(Lifecycle, ASpecOfBeforeStartsThoughItWouldBeRefusedToday)
{
    start_with();
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    write_file(instance() + "/spec.yaml",
               std::format("port: {}\nconfig:\n- rcon_password \"{}\" # x\n", port, rcon_password));
    output({"chown", "left4me:left4me", instance() + "/spec.yaml"});
    start();
    EXPECT_TRUE(game_is_ready());
}

TEST_F(Lifecycle, TakesAServerCfgAsItIs)
{
    start_with(
        std::format("config: |\n  // [General]\n  hostname \"Example #1\"      // shown in the list\n"
                    "  sv_tags \"MultiSlots: 8, 100tick\"\n\n  rcon_password \"{}\"\n",
                    rcon_password));
    EXPECT_EQ(read_file(merged() + "/left4dead2/cfg/server.cfg"),
              std::format("// [General]\nhostname \"Example #1\"      // shown in the list\n"
                          "sv_tags \"MultiSlots: 8, 100tick\"\n\nrcon_password \"{}\"\n",
                          rcon_password));
    EXPECT_THAT(rcon("hostname"), HasSubstr("Example #1"));
}

TEST_F(Lifecycle, TheGameWritesIntoUpperAlone)
{
    start_with();
    EXPECT_EQ(rcon("write left4dead2/mapcycle.txt mine"), "ok");
    EXPECT_EQ(rcon("unlink left4dead2/cfg/server.cfg"), "ok");
    EXPECT_THAT(read_file(runtime() + "/upper/left4dead2/mapcycle.txt"), HasSubstr("mine"));
    EXPECT_THAT(read_file(state + "/installation/left4dead2/mapcycle.txt"), Not(HasSubstr("mine")));
    EXPECT_TRUE(exists(live() + "/layer/left4dead2/cfg/server.cfg"));
    EXPECT_TRUE(exists(state + "/installation/left4dead2/cfg/server.cfg"));
}

TEST_F(Lifecycle, StartWhenStartedChangesNothing)
{
    start_with();
    const auto before = pid();
    const auto mount = mount_line(name);
    const auto again = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(again.status, 0);
    EXPECT_THAT(again.out, HasSubstr("it runs already"));
    EXPECT_EQ(pid(), before);
    EXPECT_EQ(mount_line(name), mount);
}

TEST_F(Lifecycle, StartOfAServerWhosePortIsTakenSaysSo)
{
    initialize(spec());
    const int taken = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ASSERT_EQ(bind(taken, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const auto refused = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(refused.status, 71);
    EXPECT_THAT(refused.err, HasSubstr(std::format("port {} is taken by another program", port)));
    EXPECT_EQ(mount_line(name), "");
    close(taken);
    start();
    EXPECT_TRUE(game_is_ready());
}

/// The game has died and waits for its next start, its layers mounted.
TEST_F(Lifecycle, StartAfterADeathTakesTheNewConfiguration)
{
    start_with();
    drop_in("50-slow", "RestartSec=1h\n");
    (void)rcon("crash");
    ASSERT_TRUE(eventually([&] { return unit_property(server_unit(), "SubState") == "auto-restart"; }));
    ASSERT_NE(mount_line(name), "");
    initialize(std::format("port: {}\nconfig: ['rcon_password \"{}\"', 'hostname \"later\"']\n", port,
                           rcon_password));
    const auto started = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(started.status, 0) << started.err;
    EXPECT_THAT(started.out, Not(HasSubstr("it runs already")));
    ASSERT_TRUE(game_is_ready());
    EXPECT_THAT(rcon("hostname"), HasSubstr("later"));
}

TEST_F(Lifecycle, StartSaysWhyTheLayersCannotBeMounted)
{
    const auto layer = make_layer("soon-gone");
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    remove_all(state + "/overlays/" + layer);
    const auto failed = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(failed.status, 65);
    EXPECT_THAT(failed.err,
                AllOf(HasSubstr(layer), HasSubstr("spec.yaml:2"), HasSubstr("there is no layer")));
    expect_nothing_mounted_or_running();

    // Past l4d2ctl, the unit's own helper says it as well, and fails closed.
    EXPECT_NE(run({"systemctl", "start", server_unit()}).status, 0);
    EXPECT_EQ(mount_line(name), "");
}

// --- stop --------------------------------------------------------------------

TEST_F(Lifecycle, StopLeavesNothingBehind)
{
    start_with();
    const auto stopped = l4d2ctl({"stop", name});
    EXPECT_EQ(stopped.status, 0) << stopped.err;
    EXPECT_LT(stopped.took, std::chrono::seconds(1)); // a game that honours SIGINT
    expect_nothing_mounted_or_running();
    EXPECT_THAT(files_below(runtime() + "/work"), IsEmpty());
    EXPECT_THAT(l4d2ctl({"logs", name}).out, HasSubstr("stand-in: shutting down"));
    EXPECT_EQ(unit_property(server_unit(), "Result"), "success");
}

TEST_F(Lifecycle, StopWhenStoppedIsFine)
{
    initialize(spec());
    EXPECT_EQ(l4d2ctl({"stop", name}).status, 0);
    start();
    EXPECT_EQ(l4d2ctl({"stop", name}).status, 0);
    const auto again = l4d2ctl({"stop", name});
    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_THAT(again.out, HasSubstr("it is stopped already"));
}

/// Also when nobody but systemd stops it, at a shutdown say, and it was started long
/// after systemd last read its units.
TEST_F(Lifecycle, AStoppedGameHasTheTimeToSave)
{
    const auto said = [&](const std::string& words) {
        const auto log =
            run({"journalctl", "-o", "cat", "--unit=" + server_unit(), "--grep=" + words}).out;
        return std::ranges::count(log, '\n');
    };
    initialize(spec());
    constexpr int rounds = 5;
    for (int round = 0; round < rounds; ++round) {
        const auto ended = said("stand-in: shutting down");
        const auto killed = said("with signal SIGKILL");
        start();
        ASSERT_TRUE(game_is_ready());
        ASSERT_EQ(run({"systemctl", "stop", server_unit()}).status, 0);
        EXPECT_TRUE(eventually([&] { return said("stand-in: shutting down") == ended + 1; }));
        EXPECT_EQ(said("with signal SIGKILL"), killed);
    }
}

TEST_F(Lifecycle, AGameThatIgnoresTheStopIsKilledInItsTimeAndNoLater)
{
    start_with("arguments: ['+stand_in_ignore_int', '1']\n");
    const auto stopped = l4d2ctl({"stop", name});
    EXPECT_EQ(stopped.status, 0) << stopped.err;
    EXPECT_GE(stopped.took, std::chrono::milliseconds(14'500)); // TimeoutStopSec=15s
    EXPECT_LE(stopped.took, std::chrono::seconds(17));
    EXPECT_THAT(stopped.out, HasSubstr("did not end in its time and was killed"));
    expect_nothing_mounted_or_running();
}

TEST_F(Lifecycle, WhatTheGameLeftBehindDiesWithIt)
{
    start_with();
    EXPECT_EQ(rcon("orphan"), "ok");
    ASSERT_EQ(run({"pgrep", "srcds_orphan"}).status, 0); // else the test shows nothing
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_NE(run({"pgrep", "srcds_orphan"}).status, 0);
    expect_nothing_mounted_or_running();
}

TEST_F(Lifecycle, AStopThatCannotUnmountSaysSoAndCanBeRepeated)
{
    start_with();
    // A shell that stands in the merged tree.
    const pid_t shell = fork();
    if (shell == 0) {
        if (chdir(merged().c_str()) == 0)
            pause();
        _exit(1);
    }
    ASSERT_TRUE(eventually([&] {
        std::error_code problem;
        return std::filesystem::read_symlink(std::format("/proc/{}/cwd", shell), problem) == merged();
    }));
    const auto busy = l4d2ctl({"stop", name});
    EXPECT_EQ(busy.status, 75);
    EXPECT_THAT(busy.err, AllOf(HasSubstr("unmount"), HasSubstr(name)));
    EXPECT_NE(mount_line(name), "");
    const auto start_again = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(start_again.status, 75);
    EXPECT_THAT(start_again.err, HasSubstr("l4d2ctl stop"));

    kill(shell, SIGKILL);
    waitpid(shell, nullptr, 0);
    const auto stopped = l4d2ctl({"stop", name});
    EXPECT_EQ(stopped.status, 0) << stopped.err;
    expect_nothing_mounted_or_running();
    start();
    EXPECT_TRUE(game_is_ready());
}

// --- crashes -----------------------------------------------------------------

TEST_F(Lifecycle, ACrashRestartsTheGameOnTheSameMount)
{
    start_with();
    const auto mount = mount_line(name);
    const auto before = pid();
    (void)rcon("crash");
    ASSERT_TRUE(eventually([&] { return pid() != before && pid() != "0"; }, std::chrono::seconds(20)));
    EXPECT_TRUE(game_is_ready());
    EXPECT_EQ(mount_line(name), mount);
    EXPECT_EQ(status().at("restarts"), 1);
    EXPECT_THAT(l4d2ctl({"logs", name}).out, HasSubstr("status=139"));
}

TEST_F(Lifecycle, AGameThatAlwaysCrashesIsGivenUpAndCanBeStartedAgain)
{
    initialize(spec("arguments: ['+stand_in_exit_at_start', '7']\n"));
    const auto ended = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(ended.status, 71);
    EXPECT_THAT(ended.err, HasSubstr("the game ended at once, with status 7"));
    EXPECT_THAT(ended.out, AllOf(HasSubstr("its last lines:"), HasSubstr("Main process exited")));
    EXPECT_THAT(status().at("problem").get<std::string>(), HasSubstr("status 7"));
    // Five starts, 5 seconds apart.
    ASSERT_TRUE(eventually([&] { return unit_property(server_unit(), "ActiveState") == "failed"; },
                           std::chrono::seconds(40)));
    EXPECT_EQ(unit_property(server_unit(), "ExecMainStatus"), "7");
    ASSERT_TRUE(eventually([&] { return mount_line(name).empty(); }));
    EXPECT_EQ(status().at("active_state"), "failed");
    EXPECT_GE(status().at("restarts"), 4);
    EXPECT_THAT(
        status().at("problem").get<std::string>(),
        testing::MatchesRegex("failed 5 times, last with status 7, next try [0-2][0-9]:[0-5][0-9]"));
    EXPECT_THAT(l4d2ctl({"status", name}).out, HasSubstr("failed (failed 5 times, "));

    initialize(spec("arguments: []\n"));
    start(); // at once, whatever the start limit had counted
    EXPECT_TRUE(game_is_ready());
}

// --- delete, reset -----------------------------------------------------------

struct Removal : Lifecycle, testing::WithParamInterface<const char*> {};

TEST_P(Removal, StopsARunningServerAndRemovesAllOfIt)
{
    start_with();
    (void)rcon("write left4dead2/written.txt x");
    const auto removed = l4d2ctl({GetParam(), name});
    EXPECT_EQ(removed.status, 0) << removed.err;
    EXPECT_FALSE(exists(instance()));
    EXPECT_FALSE(exists(runtime()));
    expect_nothing_mounted_or_running();
    const auto start_again = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(start_again.status, 66);
    EXPECT_THAT(start_again.err, HasSubstr("l4d2ctl initialize"));
}

TEST_P(Removal, WorksWhenNeverStarted)
{
    initialize(spec());
    EXPECT_EQ(l4d2ctl({GetParam(), name}).status, 0);
    EXPECT_FALSE(exists(instance()));
}

TEST_P(Removal, OfNothingIsSuccess)
{
    const auto removed = l4d2ctl({GetParam(), name});
    EXPECT_EQ(removed.status, 0) << removed.err;
    EXPECT_THAT(removed.out, HasSubstr("nothing was removed"));
}

TEST_P(Removal, FinishesWhatAnEarlierOneLeftHalfDone)
{
    start_with();
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    remove_all(instance()); // as after a crash between the two removals
    ASSERT_EQ(l4d2ctl({GetParam(), name}).status, 0);
    EXPECT_FALSE(exists(runtime()));
}

INSTANTIATE_TEST_SUITE_P(Verbs, Removal, testing::Values("delete", "reset"),
                         [](const auto& row) { return std::string(row.param); });

// --- arguments ---------------------------------------------------------------

/// Another name for a file, until the end.
class Renamed {
public:
    Renamed(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to))
    {
        std::filesystem::rename(from_, to_);
    }
    ~Renamed() { std::filesystem::rename(to_, from_); }
    Renamed(const Renamed&) = delete;
    Renamed& operator=(const Renamed&) = delete;

private:
    std::string from_;
    std::string to_;
};

std::string hex(std::string_view text)
{
    std::string digits;
    for (const char c : text)
        digits += std::format("{:02x}", static_cast<unsigned char>(c));
    return digits;
}

TEST_F(Lifecycle, ArgumentsArriveByteForByte)
{
    const std::vector<std::string> words = {
        "+map",    "c1m1_hotel", "",     "two words", "\"quoted\"",  "it's",     "$HOME",
        "${PATH}", "$(id)",      "`id`", "%i %n %%",  "back\\slash", "\\",       "tab\there",
        "Grüße ☃", "*",          "~",    "a=b",       "-- -x",       "; reboot", "#no comment",
        "\"open",  "a|b&c>d",    "\x7f", "!history",
    };
    // JSON strings are YAML strings, but for the one character that YAML wants escaped.
    auto list = nlohmann::json(words).dump();
    list.replace(list.find('\x7f'), 1, "\\x7f");
    start_with("arguments: " + list + "\n");
    auto arrived = reported("arg");
    // ./srcds_linux and what left4me sets come first.
    std::vector<std::string> expected;
    for (const auto& word :
         {std::string("./srcds_linux"), std::string("-game"), std::string("left4dead2"),
          std::string("+ip"), std::string("0.0.0.0"), std::string("+hostport"), std::to_string(port)})
        expected.push_back(hex(word));
    for (const auto& word : words)
        expected.push_back(hex(word));
    EXPECT_EQ(arrived, expected);
}

TEST_F(Lifecycle, AnArgumentCannotMoveTheGameToAnotherPort)
{
    start_with("arguments: [+map, c1m1_hotel +hostport 27499]\n");
    EXPECT_EQ(reported("arg").back(), hex("c1m1_hotel +hostport 27499"));
    const auto refused = l4d2ctl({"initialize", name, "-f", "-"},
                                 spec("arguments: ['+hostname', 'x\" -port 27499 \"']\n"));
    EXPECT_EQ(refused.status, 65);
    EXPECT_THAT(refused.err, HasSubstr("key 'arguments': the game splits its command line at quotes"));
}

TEST_F(Lifecycle, AConfigurationOfBeforeRunsWithoutTheWordsOfValvesScript)
{
    initialize(spec("arguments: [+sv_x, old]\n"));
    // As 0.1.0 took it.
    const auto written =
        spec("arguments: [-autoupdate, -steam_dir, '/x; touch /tmp/ran', +sv_x, old]\n");
    write_file(instance() + "/spec.yaml", written);
    write_file(instance() + "/instance.conf",
               std::format("L4D2_PORT={}\nL4D2_ARG=-autoupdate\nL4D2_ARG=-steam_dir\nL4D2_ARG=/x; touch "
                           "/tmp/ran\nL4D2_ARG=+sv_x\nL4D2_ARG=old\nL4D2_LOWERDIR=installation\n",
                           port));
    output({"chown", "left4me:left4me", instance() + "/spec.yaml", instance() + "/instance.conf"});
    start();
    ASSERT_TRUE(game_is_ready());
    const auto arrived = reported("arg");
    EXPECT_THAT(arrived, AllOf(Contains(hex("+sv_x")), Contains(hex("old")),
                               Not(Contains(hex("-autoupdate"))), Not(Contains(hex("-steam_dir")))));
    EXPECT_THAT(l4d2ctl({"logs", name}).out, HasSubstr("the game is not given '-autoupdate'"));
    const auto refused = l4d2ctl({"initialize", name, "-f", "-"}, written);
    EXPECT_EQ(refused.status, 65);
    EXPECT_THAT(refused.err, HasSubstr("'-autoupdate' is a word of Valve's srcds_run"));
}

TEST_F(Lifecycle, ATreeThatHasOnlyValvesScriptIsRunByIt)
{
    const auto layer = make_layer("script");
    auto script = read_file(state + "/installation/srcds_run");
    for (std::size_t at = 0; (at = script.find("./srcds_linux")) != std::string::npos;)
        script.replace(at, 13, "./game");
    layer_file(layer, "srcds_run", script);
    output({"chmod", "755", state + "/overlays/" + layer + "/srcds_run"});
    const Renamed away(state + "/installation/srcds_linux", state + "/installation/game");
    const auto overlays = std::format("overlays: [{{path: {}}}]\n", layer);
    start_with(overlays + "arguments: [+sv_x, $HOME]\n");
    EXPECT_THAT(reported("arg"), AllOf(Contains(hex("./game")), Contains(hex("-norestart")),
                                       Contains(hex("$HOME")), Contains(hex("c1m1_hotel"))));
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    initialize(spec(overlays + "arguments: [+sv_x, my server]\n"));
    const auto refused = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(refused.status, 65);
    EXPECT_THAT(refused.err, HasSubstr("argument 'my server' would not arrive as it is"));
}

// --- several servers, status -------------------------------------------------

TEST_F(Lifecycle, TwoServersStandSideBySide)
{
    start_with();
    const auto other = name + "-b";
    const auto other_port = port + 500;
    ASSERT_EQ(l4d2ctl({"initialize", other, "-f", "-"},
                      std::format("port: {}\nconfig: ['hostname \"other\"']\n", other_port))
                  .status,
              0);
    ASSERT_EQ(l4d2ctl({"start", "--no-wait", other}).status, 0);
    EXPECT_TRUE(eventually([&] {
        return run({"quakestat", "-raw", "|", "-a2s", std::format("127.0.0.1:{}", other_port)})
            .out.contains("|other|");
    }));
    (void)rcon("write left4dead2/mine.txt x");
    EXPECT_FALSE(exists(std::format("{}/runtime/{}/merged/left4dead2/mine.txt", state, other)));
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_EQ(unit_property("left4me-server@" + other + ".service", "ActiveState"), "active");
    EXPECT_NE(mount_line(other), "");
    const auto all = nlohmann::json::parse(output({"l4d2ctl", "status", "--json"}));
    std::vector<std::string> names;
    for (const auto& one : all)
        names.push_back(one.at("name"));
    EXPECT_THAT(names, AllOf(Contains(name), Contains(other)));
    EXPECT_EQ(l4d2ctl({"delete", other}).status, 0);
}

TEST_F(Lifecycle, StatusTellsTheSameAsTheHost)
{
    const auto layer = make_layer("one");
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    auto json = status();
    EXPECT_EQ(json.at("active_state"), "inactive");
    EXPECT_EQ(json.at("since"), nullptr);
    EXPECT_EQ(json.at("port"), port);
    EXPECT_EQ(json.at("main_pid"), 0);
    EXPECT_EQ(json.at("exposure"), nullptr);
    EXPECT_EQ(json.at("layers").at(0),
              (nlohmann::json{{"ref", layer}, {"version", nullptr}, {"current", true}}));

    start();
    ASSERT_TRUE(game_is_ready());
    json = status();
    EXPECT_EQ(json.at("name"), name);
    EXPECT_EQ(json.at("active_state"), "active");
    EXPECT_EQ(json.at("sub_state"), "running");
    EXPECT_THAT(json.at("since").get<std::string>(), testing::MatchesRegex("20[0-9-]+T[0-9:]+Z"));
    EXPECT_EQ(std::to_string(json.at("main_pid").get<int>()), pid());
    EXPECT_EQ(json.at("layers").at(0),
              (nlohmann::json{{"ref", layer}, {"version", 1}, {"current", true}}));
    EXPECT_EQ(json.at("layers").at(1).at("ref"), "installation");
    EXPECT_LE(json.at("exposure").get<double>(), 1.1);
    EXPECT_EQ(json.at("restarts"), 0);

    // A layer that is published anew is another directory.
    const auto path = state + "/overlays/" + layer;
    std::filesystem::rename(path, path + "-old");
    std::filesystem::create_directory(path);
    json = status();
    EXPECT_EQ(json.at("layers").at(0).at("current"), false);
    EXPECT_EQ(json.at("needs_restart"), true);
    EXPECT_THAT(l4d2ctl({"status", name}).out, HasSubstr(layer + " (older)"));
    remove_all(path + "-old");
}

TEST_F(Lifecycle, CommandsThatOverlapAreBusyAndSayWhoIsAtWork)
{
    start_with("arguments: ['+stand_in_ignore_int', '1']\n");
    const pid_t stopper = fork();
    if (stopper == 0) {
        std::freopen("/dev/null", "w", stdout);
        execlp("l4d2ctl", "l4d2ctl", "stop", name.c_str(), nullptr);
        _exit(127);
    }
    ASSERT_TRUE(
        eventually([&] { return unit_property(server_unit(), "ActiveState") == "deactivating"; }));
    const auto busy = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(busy.status, 75);
    EXPECT_THAT(busy.err, AllOf(HasSubstr("busy"), HasSubstr("l4d2ctl stop " + name)));

    // Ctrl-C: the command ends at once, systemd goes on with the stop.
    kill(stopper, SIGINT);
    int wait_status = 0;
    waitpid(stopper, &wait_status, 0);
    EXPECT_EQ(WEXITSTATUS(wait_status), 130);
    EXPECT_EQ(unit_property(server_unit(), "ActiveState"), "deactivating");
    const auto stopped = l4d2ctl({"stop", name});
    EXPECT_EQ(stopped.status, 0) << stopped.err;
    expect_nothing_mounted_or_running();
}

} // namespace
} // namespace left4me::test
