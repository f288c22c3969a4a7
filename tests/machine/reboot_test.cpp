// Servers across a reboot: the first test of a server runs before it, the second
// one after it, on the same disk.

#include "support.hpp"

#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Resident {
    const char* name;
    std::uint16_t port;
    bool enabled;
};

void PrintTo(const Resident& resident, std::ostream* out)
{
    *out << resident.name;
}

const auto residents = testing::Values(Resident{"back1", 27801, true}, Resident{"back2", 27802, true},
                                       Resident{"down", 27803, false});

std::string name_of(const testing::TestParamInfo<Resident>& row)
{
    return row.param.name;
}

struct RebootTest : ServerTest, testing::WithParamInterface<Resident> {
    RebootTest() : ServerTest(GetParam().name, GetParam().port) {}
    const std::string written = "left4dead2/written.txt";
};

struct BeforeReboot : RebootTest {};

TEST_P(BeforeReboot, ItServesAndWrites)
{
    start_with();
    EXPECT_EQ(rcon("write " + written + " kept"), "ok");
    EXPECT_EQ(l4d2ctl({"restart", "--when-empty", name}).status, 0);
    if (!GetParam().enabled)
        EXPECT_EQ(l4d2ctl({"stop", name}).status, 0);
}

INSTANTIATE_TEST_SUITE_P(Servers, BeforeReboot, residents, name_of);

/// Runs from the first page that is asked for.
TEST(HostBeforeReboot, TheWebInterfaceServes)
{
    EXPECT_THAT(output({"curl", "--silent", "--max-time", "60", "http://127.0.0.1:8000/sign-in"}),
                HasSubstr("</html>"));
}

TEST(HostAfterReboot, TheShutdownStoppedTheWebInterface)
{
    const auto journal = output({"journalctl", "--boot=-1", "--no-pager", "--unit=left4me-web.service"});
    EXPECT_THAT(journal, AllOf(HasSubstr("left4me-web.service: Deactivated successfully"),
                               Not(HasSubstr("SIGKILL")), Not(HasSubstr("Failed with result"))));
}

struct AfterReboot : RebootTest {};

TEST_P(AfterReboot, ItIsAsItWasLeft)
{
    ASSERT_EQ(run({"systemctl", "is-system-running", "--wait"}).out, "running\n");
    const bool enabled = GetParam().enabled;
    EXPECT_EQ(status().at("active_state"), enabled ? "active" : "inactive");
    EXPECT_EQ(mount_line(name).empty(), !enabled);
    EXPECT_TRUE(enabled || status()["waiting_restart"].is_object());
    if (!enabled)
        start();
    EXPECT_TRUE(game_is_ready());
    // The boot started those that are enabled: with that, what waited is done.
    EXPECT_TRUE(eventually([&] { return status()["waiting_restart"].is_null(); })) << status();
    EXPECT_EQ(read_file(merged() + "/" + written), "kept\n");
}

TEST_P(AfterReboot, TheShutdownStoppedAndUnmountedIt)
{
    const auto journal = output({"journalctl", "--boot=-1", "--no-pager", "--unit=" + server_unit(),
                                 "--unit=" + overlay_unit()});
    EXPECT_THAT(journal, AllOf(HasSubstr("stand-in: shutting down"), Not(HasSubstr("SIGKILL")),
                               HasSubstr(server_unit() + ": Deactivated successfully"),
                               HasSubstr(overlay_unit() + ": Deactivated successfully"),
                               Not(HasSubstr("Failed with result"))));
}

TEST_P(AfterReboot, ItCanBeDeleted)
{
    EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
    EXPECT_FALSE(exists(runtime()));
}

INSTANTIATE_TEST_SUITE_P(Servers, AfterReboot, residents, name_of);

} // namespace
} // namespace left4me::test
