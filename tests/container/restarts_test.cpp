// A game that ends by itself comes back, at once or, in a loop, every now and then; one that
// was asked to stop does not.

#include "support.hpp"

#include <filesystem>
#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

struct Restarts : ServerTest {
    [[nodiscard]] std::string retry_timer() const { return "left4me-retry@" + name + ".timer"; }
    [[nodiscard]] std::string state_of(const std::string& unit) const
    {
        return unit_property(unit, "ActiveState");
    }
    [[nodiscard]] bool comes_back_from(const std::string& before) const
    {
        return eventually([&] { return pid() != "0" && pid() != before; }, std::chrono::seconds(30));
    }

    /// Fast enough for a test: given up after two starts, and the next try when these count
    /// no more.
    void hurry() const
    {
        drop_in("50-fast", "RestartSec=100ms\n[Unit]\nStartLimitBurst=2\nStartLimitIntervalSec=3s\n");
        write_file("/run/systemd/system/" + retry_timer() + ".d/50-fast.conf",
                   "[Timer]\nOnCalendar=\nOnCalendar=*:*:*\nRandomizedDelaySec=0\n");
        output({"systemctl", "daemon-reload"});
    }
    ~Restarts() override { remove_all("/run/systemd/system/" + retry_timer() + ".d"); }
};

struct EndsByItself : Restarts, testing::WithParamInterface<const char*> {};

TEST_P(EndsByItself, AGameThatEndsByItselfComesBack)
{
    start_with();
    const auto before = pid();
    (void)rcon(GetParam());
    ASSERT_TRUE(comes_back_from(before));
    EXPECT_TRUE(game_is_ready());
    EXPECT_EQ(unit_property(server_unit(), "NRestarts"), "1");
    EXPECT_NE(mount_line(name), "");
    EXPECT_EQ(state_of(retry_timer()), "inactive"); // a single end is no failure

    // And a stop stays a stop.
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_EQ(state_of(server_unit()), "inactive");
    EXPECT_EQ(mount_line(name), "");
}

INSTANTIATE_TEST_SUITE_P(Restarts, EndsByItself, testing::Values("quit", "exit 3", "crash"),
                         [](const auto& row) {
                             return std::string(row.param).substr(0,
                                                                  std::string_view(row.param).find(' '));
                         });

TEST_F(Restarts, ALoopIsTriedAgainUntilStopped)
{
    hurry();
    initialize(spec("arguments: [+stand_in_exit_at_start, '0']\n"));
    (void)l4d2ctl({"start", "--no-wait", name});
    const auto given_up = [&] {
        return lines_of(run({"journalctl", "--quiet", "--output=cat", "--unit=" + server_unit(),
                             "--grep=Scheduled restart job, restart counter is at 2"})
                            .out)
            .size();
    };
    // Given up, tried again, and given up: not once, as a timer would that does not repeat.
    ASSERT_TRUE(eventually([&] { return given_up() >= 3; }, std::chrono::seconds(60)));

    ASSERT_TRUE(
        eventually([&] { return state_of(server_unit()) == "failed"; }, std::chrono::seconds(30)));
    ASSERT_EQ(state_of(retry_timer()), "active");
    ASSERT_EQ(run({"systemctl", "stop", server_unit()}).status, 0);
    EXPECT_EQ(state_of(retry_timer()), "inactive"); // so nothing starts it again
    EXPECT_THAT(state_of(server_unit()), AnyOf("inactive", "failed"));
    // The last try may have left its layers' unit to systemd, which stops what nobody needs.
    EXPECT_TRUE(eventually([&] { return mount_line(name).empty(); }));
}

/// Its layers' unit was restarted while a layer was away: systemd gives up such a start.
TEST_F(Restarts, AServerComesBackWhenWhatItNeedsIsThereAgain)
{
    const auto layer = make_layer("away");
    hurry();
    start_with(std::format("overlays: [{{path: {}}}]\n", layer));
    const auto place = state + "/overlays/" + layer;
    std::filesystem::rename(place, place + "-elsewhere");
    EXPECT_NE(run({"systemctl", "restart", overlay_unit()}).status, 0);
    EXPECT_NE(state_of(server_unit()), "active");
    std::filesystem::rename(place + "-elsewhere", place);
    EXPECT_TRUE(
        eventually([&] { return state_of(server_unit()) == "active"; }, std::chrono::seconds(30)));
    EXPECT_TRUE(game_is_ready());
}

TEST_F(Restarts, QuickRestartsByTheOperatorHitNoLimit)
{
    start_with();
    for (int i = 0; i < 8; ++i) {
        ASSERT_EQ(l4d2ctl({"stop", name}).status, 0) << i;
        const auto started = l4d2ctl({"start", "--no-wait", name});
        ASSERT_EQ(started.status, 0) << i << started.err;
    }
    // Of the layers' unit and the packet rules' there is none at all.
    for (const auto& unit : {overlay_unit(), std::string("left4me-nftables.service")})
        for (int i = 0; i < 8; ++i) {
            (void)run({"systemctl", "reset-failed", server_unit()});
            ASSERT_EQ(run({"systemctl", "restart", unit}).status, 0) << unit << i;
        }
    EXPECT_TRUE(game_is_ready());
}

TEST_F(Restarts, TheVerbAppliesTheSpecAndKeepsTheBootLink)
{
    start_with();
    const auto link = "/etc/systemd/system/multi-user.target.wants/" + server_unit();
    const auto text =
        spec(std::format("config: ['rcon_password \"{}\"', 'hostname \"later\"']\n", rcon_password));
    const auto initialized = l4d2ctl({"initialize", name, "-f", "-"}, text);
    EXPECT_THAT(initialized.out, HasSubstr("to apply it: l4d2ctl restart " + name));
    EXPECT_EQ(l4d2ctl({"spec", name}).out, text);
    (void)rcon("write left4dead2/cfg/server.cfg hacked");

    const auto before = pid();
    const auto restarted = l4d2ctl({"restart", "--no-wait", name});
    ASSERT_EQ(restarted.status, 0) << restarted.err;
    EXPECT_NE(pid(), before);
    ASSERT_TRUE(game_is_ready());
    EXPECT_THAT(rcon("hostname"), HasSubstr("later"));
    EXPECT_FALSE(status().at("needs_restart"));
    EXPECT_TRUE(exists(link));
    for (const auto* left : {".new", ".newer"})
        EXPECT_FALSE(exists(std::format("{}/live/.{}{}", state, name, left)));

    std::filesystem::remove(link);
    ASSERT_EQ(l4d2ctl({"restart", "--no-wait", "--all"}).status, 0);
    EXPECT_FALSE(exists(link));
    EXPECT_EQ(l4d2ctl({"restart"}).status, 64);
    EXPECT_EQ(l4d2ctl({"restart", "--no-wait", name, "--all"}).status, 64);
}

/// As by Ctrl-C: what is mounted has another name by then, and stays as it is.
TEST_F(Restarts, ARestartThatWasCutOffLeavesTheMountedLayerAlone)
{
    start_with();
    const auto mounted = state + "/live/." + name + ".new";
    ASSERT_EQ(run_as_left4me({"mv", live(), mounted}).status, 0);
    ASSERT_EQ(run_as_left4me({"cp", "-a", mounted, live()}).status, 0);
    initialize(spec());
    EXPECT_TRUE(exists(mounted + "/layer/left4dead2/cfg/server.cfg"));
    ASSERT_EQ(l4d2ctl({"restart", "--no-wait", name}).status, 0);
    EXPECT_FALSE(exists(mounted));
    EXPECT_FALSE(exists(mounted + "er"));
}

TEST_F(Restarts, SeveralServersAreStartedAndStoppedByOneCommand)
{
    initialize(spec());
    const auto started = l4d2ctl({"start", "--no-wait", "not-there", name});
    EXPECT_EQ(started.status, 66);
    EXPECT_THAT(started.err, HasSubstr("there is no server 'not-there'"));
    EXPECT_EQ(state_of(server_unit()), "active");
    EXPECT_EQ(l4d2ctl({"stop", name, name}).status, 0);
    EXPECT_EQ(state_of(server_unit()), "inactive");
}

struct NeededUnit : Restarts, testing::WithParamInterface<const char*> {};

TEST_P(NeededUnit, AServerComesBackWithAUnitThatItNeeds)
{
    start_with();
    const auto before = pid();
    const auto unit = std::vformat(GetParam(), std::make_format_args(name));
    ASSERT_EQ(run({"systemctl", "restart", unit}).status, 0);
    EXPECT_TRUE(comes_back_from(before));
    EXPECT_TRUE(game_is_ready());
    EXPECT_NE(mount_line(name), "");
}

INSTANTIATE_TEST_SUITE_P(Restarts, NeededUnit,
                         testing::Values("left4me-overlay@{}.service", "left4me-nftables.service"),
                         [](const auto& row) {
                             return std::string(row.param).contains("overlay") ? "overlay" : "packets";
                         });

} // namespace
} // namespace left4me::test
