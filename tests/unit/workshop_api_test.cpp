#include "steam/workshop_api.hpp"

#include "steam/workshop_list.hpp"
#include "text_case.hpp"

namespace left4me {
namespace {

WorkshopId id(std::string_view text)
{
    return WorkshopId::parse(text).value();
}

std::vector<WorkshopDetails> details_of(const std::string& item)
{
    return parse_details(R"({"response": {"publishedfiledetails": [)" + item + "]}}", {id("7")}).value();
}

TEST(WorkshopId, IsANumberOrThePageOfOne)
{
    EXPECT_EQ(id("7").str(), "7");
    EXPECT_EQ(id("18446744073709551615").str(), "18446744073709551615");
    for (const auto* text : {"", "0", "07", "-1", "+1", "1.5", "7 ", "x", "18446744073709551616",
                             "/filedetails/?id=", "?id=7", "7/../8"})
        EXPECT_THAT(WorkshopId::parse(text), FailsWith(ExitStatus::usage, "is no workshop item"))
            << text;
}

/// As pages, Steam's client and programs write them: public repositories have each of these.
TEST(WorkshopId, IsFoundInTheAddressesThatPeoplePaste)
{
    for (const auto* text : {
             "https://steamcommunity.com/sharedfiles/filedetails/?id=7",
             "http://steamcommunity.com/sharedfiles/filedetails/?id=7",
             "HTTPS://SteamCommunity.com/sharedfiles/filedetails/?id=7",
             "https://www.steamcommunity.com/sharedfiles/filedetails/?id=7",
             "https://steamcommunity.com/sharedfiles/filedetails/?id=7&searchtext=a+b",
             "https://steamcommunity.com/sharedfiles/filedetails/?l=german&id=7",
             "https://steamcommunity.com/sharedfiles/filedetails/?l=german&amp;id=7",
             "https://steamcommunity.com/sharedfiles/filedetails/?id=7?searchtext=",
             "https://steamcommunity.com/sharedfiles/filedetails/?id=7/",
             "https://steamcommunity.com/sharedfiles/filedetails/?id=7#profileBlock",
             "https://steamcommunity.com/sharedfiles/filedetails/?id=7#:~:text=8",
             "https://steamcommunity.com/sharedfiles/filedetails/?id=7 A map",
             "https://steamcommunity.com/sharedfiles/filedetails/?id=7\n",
             "https://steamcommunity.com/workshop/filedetails/?id=7",
             "steamcommunity.com/sharedfiles/filedetails?searchtext=a&id=7#top",
             "https://steamcommunity.com/sharedfiles/filedetails/7",
             "https://steamcommunity.com/sharedfiles/filedetails/changelog/7#profileBlock",
             "https://steamcommunity.com/sharedfiles/filedetails/comments/7",
             "https://steamcommunity.com/sharedfiles/filedetails/discussions/7/",
             "https://steamcommunity.com/workshop/filedetails/discussion/7/8/?ctp=2",
             "steam://url/CommunityFilePage/7",
             "steam://url/CommunityFilePage/7/",
             "steam://openurl/https://steamcommunity.com/sharedfiles/filedetails/?id=7",
             "steam://openurl_external/https://steamcommunity.com/sharedfiles/filedetails/?id=7&l=x",
             "steam://openurl/https://steamcommunity.com/sharedfiles/filedetails/changelog/7",
         })
        EXPECT_EQ(WorkshopId::parse(text).transform(&WorkshopId::str).value_or("none"), "7") << text;
}

TEST(WorkshopId, IsNotInOtherAddresses)
{
    for (const auto* text : {
             "https://steamcommunity.com/app/550/workshop/",
             "https://steamcommunity.com/id/7/myworkshopfiles/?appid=550",
             "https://steamcommunity.com/profiles/7",
             "https://steamcommunity.com/sharedfiles/filedetails/",
             "https://steamcommunity.com/sharedfiles/filedetails/?id=",
             "https://steamcommunity.com/sharedfiles/filedetails/?id=0",
             "https://steamcommunity.com/sharedfiles/filedetails/?id=7x",
             "https://steamcommunity.com/sharedfiles/filedetails/?appid=7",
             "https://steamcommunity.com/sharedfiles/filedetailsofothers/?id=7",
             "https://store.steampowered.com/app/550",
             "steam://url/CommunityFilePage/",
             "steam://url/SteamIDPage/7",
             "steam://run/550",
             "https://x/CommunityFilePage/7",
         })
        EXPECT_THAT(WorkshopId::parse(text), FailsWith(ExitStatus::usage, "is no workshop item"))
            << text;
}

TEST(WorkshopForms, NumberTheIds)
{
    EXPECT_EQ(
        details_form({id("7"), id("8")}),
        (HttpForm{{"itemcount", "2"}, {"publishedfileids[0]", "7"}, {"publishedfileids[1]", "8"}}));
    EXPECT_EQ(collections_form({id("7")}),
              (HttpForm{{"collectioncount", "1"}, {"publishedfileids[0]", "7"}}));
}

TEST(WorkshopDetailsAnswer, IsWhatSteamSays)
{
    const auto sum = std::string(39, 'A') + "0";
    const auto all = details_of(R"({"publishedfileid": "7", "result": 1, "consumer_app_id": 550,
        "title": "A map", "file_size": "12", "time_updated": 3, "banned": 0,
        "file_url": "https://steamusercontent-a.akamaihd.net/ugc/1/)" +
                                sum + R"(/"})");
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].dead, "");
    EXPECT_EQ(all[0].title, "A map");
    EXPECT_EQ(all[0].size, 12U);
    EXPECT_EQ(all[0].updated, 3U);
    EXPECT_EQ(all[0].sha1, std::string(39, 'a') + "0");
}

TEST(WorkshopDetailsAnswer, OfADeadItemSaysWhy)
{
    const std::string good = R"("publishedfileid": "7", "result": 1, "consumer_app_id": 550,
        "file_size": 12, "file_url": "https://x/y")";
    EXPECT_EQ(details_of("{" + good + "}")[0].dead, "");
    EXPECT_FALSE(details_of("{" + good + "}")[0].sha1.has_value());
    for (const auto& [item, why] : {
             std::pair(std::string(R"({"publishedfileid": "7", "result": 9})"), "result 9"),
             std::pair("{" + good + R"(, "banned": 1})", "banned"),
             std::pair("{" + good + R"(, "banned": true})", "banned"),
             std::pair("{" + good + R"(, "consumer_app_id": 730})", "app 730"),
             std::pair("{" + good + R"(, "consumer_app_id": "x"})", "app 0"),
             std::pair("{" + good + R"(, "file_size": -12})", "of 0 bytes"),
             std::pair("{" + good + R"(, "file_size": 1.5})", "of 0 bytes"),
             std::pair("{" + good + R"(, "file_size": []})", "of 0 bytes"),
             std::pair("{" + good + R"(, "file_size": 4294967297})", "is not taken"),
             std::pair("{" + good + R"(, "file_url": "file:///etc/passwd"})", "no file"),
             std::pair("{" + good + R"(, "file_url": 5})", "no file"),
             std::pair("{" + good + R"(, "result": "x"})", "result 0"),
             std::pair(std::string(R"({"publishedfileid": "8", "result": 1})"), "says nothing"),
             std::pair(std::string("5"), "says nothing"),
             std::pair(std::string(R"({"publishedfileid": -7})"), "says nothing"),
         }) {
        const auto all = details_of(item);
        ASSERT_EQ(all.size(), 1U) << item;
        EXPECT_THAT(all[0].dead, testing::HasSubstr(why)) << item;
    }
}

TEST(WorkshopDetailsAnswer, OfOtherShapesIsRefused)
{
    for (const auto* text :
         {"", "x", "null", "[]", "5", "{}", R"({"response": []})", R"({"response": {}})",
          R"({"response": {"publishedfiledetails": 1}})", "{\"response\": \xff}"}) {
        EXPECT_THAT(parse_details(text, {id("7")}), FailsWith(ExitStatus::bad_data, "Steam's answer"))
            << text;
        EXPECT_THAT(parse_collections(text, {id("7")}),
                    FailsWith(ExitStatus::bad_data, "Steam's answer"))
            << text;
    }
    std::string deep = R"({"response": )";
    for (int i = 0; i < 100'000; ++i)
        deep += "[";
    EXPECT_FALSE(parse_details(deep, {id("7")}).has_value());
}

TEST(WorkshopCollectionsAnswer, TellsCollectionsFromItems)
{
    const auto all = parse_collections(R"({"response": {"collectiondetails": [
        {"publishedfileid": "7", "result": 1, "children": [
            {"publishedfileid": "8", "filetype": 0}, {}, 5, {"publishedfileid": "../x"},
            {"publishedfileid": 9, "filetype": 2}]},
        {"publishedfileid": "8", "result": 9, "children": [{"publishedfileid": "1"}]},
        {"publishedfileid": "5", "result": 1},
        {"publishedfileid": "6", "result": 1, "children": [{"publishedfileid": "1"}]}]}})",
                                       {id("7"), id("8"), id("5")})
                         .value();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].children, (std::vector{id("8"), id("9")}));
    EXPECT_EQ(all[0].collections, std::vector{id("9")});
    EXPECT_TRUE(all[1].children.empty());
    EXPECT_TRUE(all[2].children.empty());
}

TEST(WorkshopListFile, IsReadAsItWasWritten)
{
    const WorkshopList list{
        .collections = {{id("9"), {id("7")}, {{id("9"), {id("7")}, {}}}}},
        .items = {{.id = id("7"),
                   .direct = false,
                   .title = "\xff\n",
                   .size = 5,
                   .updated = 6,
                   .sha256 = std::string(64, 'a'),
                   .dead = ""},
                  {.id = id("8"), .direct = true, .title = "", .sha256 = "", .dead = "it is banned"}}};
    const auto text = format_workshop_list(list);
    EXPECT_EQ(format_workshop_list(parse_workshop_list(text).value()), text);
    // As release 0.1.0 writes it.
    const auto old =
        parse_workshop_list(R"({"collections": [{"id": "9", "items": ["7"]}], "items": []})");
    ASSERT_TRUE(old.has_value());
    EXPECT_EQ(old->collections.at(0).items, std::vector{id("7")});
    EXPECT_TRUE(old->collections.at(0).contents.empty());
    for (const auto* bad : {"", "{}", R"({"collections": [], "items": 5})",
                            R"({"collections": [{"id": "x", "items": []}], "items": []})",
                            R"({"collections": [{"id": "9", "items": [], "contents": [{"id": "9"}]}],
                                "items": []})",
                            R"({"collections": [], "items": [{"id": "7", "direct": true, "title": "",
                                "size": 1, "updated": 1, "sha256": "../../x", "dead": ""}]})",
                            R"({"collections": [], "items": [{"id": "7", "direct": true, "title": "",
                                "size": -1, "updated": 1, "sha256": "", "dead": ""}]})"})
        EXPECT_THAT(parse_workshop_list(bad), FailsWith(ExitStatus::bad_data, "no list")) << bad;
}

} // namespace
} // namespace left4me
