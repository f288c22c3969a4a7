// How much a merged tree takes, by both ways of giving the kernel its layers, and
// what the file system does for whoever works in it.

#include "support.hpp"

#include <filesystem>
#include <format>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/xattr.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

namespace fs = std::filesystem;

constexpr int bad_data = 65;

struct OverlayLimits : ServerTest {
    /// Layers of overlays/NAME-many, top first, each with a file of its own and one
    /// that all have; the spec that names them.
    std::string make_layers(int count)
    {
        const auto all = make_layer("many");
        std::string text = "overlays:\n";
        for (int number = 0; number < count; ++number) {
            const auto path = std::format("{}/overlays/{}/{}", state, all, number);
            fs::create_directory(path);
            std::ofstream(path + std::format("/own-{}", number)) << number;
            std::ofstream(path + "/who") << number;
            text += std::format("  - path: {}/{}\n", all, number);
        }
        run({"chown", "-R", "left4me:left4me", state + "/overlays/" + all});
        return spec(count == 0 ? "" : text);
    }

    void expect_all_seen(int count) const
    {
        EXPECT_NE(mount_line(name), "");
        for (int number = 0; number < count; ++number)
            ASSERT_EQ(read_file(std::format("{}/own-{}", merged(), number)), std::to_string(number));
        EXPECT_EQ(read_file(merged() + "/who"), count == 0 ? "" : "0");
        EXPECT_TRUE(exists(merged() + "/srcds_run"));
    }

    /// With the unit, and by each route that the helper has.
    void expect_mounts(int count)
    {
        const auto started = l4d2ctl({"start", "--no-wait", name});
        ASSERT_EQ(started.status, 0) << started.err;
        expect_all_seen(count);
        ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
        for (const auto* route : {"descriptor", "path", "auto"}) {
            SCOPED_TRACE(route);
            const auto mounted = run({overlay_helper, "mount", name, "--layers-by", route});
            ASSERT_EQ(mounted.status, 0) << mounted.err;
            expect_all_seen(count);
            ASSERT_EQ(run({overlay_helper, "umount", name}).status, 0);
            EXPECT_EQ(mount_line(name), "");
        }
    }
};

// The configuration and the installation are two of the kernel's 500.

TEST_F(OverlayLimits, TwoLayers)
{
    initialize(make_layers(0));
    expect_mounts(0);
}

TEST_F(OverlayLimits, ThirtyEightLayers)
{
    initialize(make_layers(36));
    expect_mounts(36);
}

TEST_F(OverlayLimits, TwoHundredLayers)
{
    initialize(make_layers(198));
    expect_mounts(198);
}

TEST_F(OverlayLimits, FiveHundredLayers)
{
    initialize(make_layers(498));
    expect_mounts(498);
}

TEST_F(OverlayLimits, OneMoreIsRefused)
{
    const auto text = make_layers(499);
    const auto refused = l4d2ctl({"initialize", name, "-f", "-"}, text);
    EXPECT_EQ(refused.status, bad_data);
    EXPECT_THAT(refused.err, HasSubstr("more than 498"));
    EXPECT_FALSE(exists(instance()));
}

TEST_F(OverlayLimits, LongPaths)
{
    // Parts of 200 characters: 1 + 1 and 15 of them.
    for (const int parts : {1, 15}) {
        auto ref = make_layer("long");
        for (int part = 0; part < parts; ++part)
            ref += "/" + std::string(200, static_cast<char>('a' + part));
        ref += "/" + std::string(100, 'z');
        ASSERT_EQ(run_as_left4me({"true"}).status, 0);
        fs::create_directories(state + "/overlays/" + ref);
        write_file(state + "/overlays/" + ref + "/deep", "deep");
        initialize(spec(std::format("overlays: [{{path: {}}}]\n", ref)));
        for (const auto* route : {"auto", "descriptor", "path"}) {
            SCOPED_TRACE(route);
            start();
            EXPECT_EQ(read_file(merged() + "/deep"), "deep");
            ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
            ASSERT_EQ(run({overlay_helper, "mount", name, "--layers-by", route}).status, 0);
            EXPECT_EQ(read_file(merged() + "/deep"), "deep");
            ASSERT_EQ(run({overlay_helper, "umount", name}).status, 0);
        }
    }
}

TEST_F(OverlayLimits, NamesThatOptionsCouldMisreadAreRefused)
{
    initialize(spec());
    start();
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    for (const auto* part : {"a,upperdir=/etc", "a:b", "a\\b", "a b", "\xc3\xa4", "..", "a/../b"}) {
        SCOPED_TRACE(part);
        const auto by_spec = l4d2ctl({"initialize", name, "-f", "-"},
                                     spec(std::format("overlays: [{{path: '{}'}}]\n", part)));
        EXPECT_EQ(by_spec.status, bad_data);
        EXPECT_THAT(by_spec.err, HasSubstr("is not a layer"));
        write_file(live() + "/instance.conf",
                   std::format("L4D2_PORT={}\nL4D2_LOWERDIR=overlays/{}\nL4D2_LOWERDIR=installation\n",
                               port, part));
        const auto by_hand = run({overlay_helper, "mount", name});
        EXPECT_EQ(by_hand.status, bad_data);
        EXPECT_THAT(by_hand.err, AllOf(HasSubstr("instance.conf:2"), HasSubstr("is not a layer")));
        EXPECT_EQ(mount_line(name), "");
    }
}

// --- working in the merged tree -----------------------------------------------------

struct MergedTree : OverlayLimits {
    void SetUp() override
    {
        layer_ = state + "/overlays/" + make_layer("tree");
        for (const auto* file : {"changed", "removed", "renamed", "moded", "linked", "marked", "dir/x"})
            write_file(layer_ + "/" + file, "from the layer");
        run({"chown", "-R", "left4me:left4me", layer_});
        initialize(spec(std::format("overlays: [{{path: {}}}]\n", name + "-tree")));
        start();
        before_ = picture();
    }
    void TearDown() override { EXPECT_EQ(picture(), before_) << "a layer was changed"; }

    [[nodiscard]] std::string picture() const
    {
        return output({"find", layer_, "-printf", "%P %m %U %n %s %T@ %C@\\n"});
    }

    /// As the game does it, by user left4me.
    void in_merged(const std::string& script) const
    {
        const auto done = run_as_left4me({"sh", "-ec", "cd " + merged() + "; " + script});
        EXPECT_EQ(done.status, 0) << script << ": " << done.err;
    }

    [[nodiscard]] std::string upper(const std::string& file) const
    {
        return runtime() + "/upper/" + file;
    }

private:
    std::string layer_;
    std::string before_;
};

TEST_F(MergedTree, WritingCopiesUp)
{
    in_merged("echo more >>changed");
    EXPECT_EQ(read_file(upper("changed")), "from the layermore\n");
    EXPECT_EQ(read_file(merged() + "/changed"), "from the layermore\n");
}

TEST_F(MergedTree, RemovingLeavesAWhiteout)
{
    in_merged("rm removed");
    EXPECT_FALSE(exists(merged() + "/removed"));
    struct stat status = {};
    ASSERT_EQ(lstat(upper("removed").c_str(), &status), 0);
    EXPECT_TRUE(S_ISCHR(status.st_mode));
    EXPECT_EQ(status.st_rdev, 0U);
}

TEST_F(MergedTree, ADirectoryMadeAnewIsOpaque)
{
    in_merged("rm -r dir; mkdir dir");
    EXPECT_THAT(files_below(merged() + "/dir"), ElementsAre());
    char opaque = 0;
    EXPECT_EQ(getxattr(upper("dir").c_str(), "trusted.overlay.opaque", &opaque, 1), 1);
    EXPECT_EQ(opaque, 'y');
}

TEST_F(MergedTree, RenamingWorks)
{
    in_merged("mv renamed other; mv dir moved");
    EXPECT_EQ(read_file(merged() + "/other"), "from the layer");
    EXPECT_EQ(read_file(merged() + "/moved/x"), "from the layer");
    EXPECT_FALSE(exists(merged() + "/renamed"));
    EXPECT_FALSE(exists(merged() + "/dir"));
}

TEST_F(MergedTree, ModesLinksAndAttributesStayAbove)
{
    in_merged("chmod 600 moded; ln linked second");
    EXPECT_EQ(output({"stat", "-c", "%a", merged() + "/moded"}), "600");
    EXPECT_EQ(read_file(merged() + "/second"), "from the layer");
    const auto set = run({"setfattr", "-n", "user.test", "-v", "1", state + "/installation"});
    if (set.err.contains("not supported"))
        GTEST_SKIP() << "this host's file system has no user attributes";
    ASSERT_EQ(set.status, 0) << set.err;
    run({"setfattr", "-x", "user.test", state + "/installation"});
    in_merged("setfattr -n user.mark -v yes marked");
    EXPECT_EQ(output({"getfattr", "--only-values", "-n", "user.mark", merged() + "/marked"}), "yes");
}

} // namespace
} // namespace left4me::test
