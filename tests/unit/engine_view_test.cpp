#include "model/engine_view.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

class SeenFile : public testing::TestWithParam<TextCase> {};
TEST_P(SeenFile, IsNotComplainedOf)
{
    EXPECT_EQ(why_unseen(GetParam().text), std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(
    EngineView, SeenFile,
    testing::Values(TextCase{"addon", "left4dead2/addons/tour.vpk"},
                    TextCase{"addon_with_capitals", "left4dead2/addons/Tour.vpk"},
                    TextCase{"workshop", "left4dead2/addons/workshop/123.vpk"},
                    TextCase{"pak", "left4dead2/pak01_dir.vpk"},
                    TextCase{"pak_of_dlc", "left4dead2_dlc3/pak01_dir.vpk"},
                    TextCase{"map", "left4dead2/maps/c1m1_tour.bsp"},
                    TextCase{"map_of_dlc", "left4dead2_dlc1/maps/c1m1_tour.bsp"},
                    TextCase{"config", "left4dead2/cfg/Server_Rates.cfg"},
                    TextCase{"plugin", "left4dead2/addons/sourcemod/plugins/Optional/x.smx"},
                    TextCase{"metamod", "left4dead2/addons/metamod.vdf"},
                    TextCase{"library", "bin/libstdc++.so.6"}, TextCase{"readme", "README.txt"},
                    TextCase{"folder_of_documents", "docs/Screenshots/one.png"},
                    TextCase{"one_letter", "a"}),
    NameOfCase());

class Unseen : public testing::TestWithParam<TextCase> {};
TEST_P(Unseen, IsToldWithTheReason)
{
    EXPECT_THAT(why_unseen(GetParam().text).value_or("-"), testing::HasSubstr(GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(
    EngineView, Unseen,
    testing::Values(
        TextCase{"ending", "left4dead2/addons/TOUR.VPK", "asks for left4dead2/addons/"},
        TextCase{"game_in_capitals", "Left4Dead2/Addons/Tour.VPK", "asks for left4dead2/addons/"},
        TextCase{"map_in_capitals", "left4dead2/maps/C1M1_Tour.bsp", "left4dead2/maps/c1m1_tour.bsp"},
        TextCase{"folder_in_capitals", "left4dead2/Scripts/x.txt", "left4dead2/scripts/x.txt"},
        TextCase{"addon_in_a_folder", "left4dead2/addons/tour/tour.vpk", "in no folder of it"},
        TextCase{"addon_deep_in_workshop", "left4dead2/addons/workshop/1/2.vpk", "in no folder of it"},
        TextCase{"addon_elsewhere", "left4dead2/maps/tour.vpk", "are found in left4dead2/addons"},
        TextCase{"addons_on_top", "addons/sourcemod/plugins/x.smx", "looks for it in left4dead2/addons"},
        TextCase{"addon_on_top", "tour.vpk", "looks for it in left4dead2/addons"},
        TextCase{"config_on_top", "cfg/x.cfg", "looks for it in left4dead2/cfg"},
        TextCase{"twice", "left4dead2/left4dead2/cfg/x.cfg", "within left4dead2"},
        TextCase{"map_elsewhere", "left4dead2/addons/c1.bsp", "found in left4dead2/maps"},
        TextCase{"plugin_elsewhere", "left4dead2/addons/sourcemod/x.smx", "addons/sourcemod/plugins"}),
    NameOfCase());

TEST(EngineView, OfALayerWithoutTheGamesTreeNothingIsFound)
{
    EngineView view;
    EXPECT_FALSE(view.finds_nothing()) << "it is empty";
    view.add("README");
    view.add("addons/x.vpk");
    view.add("My Campaign/x.txt");
    EXPECT_TRUE(view.finds_nothing());
    EXPECT_EQ(view.unseen_count(), 1U);
    view.add("left4dead2/cfg/x.cfg");
    EXPECT_FALSE(view.finds_nothing());
}

TEST(EngineView, AGameOfItsOwnIsFound)
{
    EngineView view;
    view.add("srcds_linux");
    EXPECT_FALSE(view.finds_nothing());
}

TEST(EngineView, TellsTheFirstOfMany)
{
    EngineView view;
    for (int i = 0; i < 1000; ++i)
        view.add("cfg/" + std::to_string(i));
    EXPECT_EQ(view.unseen_count(), 1000U);
    EXPECT_EQ(view.unseen().size(), 20U);
}

} // namespace
} // namespace left4me
