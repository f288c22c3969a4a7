// What a server finds of layers and caches (S42), by the launcher that starts its game.

#include "probe_server.hpp"

#include <filesystem>
#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::HasSubstr;

const std::string cache = state + "/workshop_cache";

struct FileView : ProbeServer {
    /// A file of the cache that no other name than its own leads to.
    void SetUp() override { write_file(cache + "/left4me-test/addon", "content"); }
    void TearDown() override { remove_all(cache + "/left4me-test"); }
};

TEST_F(FileView, HasWhatItsLayersLinkToAndDoesNotListTheRest)
{
    std::filesystem::create_symlink(cache + "/left4me-test/addon", layer_path() + "/addon");
    const Words allowed = {"read:" + merged() + "/addon",
                           "list:" + merged(),
                           "list:/usr/lib",
                           "list:/etc",
                           "list:/proc",
                           "list:/proc/self/fd",
                           "list:/tmp",
                           "list:" + state + "/steam"};
    const Words refused = {"list:" + cache, "list:" + cache + "/left4me-test",
                           "list:" + state + "/global_overlay_cache", "list:" + state, "list:/"};
    auto all = allowed;
    all.insert(all.end(), refused.begin(), refused.end());
    start_attempts(all);
    ASSERT_TRUE(eventually([&] { return has_ended(); }));
    for (const auto& attempt : allowed)
        EXPECT_EQ(answers().result(attempt), "ok") << attempt;
    for (const auto& attempt : refused)
        EXPECT_EQ(answers().result(attempt), "EACCES") << attempt;
}

/// Landlock denies that wherever it is not allowed, once it has any say about files.
TEST_F(FileView, MovesFilesBetweenItsDirectories)
{
    Words all;
    for (const auto& place :
         {merged(), std::string("/tmp"), std::string("/var/tmp"), std::string("/dev/shm")})
        all.push_back("moved:" + place);
    start_attempts(all);
    ASSERT_TRUE(eventually([&] { return has_ended(); }));
    for (const auto& attempt : all)
        EXPECT_EQ(answers().result(attempt), "ok") << attempt;
}

/// 0.1.0 allowed them: servers saw all layers then.
TEST_F(FileView, RefusesLinksToOtherLayersAndTheInstallation)
{
    const auto other = make_layer("other");
    for (const auto& target :
         {state + "/overlays/" + other + "/secret", state + "/installation/srcds_run",
          std::string("../../../installation/srcds_run")}) {
        std::filesystem::create_symlink(target, layer_path() + "/link");
        const auto refused =
            l4d2ctl({"initialize", name, "-f", "-"},
                    spec(std::format("overlays: [{{path: {}}}]\n",
                                     std::filesystem::path(layer_path()).filename().string())));
        EXPECT_EQ(refused.status, 65) << target;
        EXPECT_THAT(refused.err, HasSubstr("leads to another layer or the installation")) << target;
        remove_all(layer_path() + "/link");
    }
}

} // namespace
} // namespace left4me::test
