#include "root/overlay_plan.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::Pair;

OverlayPlan example()
{
    return plan_overlay(
        InstanceName::parse("coop1").value(), "live/coop1",
        parse_instance_config("f", "L4D2_PORT=27015\nL4D2_LOWERDIR=overlays/competitive/base\n"
                                   "L4D2_LOWERDIR=overlays/standard\nL4D2_LOWERDIR=installation\n")
            .value());
}

TEST(OverlayPlan, HasTheInstancesOwnConfigurationOnTop)
{
    const auto plan = example();
    EXPECT_EQ(plan.name.str(), "coop1");
    EXPECT_EQ(plan.configuration, "live/coop1/layer");
    ASSERT_EQ(plan.lowerdirs.size(), 3U);
    EXPECT_EQ(plan.lowerdirs.front().path(), "overlays/competitive/base");
    EXPECT_TRUE(plan.lowerdirs.back().is_installation());
}

TEST(OverlayPlan, GivesTheLauncherWhatWasReadAndNothingElse)
{
    EXPECT_EQ(example().instance_conf, "L4D2_PORT=27015\nL4D2_LOWERDIR=overlays/competitive/base\n"
                                       "L4D2_LOWERDIR=overlays/standard\nL4D2_LOWERDIR=installation\n");
}

TEST(OverlayPlan, SwitchesOffWhatAHostileUpperDirectoryCouldUse)
{
    EXPECT_THAT(example().options, ElementsAre(Pair("index", "off"), Pair("metacopy", "off"),
                                               Pair("redirect_dir", "nofollow")));
}

TEST(OverlayPlan, IsPrintedInTheOrderOfTheMount)
{
    const std::string root = "/srv/left4me";
    EXPECT_EQ(describe({root, "/run/left4me", "/etc/left4me"}, example()),
              "merged    " + root + "/runtime/coop1/merged\n" + "upperdir  " + root +
                  "/runtime/coop1/upper\n" + "workdir   " + root + "/runtime/coop1/work\n" +
                  "lowerdir  " + root + "/live/coop1/layer\n" + "lowerdir  " + root +
                  "/overlays/competitive/base\n" + "lowerdir  " + root + "/overlays/standard\n" +
                  "lowerdir  " + root + "/installation\n" +
                  "option    index=off\noption    metacopy=off\n"
                  "option    redirect_dir=nofollow\n"
                  "attribute nosuid\nattribute nodev\n");
}

} // namespace
} // namespace left4me
