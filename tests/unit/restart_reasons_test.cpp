#include "verbs/restart_reasons.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Row {
    std::string name;
    RestartFacts facts;
    std::string reason;
};

class RestartReason : public testing::TestWithParam<Row> {};
TEST_P(RestartReason, IsToldInPlainWords)
{
    EXPECT_THAT(restart_reasons(GetParam().facts), ElementsAre(GetParam().reason));
}

RestartFacts inspected(ServerInspection inspection)
{
    RestartFacts facts;
    facts.inspection = std::move(inspection);
    return facts;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RestartReason,
    testing::Values(
        Row{"settings", {.settings_differ = true}, "its spec was changed since it was started"},
        Row{"layer", {.newer_layers = {"a/b"}}, "there is a newer version of layer a/b"},
        Row{"game", {.newer_layers = {"installation"}}, "the game was updated since it was started"},
        Row{"game_of_known_build",
            {.newer_layers = {"installation"}, .build = "1", .installed_build = "4"},
            "the game was updated since it was started: from build 1 to 4"},
        Row{"game_of_the_same_build",
            {.newer_layers = {"installation"}, .build = "4", .installed_build = "4"},
            "the game was installed anew since it was started: build 4"},
        Row{"game_of_unknown_build",
            {.newer_layers = {"installation"}, .installed_build = "4"},
            "the game was updated since it was started"},
        Row{"reload",
            {.needs_reload = true},
            "its unit was changed, and systemd has not read it (systemctl daemon-reload)"},
        Row{"unit", {.newer_files = {"/a"}}, "its unit was changed since it was started: /a"},
        Row{"many_files",
            {.newer_files = {"/a", "/b", "/c", "/d", "/e"}},
            "its unit was changed since it was started: /a, /b, /c and 2 more"},
        Row{"launcher", inspected({7, true, {}}), "left4me-launch was upgraded since it was started"},
        Row{"library", inspected({7, false, {"/usr/lib/\x1b"}}),
            "files that it uses were upgraded since it was started: /usr/lib/\\x1b"}),
    [](const auto& row) { return row.param.name; });

TEST(RestartReasons, AreNoneForAServerThatIsWhatItsNextStartWouldBe)
{
    EXPECT_THAT(restart_reasons({}), IsEmpty());
    EXPECT_THAT(restart_reasons(inspected({7, false, {}})), IsEmpty());
}

TEST(RestartReasons, AreAllTold)
{
    EXPECT_THAT(restart_reasons({.settings_differ = true,
                                 .newer_layers = {"a", "installation"},
                                 .needs_reload = true,
                                 .newer_files = {"/a"},
                                 .inspection = ServerInspection{7, true, {"/usr/b"}}}),
                testing::SizeIs(7));
}

} // namespace
} // namespace left4me
