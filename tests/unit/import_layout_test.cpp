#include "layer/import_layout.hpp"

#include "text_case.hpp"

#include <algorithm>

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// A name that ends with '/' is a directory's.
std::vector<LayoutEntry> entries(const std::vector<std::string>& names)
{
    std::vector<LayoutEntry> all;
    for (const auto& name : names) {
        const bool directory = name.ends_with('/');
        all.push_back(
            {.path = directory ? name.substr(0, name.size() - 1) : name, .directory = directory});
    }
    return all;
}

/// "FROM > TO" of each file.
std::vector<std::string> files_of(const LayoutPlan& plan)
{
    std::vector<std::string> files;
    for (const auto& one : plan.placements)
        if (!one.directory)
            files.push_back(one.from + " > " + one.to);
    return files;
}

struct Layout {
    std::string name;
    std::vector<std::string> names;
    std::vector<std::string> files;         ///< where each goes
    std::vector<std::string> left_out = {};
};
void PrintTo(const Layout& row, std::ostream* out)
{
    *out << row.name;
}

class PublishedLayout : public testing::TestWithParam<Layout> {};
TEST_P(PublishedLayout, GoesWhereTheGameLooks)
{
    const auto plan = plan_layout(entries(GetParam().names), {});
    ASSERT_THAT(plan, Succeeds());
    EXPECT_THAT(files_of(*plan), testing::UnorderedElementsAreArray(GetParam().files));
    EXPECT_THAT(plan->left_out, testing::UnorderedElementsAreArray(GetParam().left_out));
    EXPECT_EQ(plan->files, GetParam().files.size());
}
INSTANTIATE_TEST_SUITE_P(
    Layout, PublishedLayout,
    testing::Values(
        // support/buildbot/PackageScript of alliedmodders/metamod-source
        Layout{"metamod",
               {"addons/", "addons/metamod.vdf", "addons/metamod_x64.vdf", "addons/metamod/",
                "addons/metamod/metaplugins.ini", "addons/metamod/README.txt",
                "addons/metamod/bin/server.so", "addons/metamod/bin/linux64/server.so"},
               {"addons/metamod.vdf > left4dead2/addons/metamod.vdf",
                "addons/metamod_x64.vdf > left4dead2/addons/metamod_x64.vdf",
                "addons/metamod/metaplugins.ini > left4dead2/addons/metamod/metaplugins.ini",
                "addons/metamod/README.txt > left4dead2/addons/metamod/README.txt",
                "addons/metamod/bin/server.so > left4dead2/addons/metamod/bin/server.so",
                "addons/metamod/bin/linux64/server.so > "
                "left4dead2/addons/metamod/bin/linux64/server.so"}},
        // tools/buildbot/PackageScript of alliedmodders/sourcemod
        Layout{"sourcemod",
               {"addons/metamod/sourcemod.vdf", "addons/sourcemod/bin/sourcemod_mm_i486.so",
                "addons/sourcemod/plugins/admin-flatfile.smx", "addons/sourcemod/logs/",
                "cfg/sourcemod/sourcemod.cfg"},
               {"addons/metamod/sourcemod.vdf > left4dead2/addons/metamod/sourcemod.vdf",
                "addons/sourcemod/bin/sourcemod_mm_i486.so > "
                "left4dead2/addons/sourcemod/bin/sourcemod_mm_i486.so",
                "addons/sourcemod/plugins/admin-flatfile.smx > "
                "left4dead2/addons/sourcemod/plugins/admin-flatfile.smx",
                "cfg/sourcemod/sourcemod.cfg > left4dead2/cfg/sourcemod/sourcemod.cfg"}},
        // "Download ZIP" of SirPlease/L4D2-Competitive-Rework
        Layout{"competitive_pack_of_a_forge",
               {"L4D2-Competitive-Rework-master/", "L4D2-Competitive-Rework-master/.dockerignore",
                "L4D2-Competitive-Rework-master/.github/workflows/release.yml",
                "L4D2-Competitive-Rework-master/.gitignore",
                "L4D2-Competitive-Rework-master/Dedicated Server Install Guide/README.md",
                "L4D2-Competitive-Rework-master/Dedicated Server Install Guide/srcds1",
                "L4D2-Competitive-Rework-master/Dockerfile", "L4D2-Competitive-Rework-master/LICENSE",
                "L4D2-Competitive-Rework-master/README.md",
                "L4D2-Competitive-Rework-master/addons/TheCrashStand.vpk",
                "L4D2-Competitive-Rework-master/cfg/confogl_plugins.cfg",
                "L4D2-Competitive-Rework-master/host.txt", "L4D2-Competitive-Rework-master/mymotd.txt",
                "L4D2-Competitive-Rework-master/scripts/vscripts/modes.nut"},
               {"L4D2-Competitive-Rework-master/addons/TheCrashStand.vpk > "
                "left4dead2/addons/TheCrashStand.vpk",
                "L4D2-Competitive-Rework-master/cfg/confogl_plugins.cfg > "
                "left4dead2/cfg/confogl_plugins.cfg",
                "L4D2-Competitive-Rework-master/host.txt > left4dead2/host.txt",
                "L4D2-Competitive-Rework-master/mymotd.txt > left4dead2/mymotd.txt",
                "L4D2-Competitive-Rework-master/scripts/vscripts/modes.nut > "
                "left4dead2/scripts/vscripts/modes.nut"},
               {"L4D2-Competitive-Rework-master/.dockerignore",
                "L4D2-Competitive-Rework-master/.github/", "L4D2-Competitive-Rework-master/.gitignore",
                "L4D2-Competitive-Rework-master/Dedicated Server Install Guide/",
                "L4D2-Competitive-Rework-master/Dockerfile", "L4D2-Competitive-Rework-master/LICENSE",
                "L4D2-Competitive-Rework-master/README.md"}},
        // the release archive of the same repository (.github/workflows/release.yml)
        Layout{"competitive_pack_released",
               {"addons/sourcemod/plugins/confoglcompmod.smx", "cfg/server.cfg", "scripts/a.nut",
                "host.txt", "motd.txt", "README.md", "LICENSE"},
               {"addons/sourcemod/plugins/confoglcompmod.smx > "
                "left4dead2/addons/sourcemod/plugins/confoglcompmod.smx",
                "cfg/server.cfg > left4dead2/cfg/server.cfg", "scripts/a.nut > left4dead2/scripts/a.nut",
                "host.txt > left4dead2/host.txt", "motd.txt > left4dead2/motd.txt"},
               {"README.md", "LICENSE"}},
        // SamuelXXX/l4d2_supercoop_standard
        Layout{"server_pack_with_the_games_folder",
               {"pack-main/README.md", "pack-main/_daemon/daemon.py",
                "pack-main/left4dead2/addons/Super Coop.vpk", "pack-main/left4dead2/cfg/server.cfg"},
               {"pack-main/left4dead2/addons/Super Coop.vpk > left4dead2/addons/Super Coop.vpk",
                "pack-main/left4dead2/cfg/server.cfg > left4dead2/cfg/server.cfg"},
               {"pack-main/README.md", "pack-main/_daemon/"}},
        // map sites: onemanleft4dead.blogspot.com/p/resources.html
        Layout{"campaign",
               {"tour.vpk", "readme.txt", "tour.jpg"},
               {"tour.vpk > left4dead2/addons/tour.vpk"},
               {"readme.txt", "tour.jpg"}},
        Layout{"campaign_in_a_folder",
               {"The Tour/tour.vpk", "The Tour/Install.txt"},
               {"The Tour/tour.vpk > left4dead2/addons/tour.vpk"},
               {"The Tour/Install.txt"}},
        Layout{"campaign_in_several_folders",
               {"part 1/a.vpk", "part 2/b.vpk", "readme.txt"},
               {"part 1/a.vpk > left4dead2/addons/a.vpk", "part 2/b.vpk > left4dead2/addons/b.vpk"},
               {"readme.txt"}},
        Layout{"campaign_in_maps", {"maps/tour.vpk"}, {"maps/tour.vpk > left4dead2/addons/tour.vpk"}},
        Layout{"addon_in_a_subfolder",
               {"addons/tour/tour.vpk"},
               {"addons/tour/tour.vpk > left4dead2/addons/tour.vpk"}},
        Layout{"map",
               {"c1m1_tour.bsp", "c1m1_tour.nav", "readme.txt"},
               {"c1m1_tour.bsp > left4dead2/maps/c1m1_tour.bsp",
                "c1m1_tour.nav > left4dead2/maps/c1m1_tour.nav"},
               {"readme.txt"}},
        Layout{"addon_that_was_unpacked",
               {"addoninfo.txt", "addonimage.jpg", "maps/tour.bsp", "missions/tour.txt"},
               {"addoninfo.txt > left4dead2/addoninfo.txt", "maps/tour.bsp > left4dead2/maps/tour.bsp",
                "missions/tour.txt > left4dead2/missions/tour.txt"},
               {"addonimage.jpg"}},
        // plugins as in fbef0102/L4D2-Plugins
        Layout{"plugin_of_folders",
               {"all4dead2/plugins/all4dead2.smx", "all4dead2/scripting/all4dead2.sp",
                "all4dead2/translations/all4dead2.phrases.txt", "all4dead2/image/1.jpg",
                "all4dead2/readme.md"},
               {"all4dead2/plugins/all4dead2.smx > left4dead2/addons/sourcemod/plugins/all4dead2.smx",
                "all4dead2/scripting/all4dead2.sp > "
                "left4dead2/addons/sourcemod/scripting/all4dead2.sp",
                "all4dead2/translations/all4dead2.phrases.txt > "
                "left4dead2/addons/sourcemod/translations/all4dead2.phrases.txt"},
               {"all4dead2/image/", "all4dead2/readme.md"}},
        Layout{"plugin_of_files",
               {"vote.smx", "vote.sp", "vote.phrases.txt"},
               {"vote.smx > left4dead2/addons/sourcemod/plugins/vote.smx",
                "vote.sp > left4dead2/addons/sourcemod/scripting/vote.sp",
                "vote.phrases.txt > left4dead2/addons/sourcemod/translations/vote.phrases.txt"}},
        Layout{"sourcemod_alone",
               {"sourcemod/plugins/a.smx"},
               {"sourcemod/plugins/a.smx > left4dead2/addons/sourcemod/plugins/a.smx"}},
        Layout{"whole_installation",
               {"Left 4 Dead 2/left4dead2/maps/a.bsp", "Left 4 Dead 2/bin/b.so",
                "Left 4 Dead 2/left4dead2_dlc1/c.txt"},
               {"Left 4 Dead 2/left4dead2/maps/a.bsp > left4dead2/maps/a.bsp",
                "Left 4 Dead 2/bin/b.so > bin/b.so",
                "Left 4 Dead 2/left4dead2_dlc1/c.txt > left4dead2_dlc1/c.txt"}},
        Layout{"folder_in_a_folder_of_the_same_name",
               {"left4dead2/left4dead2/cfg/a.cfg"},
               {"left4dead2/left4dead2/cfg/a.cfg > left4dead2/cfg/a.cfg"}},
        Layout{"wrapped_by_a_name_of_the_game",
               {"sourcemod/addons/a.txt", "sourcemod/cfg/b.cfg"},
               {"sourcemod/addons/a.txt > left4dead2/addons/a.txt",
                "sourcemod/cfg/b.cfg > left4dead2/cfg/b.cfg"}},
        Layout{"capitals_of_windows",
               {"Left4Dead2/Addons/Tour.VPK", "Left4Dead2/Maps/C1M1_Tour.BSP",
                "Left4Dead2/Materials/Tour/Wall.vmt", "Left4Dead2/addons/SourceMod/Plugins/MyPlugin.smx",
                "Left4Dead2/cfg/MyRules.cfg", "Left4Dead2/cfg/RULES.CFG",
                "Left4Dead2/addons/sourcemod/plugins/VOTE.SMX"},
               {"Left4Dead2/Addons/Tour.VPK > left4dead2/addons/tour.vpk",
                "Left4Dead2/Maps/C1M1_Tour.BSP > left4dead2/maps/c1m1_tour.bsp",
                "Left4Dead2/Materials/Tour/Wall.vmt > left4dead2/materials/tour/wall.vmt",
                "Left4Dead2/addons/SourceMod/Plugins/MyPlugin.smx > "
                "left4dead2/addons/sourcemod/plugins/MyPlugin.smx",
                "Left4Dead2/cfg/MyRules.cfg > left4dead2/cfg/MyRules.cfg",
                "Left4Dead2/cfg/RULES.CFG > left4dead2/cfg/rules.cfg",
                "Left4Dead2/addons/sourcemod/plugins/VOTE.SMX > "
                "left4dead2/addons/sourcemod/plugins/vote.smx"}},
        Layout{"litter",
               {"__MACOSX/left4dead2/._a.cfg", ".DS_Store", "left4dead2/cfg/a.cfg",
                "left4dead2/cfg/Thumbs.db", "left4dead2/desktop.ini", "left4dead2/.git/HEAD"},
               {"left4dead2/cfg/a.cfg > left4dead2/cfg/a.cfg"},
               {"__MACOSX/", ".DS_Store", "left4dead2/cfg/Thumbs.db", "left4dead2/desktop.ini",
                "left4dead2/.git/"}}),
    NameOfCase());

struct Refused {
    std::string name;
    std::vector<std::string> names;
    std::vector<std::string> says;
};
void PrintTo(const Refused& row, std::ostream* out)
{
    *out << row.name;
}
class RefusedLayout : public testing::TestWithParam<Refused> {};
TEST_P(RefusedLayout, SaysWhatToDo)
{
    const auto plan = plan_layout(entries(GetParam().names), {});
    for (const auto& part : GetParam().says)
        EXPECT_THAT(plan, FailsWith(ExitStatus::bad_data, part));
}
INSTANTIATE_TEST_SUITE_P(
    Layout, RefusedLayout,
    testing::Values(Refused{"unknown",
                            {"a/x.txt", "b/y.txt", "c.txt"},
                            {"'a/', 'b/', 'c.txt'", "--into", "--strip"}},
                    Refused{"many_plugins",
                            {"x-main/one/plugins/a.smx", "x-main/two/plugins/b.smx"},
                            {"'one/', 'two/'"}},
                    Refused{"bin_alone", {"bin/a.so"}, {"'a.so'"}}, Refused{"empty", {}, {"empty"}},
                    Refused{"directories_alone", {"addons/"}, {"empty"}},
                    Refused{"litter_alone", {"__MACOSX/a"}, {"empty"}},
                    Refused{"an_archive_in_it", {"tour.zip"}, {"it holds an archive, 'tour.zip'"}},
                    Refused{"an_archive_in_a_folder", {"a/tour.rar", "a/readme.txt"}, {"'a/tour.rar'"}},
                    Refused{"names_that_differ_in_case",
                            {"maps/C1M1.bsp", "maps/c1m1.bsp"},
                            {"'maps/C1M1.bsp' and 'maps/c1m1.bsp' would become one"}},
                    Refused{"folders_that_become_one",
                            {"Left4Dead2/cfg/a.cfg", "left4dead2/cfg/a.cfg"},
                            {"would become one"}},
                    Refused{"file_and_folder", {"addons", "addons/a"}, {"is a file, and a folder"}}),
    NameOfCase());

TEST(LayoutChoice, PutsAllBelowADirectory)
{
    const auto plan = plan_layout(entries({"a/x.txt", "readme.md"}), {.into = "left4dead2/addons"});
    ASSERT_THAT(plan, Succeeds());
    EXPECT_THAT(files_of(*plan), UnorderedElementsAre("a/x.txt > left4dead2/addons/a/x.txt",
                                                      "readme.md > left4dead2/addons/readme.md"));
    EXPECT_THAT(plan->left_out, IsEmpty());
    EXPECT_THAT(files_of(*plan_layout(entries({"a"}), {.into = ""})), ElementsAre("a > a"));
}

TEST(LayoutChoice, TakesFoldersOffTheNames)
{
    const auto plan =
        plan_layout(entries({"one/plugins/a.smx", "two/plugins/b.smx", "readme.md"}), {.strip = 1});
    ASSERT_THAT(plan, Succeeds());
    EXPECT_THAT(files_of(*plan),
                UnorderedElementsAre("one/plugins/a.smx > left4dead2/addons/sourcemod/plugins/a.smx",
                                     "two/plugins/b.smx > left4dead2/addons/sourcemod/plugins/b.smx"));
    EXPECT_THAT(plan->left_out, ElementsAre("readme.md"));
    EXPECT_THAT(plan_layout(entries({"a/x"}), {.strip = 2}), FailsWith(ExitStatus::bad_data, "so deep"));
}

TEST(LayoutChoice, NamesEachOfTheFoldersThatAreLeftOutAsOne)
{
    const auto plan =
        plan_layout(entries({"one/cfg/a.cfg", "one/more/x", "two/more/y/z", "three/more/", "two/c.txt"}),
                    {.strip = 1});
    ASSERT_THAT(plan, Succeeds());
    EXPECT_THAT(files_of(*plan), UnorderedElementsAre("one/cfg/a.cfg > left4dead2/cfg/a.cfg",
                                                      "two/c.txt > left4dead2/c.txt"));
    EXPECT_THAT(plan->left_out, ElementsAre("one/more/", "two/more/"));
}

/// Addons that are found wherever they lie are taken out of folders that have become one.
TEST(LayoutChoice, LeavesOutWhatLiesBesideAnAddon)
{
    const auto plan =
        plan_layout(entries({"one/a/b.txt", "two/a/x.vpk", "two/d/e/y.txt"}), {.strip = 1});
    ASSERT_THAT(plan, Succeeds());
    EXPECT_THAT(files_of(*plan), ElementsAre("two/a/x.vpk > left4dead2/addons/x.vpk"));
    EXPECT_THAT(plan->left_out, ElementsAre("one/a/b.txt", "two/d/"));
}

TEST(LayoutPlan, SaysWhatItDid)
{
    const auto plan = plan_layout(
        entries({"p-main/addons/A.VPK", "p-main/cfg/a.cfg", "p-main/host.txt", "p-main/README.md"}), {});
    ASSERT_THAT(plan, Succeeds());
    EXPECT_EQ(plan->summary(),
              "3 files, 0 B: from p-main/: addons/, cfg/, host.txt to left4dead2/; 1 name in lower "
              "case; left out: p-main/README.md");
}

TEST(LayoutPlan, TellsWhatCanBeMovedWhole)
{
    const auto plan =
        plan_layout(entries({"addons/a.vpk", "maps/A.bsp", "cfg/.DS_Store", "cfg/b.cfg"}), {});
    ASSERT_THAT(plan, Succeeds());
    for (const auto& move : plan->moves)
        EXPECT_EQ(move.as_it_is, move.from == "addons") << move.from;
}

} // namespace
} // namespace left4me
