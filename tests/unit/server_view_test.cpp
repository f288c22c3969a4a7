#include "host/server_view.hpp"

#include "text_case.hpp"

#include <cstdlib>
#include <fstream>

namespace left4me {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// A state directory of its own, beside a place that servers do not see.
class ServerView : public testing::Test {
protected:
    void SetUp() override
    {
        std::string base = testing::TempDir() + "left4me-unit-XXXXXX";
        ASSERT_NE(mkdtemp(base.data()), nullptr);
        base_ = base;
        for (const auto* name : {"state/overlays", "state/cache", "state/more", "outside"})
            fs::create_directories(base_ / name);
        visible_ = {state() / "cache", state() / "more"};
    }
    void TearDown() override { fs::remove_all(base_); }

    [[nodiscard]] fs::path state() const { return base_ / "state"; }

    void file(const std::string& path) const
    {
        fs::create_directories((base_ / path).parent_path());
        std::ofstream(base_ / path) << "x";
    }
    void link(const fs::path& target, const std::string& path) const
    {
        fs::create_directories((base_ / path).parent_path());
        fs::create_symlink(target, base_ / path);
    }
    [[nodiscard]] Sight sight(const std::string& path) const { return look(visible_, base_ / path); }

    [[nodiscard]] std::vector<DeadLink> dead(const std::string& layer) const
    {
        std::size_t budget = 1000;
        return dead_links(visible_, state(), layer, {layer, "overlays/below", "installation"}, budget);
    }

    fs::path base_;
    std::vector<fs::path> visible_;
};

TEST_F(ServerView, FollowsLinksWithinWhatIsVisible)
{
    file("state/cache/1/a.vpk");
    link(state() / "cache/1", "state/more/absolute");
    link("../cache/1", "state/more/relative");
    link("absolute", "state/more/twice");
    for (const auto* path :
         {"state/cache/1/a.vpk", "state/more/absolute/a.vpk", "state/more/relative/a.vpk",
          "state/more/twice/a.vpk", "state/more/../cache/./1"})
        EXPECT_EQ(sight(path), Sight::there) << path;
}

TEST_F(ServerView, KnowsWhatIsGone)
{
    link("nothing", "state/more/dangling");
    link("loop", "state/more/loop");
    for (const auto* path :
         {"state/cache/none", "state/cache/none/deeper", "state/more/dangling", "state/more/loop"})
        EXPECT_EQ(sight(path), Sight::gone) << path;
}

TEST_F(ServerView, DoesNotLookOutside)
{
    file("outside/a.vpk");
    link(base_ / "outside/a.vpk", "state/more/out");
    link(base_ / "outside", "state/more/directory");
    // Out and in again: a server would be lost on the way.
    link(state() / "cache", "outside/back");
    link(base_ / "outside/back", "state/more/detour");
    for (const auto* path : {"outside/a.vpk", "outside/none", "state/more/out",
                             "state/more/directory/a.vpk", "state/more/detour", "state/runtime"})
        EXPECT_EQ(sight(path), Sight::hidden) << path;
}

TEST_F(ServerView, FindsNothingWrongWithGoodLinks)
{
    file("state/cache/a.vpk");
    file("state/overlays/top/addons/b.vpk");
    file("state/overlays/below/addons/c.vpk");
    file("state/installation/d.vpk");
    link(state() / "cache/a.vpk", "state/overlays/top/addons/1");
    link("b.vpk", "state/overlays/top/addons/2");
    link("../addons/c.vpk", "state/overlays/top/addons/3"); // of another layer
    link("../d.vpk", "state/overlays/top/addons/4");        // of the installation
    EXPECT_THAT(dead("overlays/top"), IsEmpty());
}

auto is_dead(const std::string& path, Sight sight, bool stays)
{
    return AllOf(Field(&DeadLink::path, path), Field(&DeadLink::sight, sight),
                 Field(&DeadLink::stays, stays));
}

TEST_F(ServerView, NamesDeadLinks)
{
    file("outside/a.vpk");
    link(state() / "cache/gone.vpk", "state/overlays/top/addons/gone");
    link(base_ / "outside/a.vpk", "state/overlays/top/addons/hidden");
    link("nothing.vpk", "state/overlays/top/inside");
    EXPECT_THAT(dead("overlays/top"),
                UnorderedElementsAre(is_dead("addons/gone", Sight::gone, false),
                                     is_dead("addons/hidden", Sight::hidden, false),
                                     is_dead("inside", Sight::gone, true)));
}

/// But as parts of the merged tree.
TEST_F(ServerView, HasNeitherLayersNorTheInstallation)
{
    file("state/overlays/below/addons/c.vpk");
    file("state/installation/d.vpk");
    link(state() / "overlays/below/addons/c.vpk", "state/overlays/top/layer");
    link("../../../overlays/below/addons/c.vpk", "state/overlays/top/climbs");
    link(state() / "installation/d.vpk", "state/overlays/top/game");
    link("addons/c.vpk", "state/overlays/top/merged");
    EXPECT_THAT(dead("overlays/top"), UnorderedElementsAre(is_dead("layer", Sight::hidden, false),
                                                           is_dead("climbs", Sight::hidden, false),
                                                           is_dead("game", Sight::hidden, false)));
}

TEST_F(ServerView, ClimbsFromTheMergedTreeNotFromTheLayer)
{
    file("state/cache/a.vpk");
    // Fine on the host: overlays/top lies less deep than runtime/NAME/merged.
    link("../../cache/a.vpk", "state/overlays/top/host");
    link("../../../cache/a.vpk", "state/overlays/top/server");
    EXPECT_THAT(dead("overlays/top"), ElementsAre(is_dead("host", Sight::hidden, false)));
}

TEST_F(ServerView, FollowsNoLinkWhileItWalks)
{
    link("nothing", "outside/dangling");
    link(base_ / "outside", "state/overlays/below/out");
    link(".", "state/overlays/below/round");
    EXPECT_THAT(dead("overlays/below"), ElementsAre(is_dead("out", Sight::hidden, false)));
}

TEST_F(ServerView, EndsWithItsBudget)
{
    for (int i = 0; i < 5; ++i)
        link("nothing", std::format("state/overlays/top/{}", i));
    std::size_t seen = 0;
    std::size_t budget = 3;
    EXPECT_FALSE(for_each_link(state() / "overlays/top", budget,
                               [&](const fs::path&, const fs::path&) { ++seen; }));
    EXPECT_EQ(seen, 3U);
    EXPECT_EQ(budget, 0U);
    budget = 6;
    EXPECT_TRUE(for_each_link(state() / "overlays/top", budget, [](const auto&, const auto&) {}));
    EXPECT_EQ(budget, 1U);
}

TEST_F(ServerView, WalksNothingWhereNothingIs)
{
    EXPECT_THAT(dead("overlays/none"), IsEmpty());
}

} // namespace
} // namespace left4me
