// Whatever happens, the next command works and nothing is lost: processes killed
// at every step, calls refused by the disk, units handled behind l4d2ctl's back.

#include "tracer.hpp"

#include <csignal>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::AnyOf;
using testing::ContainsRegex;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr int killed = 128 + SIGKILL;
constexpr int busy = 75;
constexpr int io_error = 74;

std::size_t line_count(const std::string& text)
{
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

struct Fault : ServerTest {
    [[nodiscard]] Words command(const std::string& verb) const
    {
        Words words = {"l4d2ctl", verb, name};
        if (verb == "start" || verb == "restart")
            words.emplace_back("--no-wait"); // the calls of a wait are never as many
        return words;
    }
    [[nodiscard]] Words initialize_command() const { return {"l4d2ctl", "initialize", name, "-f", "-"}; }

    /// A second spec of the same server, to tell old from new.
    [[nodiscard]] std::string other_spec() const { return spec("arguments: ['+exec', other]\n"); }

    /// The command works; it may be busy for as long as a helper of a killed one
    /// is still at work.
    void expect_works(const Words& words, const std::string& input = "") const
    {
        Outcome done = {};
        EXPECT_TRUE(eventually([&] {
            done = run(words, input);
            return done.status != busy;
        }));
        EXPECT_EQ(done.status, 0) << testing::PrintToString(words) << done.err;
    }

    /// spec.yaml, instance.conf and server.cfg, all of the one or of the other.
    void expect_old_or_new() const
    {
        const auto text = read_file(instance() + "/spec.yaml");
        EXPECT_THAT(text, AnyOf(spec(), other_spec()));
        EXPECT_EQ(text == other_spec(), read_file(instance() + "/instance.conf").contains("other"));
        EXPECT_TRUE(exists(instance() + "/server.cfg"));
    }

    void expect_nothing_half_done() const
    {
        for (const auto& entry : std::filesystem::directory_iterator(state + "/instances"))
            EXPECT_FALSE(entry.path().filename().string().starts_with("." + name)) << entry.path();
    }

    void expect_clean_start_and_stop() const
    {
        expect_works(command("start"));
        EXPECT_EQ(unit_property(server_unit(), "ActiveState"), "active");
        EXPECT_NE(mount_line(name), "");
        expect_works(command("stop"));
        expect_stopped();
    }

    void expect_stopped() const
    {
        EXPECT_EQ(mount_line(name), "");
        EXPECT_EQ(unit_property(server_unit(), "ActiveState"), "inactive");
        EXPECT_EQ(unit_property(overlay_unit(), "ActiveState"), "inactive");
        EXPECT_FALSE(exists("/run/left4me/mounts/" + name + ".json"));
        expect_nothing_half_done();
    }
};

// --- l4d2ctl killed at every step ----------------------------------------------

TEST_F(Fault, InitializeKilledLeavesTheOldOrTheNew)
{
    const auto words = initialize_command();
    initialize(spec());
    for (const auto& call : changing_calls(words, other_spec())) {
        SCOPED_TRACE(call.text);
        initialize(spec());
        EXPECT_EQ(run_killed_before(call, words, other_spec()).status, killed);
        expect_old_or_new();
        expect_works(words, other_spec());
        EXPECT_EQ(read_file(instance() + "/spec.yaml"), other_spec());
        expect_nothing_half_done();
    }
    expect_clean_start_and_stop();
}

/// Where power is lost there, systemd alone starts the server at the next boot.
TEST_F(Fault, AnInitializeCutOffBeforeItsLastStepTouchesNothingThatTheMountNeeds)
{
    start_with();
    ASSERT_EQ(run({"systemctl", "stop", server_unit()}).status, 0);
    const auto old_one = std::format("{}/instances/.{}.new", state, name);
    ASSERT_EQ(run_as_left4me({"cp", "-a", instance(), old_one}).status, 0);

    EXPECT_EQ(run({"systemctl", "start", server_unit()}).status, 0);
    EXPECT_TRUE(game_is_ready());
    initialize(other_spec());
    expect_nothing_half_done();
    EXPECT_TRUE(game_is_ready());
    EXPECT_EQ(rcon("read left4dead2/cfg/server.cfg"),
              std::format("rcon_password \"{}\"", rcon_password));
}

TEST_F(Fault, TheFirstInitializeKilledLeavesAllOrNothing)
{
    const auto words = initialize_command();
    for (const auto& call : changing_calls(words, spec())) {
        SCOPED_TRACE(call.text);
        expect_works(command("delete"));
        EXPECT_EQ(run_killed_before(call, words, spec()).status, killed);
        if (exists(instance())) {
            EXPECT_EQ(read_file(instance() + "/spec.yaml"), spec());
            expect_clean_start_and_stop();
        }
        expect_works(words, spec());
        expect_nothing_half_done();
    }
    expect_clean_start_and_stop();
}

TEST_F(Fault, StartKilledCanBeStartedAgain)
{
    initialize(spec());
    const auto calls = changing_calls(command("start"));
    expect_works(command("stop"));
    for (const auto& call : calls) {
        SCOPED_TRACE(call.text);
        const auto status = run_killed_before(call, command("start")).status;
        // Until the game has its port systemd is asked for it: now a few times more, now less.
        if (call.name != "sendmsg" || status != 0) {
            EXPECT_EQ(status, killed);
        }
        expect_clean_start_and_stop();
    }
}

TEST_F(Fault, StopKilledCanBeStoppedAgain)
{
    initialize(spec());
    expect_works(command("start"));
    for (const auto& call : changing_calls(command("stop"))) {
        SCOPED_TRACE(call.text);
        expect_works(command("start"));
        EXPECT_EQ(run_killed_before(call, command("stop")).status, killed);
        expect_works(command("stop"));
        expect_stopped();
    }
    expect_clean_start_and_stop();
}

TEST_F(Fault, DeleteKilledCanBeDeletedAgain)
{
    const auto prepare = [&] {
        initialize(spec());
        expect_works(command("start"));
    };
    prepare();
    for (const auto& call : changing_calls(command("delete"))) {
        SCOPED_TRACE(call.text);
        prepare();
        EXPECT_EQ(run_killed_before(call, command("delete")).status, killed);
        expect_works(command("delete"));
        expect_stopped();
        EXPECT_FALSE(exists(instance()));
        EXPECT_FALSE(exists(runtime()));
    }
    prepare();
    expect_clean_start_and_stop();
}

// --- the mount helper killed at every step ---------------------------------------

struct OverlayFault : Fault {
    void SetUp() override
    {
        initialize(spec());
        expect_works(command("start")); // writes what is to be mounted
        expect_works(command("stop"));
    }
    [[nodiscard]] Words overlay(const std::string& verb) const
    {
        return {"/usr/libexec/left4me/left4me-overlay", verb, name};
    }
};

TEST_F(OverlayFault, MountKilledCanBeStarted)
{
    const auto calls = changing_calls(overlay("mount"));
    expect_works(overlay("umount"));
    for (const auto& call : calls) {
        SCOPED_TRACE(call.text);
        EXPECT_EQ(run_killed_before(call, overlay("mount")).status, killed);
        expect_works(command("stop")); // takes a leftover mount along
        expect_clean_start_and_stop();
    }
}

TEST_F(OverlayFault, UmountKilledCanBeStoppedAndStarted)
{
    expect_works(overlay("mount"));
    for (const auto& call : changing_calls(overlay("umount"))) {
        SCOPED_TRACE(call.text);
        expect_works(overlay("mount"));
        EXPECT_EQ(run_killed_before(call, overlay("umount")).status, killed);
        expect_works(command("stop"));
        expect_clean_start_and_stop();
    }
}

TEST_F(OverlayFault, PurgeKilledCanBePurgedAgain)
{
    const auto fill = [&] {
        expect_works(overlay("mount"));
        write_file(merged() + "/left4dead2/addons/a/b/c.vpk", "x");
        expect_works(overlay("umount"));
    };
    ASSERT_EQ(run(overlay("purge")).status, 0); // the same number of files in every round
    fill();
    for (const auto& call : changing_calls(overlay("purge"))) {
        SCOPED_TRACE(call.text);
        fill();
        EXPECT_EQ(run_killed_before(call, overlay("purge")).status, killed);
        expect_works(overlay("purge"));
        EXPECT_FALSE(exists(runtime()));
    }
    expect_clean_start_and_stop();
}

// --- the disk refuses --------------------------------------------------------------

/// Status and message of a program whose disk refused a call. What fails after the
/// change is made (clearing away the old) may be left for the next run.
void expect_clear(const Outcome& done)
{
    EXPECT_THAT(done.status, AnyOf(0, io_error)) << done.err;
    EXPECT_LE(line_count(done.err), 1U + 3U) << done.err; // with the steps on a terminal's stream
    if (done.status != 0)
        EXPECT_THAT(done.err, ContainsRegex("(l4d2ctl|left4me-[a-z]+): .*: (Input/output error|No space "
                                            "left on device|Read-only file system)"));
}

TEST_F(Fault, InitializeOnABadDiskKeepsTheOld)
{
    const auto words = initialize_command();
    initialize(spec());
    const auto calls = storage_calls(changing_calls(words, other_spec()));
    EXPECT_GT(calls.size(), 5U);
    for (const auto* error : {"EIO", "ENOSPC", "EROFS"})
        for (const auto& call : calls) {
            SCOPED_TRACE(call.text + error);
            initialize(spec());
            expect_clear(run_refused(call, error, words, other_spec()));
            expect_old_or_new();
            expect_works(words, other_spec());
            expect_nothing_half_done();
        }
    expect_clean_start_and_stop();
}

TEST_F(Fault, StartOnABadDiskSaysSo)
{
    initialize(spec());
    const auto calls = storage_calls(changing_calls(command("start")));
    expect_works(command("stop"));
    EXPECT_GT(calls.size(), 5U);
    for (const auto& call : calls) {
        SCOPED_TRACE(call.text);
        expect_clear(run_refused(call, "EIO", command("start")));
        expect_clean_start_and_stop();
    }
}

TEST_F(OverlayFault, MountOnABadDiskSaysSo)
{
    const auto calls = storage_calls(changing_calls(overlay("mount")));
    expect_works(overlay("umount"));
    EXPECT_GT(calls.size(), 2U);
    for (const auto* error : {"EIO", "ENOSPC"})
        for (const auto& call : calls) {
            SCOPED_TRACE(call.text + error);
            expect_clear(run_refused(call, error, overlay("mount")));
            expect_works(overlay("umount"));
        }
    expect_clean_start_and_stop();
}

// --- processes killed ----------------------------------------------------------------

TEST_F(Fault, TheLauncherKilledIsRestartedOnTheSameMount)
{
    start_with();
    const auto before = mount_line(name);
    const auto first = pid();
    ASSERT_EQ(run({"kill", "-9", first}).status, 0);
    ASSERT_TRUE(eventually([&] { return pid() != first && pid() != "0"; }));
    ASSERT_TRUE(game_is_ready());
    EXPECT_EQ(mount_line(name), before);
    expect_works(command("stop"));
    expect_stopped();
}

TEST_F(Fault, TheGameKilledIsRestarted)
{
    start_with();
    const auto first = pid();
    ASSERT_EQ(run({"pkill", "-9", "-f", std::format("srcds_linux .*hostport {}", port)}).status, 0);
    ASSERT_TRUE(eventually([&] { return pid() != first && pid() != "0"; }));
    ASSERT_TRUE(game_is_ready());
    expect_works(command("stop"));
    expect_stopped();
}

/// Before each kind of call by which it asks, hears and tells.
TEST_F(Fault, TheWatchKilledAnywhereComesBackAndTellsTheTruth)
{
    const std::string watch = "left4me-watch.service";
    const auto drop_in = "/run/systemd/system/" + watch + ".d/50-soon.conf";
    write_file(drop_in, "[Service]\nRestartSec=100ms\n");
    output({"systemctl", "daemon-reload"});
    start_with();
    const auto is_told = [&] {
        const auto told = status();
        return told["answers"] == "answers" && told["answer"]["map"] == "c1m1_hotel";
    };
    ASSERT_TRUE(eventually(is_told, std::chrono::seconds(30)));
    for (const auto* call : {"read", "sendto", "recvfrom", "unlinkat", "write", "fsync", "renameat"}) {
        SCOPED_TRACE(call);
        const auto before = unit_property(watch, "MainPID");
        const auto traced = run({"sh", "-c",
                                 std::format("strace -qqq -o /dev/null -p {0} -e trace={1} "
                                             "-e inject={1}:signal=KILL:when=1 & tracer=$!\n"
                                             "i=0; while kill -0 {0} 2>/dev/null && [ $i -lt 30 ]; do\n"
                                             "i=$((i + 1)); l4d2ctl status >/dev/null; sleep 1; done\n"
                                             "kill $tracer 2>/dev/null; wait",
                                             before, call)});
        EXPECT_TRUE(eventually([&] {
            const auto now = unit_property(watch, "MainPID");
            return now != "0" && now != before;
        })) << "it was not killed: "
            << traced.err;
        EXPECT_TRUE(eventually(is_told, std::chrono::seconds(30)));
        EXPECT_NE(pid(), "0") << "the game is nobody's that is killed";
        for (const auto& file : files_below("/run/left4me/answers"))
            EXPECT_TRUE(file == ".wanted" || file == ".games" || file.ends_with(".json")) << file;
    }
    remove_all("/run/systemd/system/" + watch + ".d");
    output({"systemctl", "daemon-reload"});
}

// --- systemd behind l4d2ctl's back ---------------------------------------------------

TEST_F(Fault, WhatSystemctlDoesIsNoSurprise)
{
    start_with();
    const std::vector<Words> acts = {
        {"systemctl", "restart", server_unit()},  {"systemctl", "stop", server_unit()},
        {"systemctl", "kill", server_unit()},     {"systemctl", "daemon-reload"},
        {"systemctl", "daemon-reexec"},           {"systemctl", "reset-failed"},
        {"systemctl", "restart", overlay_unit()}, {"systemctl", "stop", overlay_unit()},
        {"systemctl", "disable", server_unit()},
    };
    for (const auto& act : acts) {
        SCOPED_TRACE(testing::PrintToString(act));
        expect_works(command("start"));
        EXPECT_EQ(run(act).status, 0);
        expect_works(command("start"));
        ASSERT_TRUE(game_is_ready());
        expect_works(command("stop"));
        expect_stopped();
    }
}

TEST_F(Fault, JournalAndBusMayDie)
{
    start_with();
    ASSERT_EQ(run({"systemctl", "kill", "-s", "KILL", "systemd-journald.service"}).status, 0);
    expect_works(command("stop"));
    expect_works(command("start"));
    ASSERT_TRUE(game_is_ready());
    ASSERT_EQ(run({"systemctl", "kill", "-s", "KILL", "dbus.service"}).status, 0);
    // Its socket starts it again with the next caller.
    EXPECT_TRUE(eventually([&] { return l4d2ctl({"status", name}).status == 0; }));
    expect_works(command("stop"));
    expect_stopped();
    expect_clean_start_and_stop();
}

// --- layers that change ----------------------------------------------------------------

TEST_F(Fault, ALayerThatIsNoMoreIsNamed)
{
    const auto layer = make_layer("gone");
    const auto path = state + "/overlays/" + layer;
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    const std::vector<std::pair<std::string, std::string>> changes = {
        {"rmdir {0}", "mkdir {0}"},
        {"rmdir {0} && touch {0}", "rm {0} && mkdir {0}"},
        {"rmdir {0} && ln -s /etc {0}", "rm {0} && mkdir {0}"},
        {"chmod 0 {0}", "chmod 0755 {0}"},
    };
    for (const auto& [change, mend] : changes) {
        SCOPED_TRACE(change);
        ASSERT_EQ(run({"sh", "-c", std::vformat(change, std::make_format_args(path))}).status, 0);
        const auto refused = run(command("start"));
        EXPECT_NE(refused.status, 0);
        EXPECT_THAT(refused.err, HasSubstr(layer));
        expect_stopped();
        ASSERT_EQ(run({"sh", "-c", std::vformat(mend, std::make_format_args(path))}).status, 0);
        expect_clean_start_and_stop();
    }
}

TEST_F(Fault, ALayerMayVanishWhileItIsMounted)
{
    const auto layer = make_layer("gone");
    const auto path = state + "/overlays/" + layer;
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    for (const auto* change : {"rm -r {0}", "rm -r {0} && touch {0}", "chmod 0 {0}"}) {
        SCOPED_TRACE(change);
        expect_works(command("start"));
        ASSERT_EQ(run({"sh", "-c", std::vformat(change, std::make_format_args(path))}).status, 0);
        expect_works(command("stop"));
        expect_stopped();
        ASSERT_EQ(
            run({"sh", "-c", std::format("rm -rf {0}; mkdir {0}; chown left4me:left4me {0}", path)})
                .status,
            0);
        expect_clean_start_and_stop();
    }
}

} // namespace
} // namespace left4me::test
