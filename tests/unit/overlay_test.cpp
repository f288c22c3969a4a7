// The plan of a mount, and the record of one.

#include "mount_record.hpp"
#include "overlay_plan.hpp"
#include "refusal.hpp"

namespace left4me::test {
namespace {

const auto name = *InstanceName::parse("coop1");

OverlayPlan plan()
{
    return plan_overlay(name, {*GamePort::parse("27015"), {}, {*Layer::parse("overlays/a/b"), Layer::installation()}});
}

TEST(OverlayPlan, PutsTheConfigurationOnTopAndTheInstallationBelow)
{
    EXPECT_EQ(plan().configuration, "instances/coop1/live/layer");
    EXPECT_EQ(plan().lowerdirs.front().path(), "overlays/a/b");
    EXPECT_TRUE(plan().lowerdirs.back().is_installation());
}

TEST(OverlayPlan, IsPrintedAsItWillBeDone)
{
    EXPECT_EQ(describe(plan()), "merged    /var/lib/left4me/runtime/coop1/merged\n"
                                "upperdir  /var/lib/left4me/runtime/coop1/upper\n"
                                "workdir   /var/lib/left4me/runtime/coop1/work\n"
                                "lowerdir  /var/lib/left4me/instances/coop1/live/layer\n"
                                "lowerdir  /var/lib/left4me/overlays/a/b\n"
                                "lowerdir  /var/lib/left4me/installation\n"
                                "option    index=off\n"
                                "option    metacopy=off\n"
                                "option    redirect_dir=nofollow\n"
                                "attribute nosuid\n"
                                "attribute nodev\n");
}

TEST(MountRecord, ReadsBackWhatItWrites)
{
    const MountRecord record{{1, 2}, {{"a/b", 3, {4, 5}}, {"installation", 1, {6, 18446744073709551615U}}}};
    const auto read = parse_mount_record(format_mount_record(name, record));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, record);
}

struct RecordRefused : testing::TestWithParam<std::string> {};
TEST_P(RecordRefused, AsNoRecord)
{
    expect_refusal(parse_mount_record(GetParam()), ExitStatus::bad_data, "not a mount record");
}
INSTANTIATE_TEST_SUITE_P(Texts, RecordRefused,
                         testing::Values("", "{", "[]", "{}", R"({"configuration":{"device":1,"inode":2}})",
                                         R"({"configuration":{"device":"x","inode":2},"layers":[]})",
                                         R"({"configuration":{"device":1,"inode":2},"layers":[{"ref":"a"}]})"));

} // namespace
} // namespace left4me::test
