#include "steam/installation_copy.hpp"

#include "steam/installation.hpp"
#include "temporary_host.hpp"
#include "text_case.hpp"
#include "told_report.hpp"

namespace left4me {
namespace {

struct NextTree : testing::Test {
    NextTree()
    {
        host.write("state/installation/srcds_run", "present");
        host.write("state/installation/steamapps/appmanifest_222860.acf", "present");
        std::filesystem::create_directory((*host).state_path("installation.next"));
    }
    [[nodiscard]] InstallationTrees trees() const { return *open_installation_trees(*host); }

    TemporaryHost host;
    ToldReport report;
};

TEST_F(NextTree, BeginsAsACopy)
{
    std::filesystem::create_directory((*host).state_path("installation.next/steamapps"));
    ASSERT_THAT(prepare_next(trees(), true, report), Succeeds());
    EXPECT_EQ(host.read("state/installation.next/srcds_run"), "present");
    EXPECT_EQ(host.read("state/installation.next/steamapps/appmanifest_222860.acf"), "present");
}

TEST_F(NextTree, GoesOnWithWhatHasBegun)
{
    host.write("state/installation.next/steamapps/downloading/file", "begun");
    ASSERT_THAT(prepare_next(trees(), true, report), Succeeds());
    EXPECT_EQ(host.read("state/installation.next/steamapps/downloading/file"), "begun");
    EXPECT_FALSE(host.has("state/installation.next/srcds_run"));
}

TEST_F(NextTree, IsMadeAnewBesideWhatWasThere)
{
    host.write("state/installation.next/srcds_run", "stuck");
    host.write("state/installation.next/steamapps/appmanifest_222860.acf", "stuck");
    ASSERT_THAT(make_next_anew(trees(), true, report), Succeeds());
    EXPECT_EQ(host.read("state/installation.next/srcds_run"), "present");
    EXPECT_FALSE(host.has("state/installation.next/steamapps"));
    EXPECT_EQ(host.read("state/installation.next/.left4me-before/srcds_run"), "stuck");
    EXPECT_EQ(host.read("state/installation.next/.left4me-before/steamapps/appmanifest_222860.acf"),
              "stuck");
    EXPECT_FALSE(host.has("state/installation.next/.left4me-copying"));

    // A run that goes on with it leaves both.
    ASSERT_THAT(prepare_next(trees(), true, report), Succeeds());
    EXPECT_EQ(host.read("state/installation.next/.left4me-before/srcds_run"), "stuck");

    // What fails is the new one, then.
    host.write("state/installation.next/srcds_run", "stuck, too");
    ASSERT_THAT(make_next_anew(trees(), true, report), Succeeds());
    EXPECT_EQ(host.read("state/installation.next/srcds_run"), "present");
    EXPECT_EQ(host.read("state/installation.next/.left4me-before/srcds_run"), "stuck");

    ASSERT_THAT(drop_set_aside(trees().next), Succeeds());
    EXPECT_FALSE(host.has("state/installation.next/.left4me-before"));
    EXPECT_EQ(host.read("state/installation.next/srcds_run"), "present");
}

TEST_F(NextTree, IsMadeAnewFromNothingWhereNothingIsInstalled)
{
    host.write("state/installation.next/srcds_run", "stuck");
    ASSERT_THAT(make_next_anew(trees(), false, report), Succeeds());
    EXPECT_FALSE(host.has("state/installation.next/srcds_run"));
    EXPECT_EQ(host.read("state/installation.next/.left4me-before/srcds_run"), "stuck");
}

TEST_F(NextTree, IsMadeAnewToTheEndWhereThatWasCutOff)
{
    host.write("state/installation.next/.left4me-before.part/srcds_run", "stuck");
    host.write("state/installation.next/steamapps/appmanifest_222860.acf", "stuck");
    ASSERT_THAT(prepare_next(trees(), true, report), Succeeds());
    EXPECT_EQ(host.read("state/installation.next/srcds_run"), "present");
    EXPECT_EQ(host.read("state/installation.next/.left4me-before/srcds_run"), "stuck");
    EXPECT_EQ(host.read("state/installation.next/.left4me-before/steamapps/appmanifest_222860.acf"),
              "stuck");
}

TEST_F(NextTree, TakesTheRoomOfWhatWasSetAside)
{
    host.write("state/installation.next/.left4me-before/srcds_run", "stuck");
    const auto next = trees().next;
    EXPECT_THAT(require_room(next, 1, "a byte"), Succeeds());
    EXPECT_TRUE(host.has("state/installation.next/.left4me-before"));
    EXPECT_THAT(require_room(next, std::uint64_t(1) << 62, "everything"),
                FailsWith(ExitStatus::io, "no room for everything"));
    EXPECT_FALSE(host.has("state/installation.next/.left4me-before"));
}

} // namespace
} // namespace left4me
