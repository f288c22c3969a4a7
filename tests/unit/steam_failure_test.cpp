#include "steam/steam_failure.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

namespace left4me {
namespace {

struct ExplainedCase {
    std::string name;
    SteamFailure failure;
    ExitStatus status;
    std::string part;
    std::string account = "ann";
    std::string foreign = {};
    std::string logs = {};
    std::uint64_t free = 1024 * 1024 * 1024;
};
void PrintTo(const ExplainedCase& row, std::ostream* out)
{
    *out << row.failure.line;
}

class ExplainedFailure : public testing::TestWithParam<ExplainedCase> {};
TEST_P(ExplainedFailure, SaysWhatToDo)
{
    const auto& row = GetParam();
    const auto error = explain(row.failure, {*SteamAccount::parse(row.account), "/state/next",
                                             "/state/home", row.free, row.foreign, row.logs});
    EXPECT_EQ(error.status, row.status);
    EXPECT_THAT(error.message, testing::HasSubstr(row.part));
    EXPECT_THAT(error.message, testing::HasSubstr(row.failure.line));
    EXPECT_THAT(error.message, testing::Not(testing::HasSubstr("\n")));
}

INSTANTIATE_TEST_SUITE_P(
    Steam, ExplainedFailure,
    testing::Values(
        ExplainedCase{"cut_off",
                      {SteamTrouble::transient, "App state is 0x402 after update job."},
                      ExitStatus::io,
                      "the connection to Steam was lost, and 1.0 GiB are free on the disk"},
        ExplainedCase{"cut_off_again_and_again",
                      {SteamTrouble::transient, "App state is 0x602 after update job."},
                      ExitStatus::io,
                      "--fresh makes its tree anew"},
        ExplainedCase{"offline", {SteamTrouble::transient, "offline"}, ExitStatus::io, "get through: "},
        ExplainedCase{"stuck",
                      {SteamTrouble::stuck, "App state is 0x6 after update job."},
                      ExitStatus::io,
                      "made anew neither: an update is due"},
        ExplainedCase{"withheld",
                      {SteamTrouble::withheld, "words"},
                      ExitStatus::not_permitted,
                      "--user NAME",
                      "anonymous"},
        ExplainedCase{"withheld_from_an_account",
                      {SteamTrouble::withheld, "words"},
                      ExitStatus::not_permitted,
                      "'ann' may not have app 222860"},
        ExplainedCase{"lapsed",
                      {SteamTrouble::login_lapsed, "words"},
                      ExitStatus::not_permitted,
                      "--user ann --new-login"},
        ExplainedCase{"too_little_room",
                      {SteamTrouble::no_room, "words"},
                      ExitStatus::io,
                      "too little room for steamcmd: 1.0 GiB are free for '/state/next'"},
        ExplainedCase{"no_room",
                      {SteamTrouble::no_room, "words"},
                      ExitStatus::io,
                      "no room on the disk: 0 B are free",
                      "ann",
                      "",
                      "",
                      0},
        ExplainedCase{"not_written",
                      {SteamTrouble::not_written, "words"},
                      ExitStatus::io,
                      "could not write, although 1.0 GiB are free for '/state/next' ('words'): look"},
        ExplainedCase{"not_written_for_its_owner",
                      {SteamTrouble::not_written, "words"},
                      ExitStatus::io,
                      "'/state/next/a' is not user left4me's",
                      "ann",
                      "'/state/next/a'"},
        ExplainedCase{"not_accessible",
                      {SteamTrouble::not_accessible, "words"},
                      ExitStatus::not_permitted,
                      "all of '/state/next' and '/state/home' must be user left4me's"},
        ExplainedCase{"not_accessible_for_its_owner",
                      {SteamTrouble::not_accessible, "words"},
                      ExitStatus::not_permitted,
                      "and '/state/next/a' is not",
                      "ann",
                      "'/state/next/a'"},
        ExplainedCase{"unknown",
                      {SteamTrouble::unknown, "words"},
                      ExitStatus::internal,
                      "its own logs are beneath '/state/home'"},
        ExplainedCase{"unknown_with_logs",
                      {SteamTrouble::unknown, "words"},
                      ExitStatus::internal,
                      "its own logs are in '/logs'",
                      "ann",
                      "",
                      "/logs"}),
    NameOfCase());

TEST(SteamFailure, IsForWantOfRoomWhereThereIsNone)
{
    const SteamFailure failure = {SteamTrouble::transient, "state is 0x602"};
    EXPECT_EQ(measured(failure, 1024 * 1024), failure);
    EXPECT_EQ(measured(failure, 1024).trouble, SteamTrouble::no_room);
    EXPECT_EQ(measured(failure, 1024).line, failure.line);
}

TEST(SteamFailure, OfAnEntryThatIsAnothersNamesIt)
{
    const TemporaryHost host;
    host.write("state/tree/a/file", "");
    const auto tree = *(*host).open_state()->subdirectory("tree");
    EXPECT_EQ(find_foreign(tree), "");
    if (chown((*host).state_path("tree/a/file").c_str(), 12345, 12345) != 0)
        GTEST_SKIP() << "only root can give a file away";
    EXPECT_EQ(find_foreign(tree), quote((*host).state_path("tree/a/file")));
}

} // namespace
} // namespace left4me
