#include "model/game_update.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

TEST(GameUpdate, IsWhatTheJobsKindMayDo)
{
    const auto ann = SteamAccount::parse("ann").value();
    EXPECT_EQ(update_request(true, ann, true)->format(), "update\n--user\nann\n--validate\n");
    EXPECT_EQ(update_request(false, ann, true)->format(), "install\n--user\nann\n--validate\n");
    EXPECT_EQ(update_request(true, {}, false)->format(), "update\n");
}

} // namespace
} // namespace left4me
