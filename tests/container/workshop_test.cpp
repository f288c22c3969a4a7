// Layers from the workshop: items and collections of a server of the tests' own, the
// files in the cache and in a running server, and what goes wrong on the way.

#include "tracer.hpp"

#include <csignal>
#include <filesystem>
#include <format>
#include <future>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <tuple>
#include <unistd.h>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr int ok = 0;
constexpr int usage = 64;
constexpr int bad_data = 65;
constexpr int not_found = 66;
constexpr int io_error = 74;

const std::string place = "/tmp/left4me-workshop";
const std::string host_env = "/etc/left4me/host.env";
const std::string cache = state + "/workshop_cache";
constexpr int api_port = 26999;

struct Workshop : ServerTest {
    void SetUp() override
    {
        remove_all(place);
        fs::create_directory(place);
        settings_ = read_file(host_env);
        write_file(host_env,
                   std::format("{}\nLEFT4ME_WORKSHOP_API=http://127.0.0.1:{}\n", settings_, api_port));
        world = {{"items", {{"101", {{"file", "first"}}}, {"102", {{"file", "second"}}}}}};
        tell();
        server_ = fork();
        if (server_ == 0) {
            execl((tests_dir + "/stand_in/workshop_server").c_str(), "workshop_server",
                  std::to_string(api_port).c_str(), nullptr);
            _exit(127);
        }
        ASSERT_TRUE(eventually([] {
            return run({"bash", "-c", std::format("exec 3<>/dev/tcp/127.0.0.1/{}", api_port)}).status ==
                   0;
        }));
        ref = "workshop-test/" + name;
    }

    void TearDown() override
    {
        kill(server_, SIGKILL);
        waitpid(server_, nullptr, 0);
        write_file(host_env, settings_);
        EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
        remove_all(state + "/overlays/workshop-test");
        remove_all(state + "/versions/workshop-test");
        for (const auto& file : files_below(cache))
            remove_all(cache + "/" + file);
        remove_all(place);
    }

    void tell() const { write_file(place + "/world", world.dump()); }

    static Outcome workshop(Words words)
    {
        words.insert(words.begin(), "workshop");
        return l4d2ctl(words);
    }

    /// What the server was asked since the last time.
    static std::vector<std::string> requests()
    {
        auto lines = lines_of(read_file(place + "/requests"));
        remove_all(place + "/requests");
        return lines;
    }

    [[nodiscard]] std::string layer() const { return state + "/overlays/" + ref; }
    [[nodiscard]] std::string addon(const std::string& id) const
    {
        return layer() + "/left4dead2/addons/" + id + ".vpk";
    }
    static std::string vpk(const std::string& text)
    {
        return std::string("\x34\x12\xaa\x55\x01\0\0\0", 8) + text;
    }
    [[nodiscard]] json list() const { return json::parse(workshop({"list", ref, "--json"}).out); }

    /// Item 101 as the running server's file view has it.
    [[nodiscard]] std::string in_its_unit() const
    {
        return run({"nsenter", "-t", pid(), "-m", "cat", merged() + "/left4dead2/addons/101.vpk"}).out;
    }

    json world;
    std::string ref;

private:
    std::string settings_;
    pid_t server_ = -1;
};

TEST_F(Workshop, AnItemBecomesALinkIntoTheCache)
{
    const auto added = workshop({"add", ref, "101",
                                 "steam://openurl/https://steamcommunity.com/sharedfiles/"
                                 "filedetails/?id=102&searchtext="});
    ASSERT_EQ(added.status, ok) << added.err;
    EXPECT_EQ(read_file(addon("101")), vpk("first"));
    EXPECT_EQ(read_file(addon("102")), vpk("second"));
    const auto sum = output({"sha256sum", addon("101")}).substr(0, 64);
    EXPECT_EQ(fs::read_symlink(addon("101")), cache + "/" + sum + ".vpk");
    EXPECT_EQ(output({"stat", "-L", "-c", "%U %a", addon("101")}), "left4me 644");
    EXPECT_EQ(output({"stat", "-c", "%U %a", layer()}), "left4me 755");
    EXPECT_EQ(list()["items"].size(), 2U);
    EXPECT_EQ(list()["items"][0]["title"], "Item 101");
    EXPECT_THAT(workshop({"list"}).out, AllOf(HasSubstr(ref), HasSubstr("Item 102")));
    EXPECT_THAT(files_below(cache), Each(EndsWith(".vpk")));
}

TEST_F(Workshop, AServerSeesTheAddonInItsUnit)
{
    ASSERT_EQ(workshop({"add", ref, "101"}).status, ok);
    start_with(std::format("overlays: [{{path: {}}}]\n", ref));
    // The game may read it, and this is what it reads.
    EXPECT_THAT(rcon("read left4dead2/addons/101.vpk"), Not(HasSubstr("ENOENT")));
    EXPECT_EQ(in_its_unit(), vpk("first"));

    // A newer one is for the next start; the present one stays, in the cache too.
    world["items"]["101"] = {{"file", "newer"}, {"updated", 2}};
    tell();
    ASSERT_EQ(workshop({"refresh", ref}).status, ok);
    EXPECT_EQ(read_file(addon("101")), vpk("newer"));
    EXPECT_EQ(in_its_unit(), vpk("first"));
    EXPECT_TRUE(status()["needs_restart"]);
    ASSERT_EQ(l4d2ctl({"stop", name}).status, ok);
    start();
    ASSERT_TRUE(game_is_ready());
    EXPECT_EQ(in_its_unit(), vpk("newer"));
}

TEST_F(Workshop, WhatDidNotChangeIsNotFetchedAgain)
{
    ASSERT_EQ(workshop({"add", ref, "101", "102"}).status, ok);
    const auto inode = output({"stat", "-c", "%i", layer()});
    (void)requests();
    const auto again = workshop({"refresh"});
    EXPECT_EQ(again.status, ok) << again.err;
    EXPECT_THAT(again.out, HasSubstr("nothing has changed"));
    EXPECT_THAT(requests(), Each(StartsWith("GetPublishedFileDetails")));
    EXPECT_EQ(output({"stat", "-c", "%i", layer()}), inode);

    world["items"]["102"]["updated"] = 2;
    tell();
    EXPECT_EQ(workshop({"refresh"}).status, ok);
    EXPECT_THAT(requests(), AllOf(Contains("GET 102"), Not(Contains("GET 101"))));
}

TEST_F(Workshop, CollectionsAreFollowedIntoEachOther)
{
    world["items"]["103"] = {{"file", "third"}};
    world["collections"] = {{"900", {"101", "901"}}, {"901", {"102", "900", "901"}}};
    tell();
    const auto added = workshop({"add", ref, "900"});
    ASSERT_EQ(added.status, ok) << added.err;
    EXPECT_TRUE(exists(addon("101")));
    EXPECT_TRUE(exists(addon("102")));
    EXPECT_EQ(list()["items"].size(), 2U);

    // What the collection loses and gains, the layer does.
    world["collections"] = {{"900", {"103", "901"}}, {"901", {"102"}}};
    tell();
    ASSERT_EQ(workshop({"refresh", ref}).status, ok);
    EXPECT_FALSE(exists(addon("101")));
    EXPECT_TRUE(exists(addon("103")));

    // Gone, its items stay.
    world["collections"] = json::object();
    tell();
    const auto gone = workshop({"refresh", ref});
    EXPECT_EQ(gone.status, ok);
    EXPECT_THAT(gone.err, HasSubstr("does not tell what is in collection 900;"));
    EXPECT_TRUE(exists(addon("103")));

    const auto refused = workshop({"remove", ref, "102"});
    EXPECT_EQ(refused.status, bad_data);
    EXPECT_THAT(refused.err, HasSubstr("collection 900"));
    EXPECT_EQ(workshop({"remove", ref, "900"}).status, ok);
    EXPECT_FALSE(exists(addon("102")));
}

/// Hidden, gone from the answer, or told as empty: none of that is a removal.
TEST_F(Workshop, WhatSteamDoesNotTellOfACollectionStays)
{
    world["items"]["103"] = {{"file", "third"}};
    const json whole = {{"900", {"101", "901"}}, {"901", {"102", "103"}}};
    world["collections"] = whole;
    tell();
    ASSERT_EQ(workshop({"add", ref, "900"}).status, ok);
    const auto versions = [&] { return output({"ls", state + "/versions/" + ref}); };
    const auto before = versions();
    for (const auto& [collections, unanswered, untold] : {
             std::tuple(json{{"900", {"101", "901"}}}, json::array(), "901 (of 900); what it had stays"),
             std::tuple(json{{"900", {"101", "901"}}, {"901", json::array()}}, json::array(),
                        "901 (of 900); what it had stays"),
             std::tuple(whole, json::array({"901"}), "901 (of 900); what it had stays"),
             std::tuple(json{{"900", json::array()}, {"901", {"102", "103"}}}, json::array(),
                        "900; what it had stays"),
             std::tuple(json::object(), json::array(), "900; what it had stays"),
         }) {
        SCOPED_TRACE(collections.dump());
        world["collections"] = collections;
        world["unanswered"] = unanswered;
        tell();
        const auto refreshed = workshop({"refresh", ref});
        EXPECT_EQ(refreshed.status, ok);
        EXPECT_THAT(refreshed.err, AllOf(HasSubstr("does not tell what is in collection "),
                                         HasSubstr(untold), Not(HasSubstr("item 901"))));
        for (const auto* id : {"101", "102", "103"})
            EXPECT_TRUE(exists(addon(id))) << id;
        EXPECT_EQ(versions(), before);
    }
    // Only what answered loses what it has no more.
    world["unanswered"] = json::array();
    world["collections"] = {{"900", {"901"}}};
    tell();
    EXPECT_EQ(workshop({"refresh", ref}).status, ok);
    EXPECT_FALSE(exists(addon("101")));
    EXPECT_TRUE(exists(addon("102")));
    world["collections"] = {{"900", {"901"}}, {"901", {"103"}}};
    tell();
    EXPECT_EQ(workshop({"refresh", ref}).status, ok);
    EXPECT_FALSE(exists(addon("102")));
    EXPECT_TRUE(exists(addon("103")));
}

TEST_F(Workshop, OfSeveralTheGoodAreAddedAndAllBadOnesNamed)
{
    world["items"]["103"] = {{"app", 730}};
    world["items"]["104"] = {{"url", ""}};
    world["items"]["105"] = {{"file", "fifth"}};
    world["faults"] = {{"105", {404}}};
    world["collections"] = {{"900", {"102", "997"}}, {"901", json::array()}};
    world["unanswered"] = {"996"};
    tell();
    const auto added =
        workshop({"add", ref, "101", "998", "900", "999", "103", "104", "105", "901", "996"});
    EXPECT_EQ(added.status, not_found);
    EXPECT_THAT(
        added.err,
        AllOf(HasSubstr("item 998: "), HasSubstr("item 999: "),
              HasSubstr("item 103: it belongs to app 730"), HasSubstr("item 104: it has no file"),
              HasSubstr("it answers 404"), HasSubstr("item 996: Steam says nothing of it"),
              HasSubstr("not added to layer '" + ref + "': 103, 104, 105, 901, 996, 998, 999\n")));
    EXPECT_EQ(read_file(addon("101")), vpk("first"));
    EXPECT_EQ(read_file(addon("102")), vpk("second"));
    // What failed is not on the list; what a collection has is, whether it is to be had or not.
    std::vector<std::string> ids;
    const auto after = list();
    for (const auto& item : after["items"])
        ids.push_back(item["id"]);
    EXPECT_THAT(ids, ElementsAre("101", "102", "997"));
    (void)requests();
    EXPECT_EQ(workshop({"refresh", ref}).status, ok);
    EXPECT_THAT(requests(), Not(Contains(HasSubstr("998"))));
    EXPECT_EQ(workshop({"add", ref, "105"}).status, ok);
    EXPECT_EQ(read_file(addon("105")), vpk("fifth"));
}

TEST_F(Workshop, ALayerOfWhichNothingIsToBeHadIsNotMade)
{
    const auto added = workshop({"add", ref, "998", "999"});
    EXPECT_EQ(added.status, not_found);
    EXPECT_THAT(added.err, HasSubstr(": 998, 999\n"));
    EXPECT_FALSE(exists(layer()));
}

TEST_F(Workshop, DeadItemsAreReportedAndKept)
{
    ASSERT_EQ(workshop({"add", ref, "101", "102"}).status, ok);
    world["items"].erase("101");
    world["items"]["102"]["banned"] = 1;
    tell();
    const auto refreshed = workshop({"refresh", ref});
    EXPECT_EQ(refreshed.status, ok);
    EXPECT_THAT(refreshed.err, AllOf(HasSubstr("item 101 'Item 101'"), HasSubstr("its file stays"),
                                     HasSubstr("banned")));
    EXPECT_EQ(read_file(addon("101")), vpk("first"));
    EXPECT_EQ(read_file(addon("102")), vpk("second"));

    world["items"]["104"] = {{"app", 730}};
    tell();
    for (const auto* id : {"104", "999"}) {
        const auto unknown = workshop({"add", ref, id});
        EXPECT_EQ(unknown.status, not_found) << unknown.err;
        EXPECT_FALSE(exists(addon(id)));
    }
    EXPECT_EQ(list()["items"].size(), 2U);
}

TEST_F(Workshop, ADownloadThatIsCutOffGoesOn)
{
    world["items"]["101"] = {{"file", "0123456789"}, {"times", 100'000}};
    world["cut"] = {{"101", 400'000}};
    tell();
    const auto added = workshop({"add", ref, "101"});
    ASSERT_EQ(added.status, ok) << added.err;
    const auto asked = requests();
    EXPECT_THAT(asked, Contains("GET 101"));
    EXPECT_THAT(asked, Contains(StartsWith("GET 101 bytes=")));
    EXPECT_EQ(fs::file_size(addon("101")), 1'000'008U);
    EXPECT_EQ(output({"sha256sum", addon("101")}).substr(0, 64) + ".vpk",
              fs::read_symlink(addon("101")).filename());
}

TEST_F(Workshop, WithoutRangesItBeginsAnew)
{
    world["items"]["101"] = {{"file", "0123456789"}, {"times", 100'000}};
    world["cut"] = {{"101", 400'000}};
    world["ranges"] = false;
    tell();
    const auto added = workshop({"add", ref, "101"});
    ASSERT_EQ(added.status, ok) << added.err;
    EXPECT_EQ(fs::file_size(addon("101")), 1'000'008U);
}

TEST_F(Workshop, ABusyServerIsAskedAgain)
{
    world["faults"] = {{"101", {500, 503}}, {"GetPublishedFileDetails", {502}}};
    tell();
    const auto added = workshop({"add", ref, "101"});
    EXPECT_EQ(added.status, ok) << added.err;
    EXPECT_EQ(read_file(addon("101")), vpk("first"));
}

TEST_F(Workshop, AFileThatCannotBeHadStopsNoOther)
{
    world["faults"] = {{"101", {404}}};
    tell();
    const auto added = workshop({"add", ref, "101", "102"});
    EXPECT_EQ(added.status, not_found);
    EXPECT_THAT(added.err, HasSubstr("it answers 404"));
    EXPECT_FALSE(exists(addon("101")));
    EXPECT_EQ(read_file(addon("102")), vpk("second"));
    EXPECT_EQ(list()["items"].size(), 1U);
    EXPECT_EQ(workshop({"add", ref, "101"}).status, ok);
    EXPECT_EQ(read_file(addon("101")), vpk("first"));
}

TEST_F(Workshop, AFileThatIsNotWhatSteamSaysIsNotTaken)
{
    ASSERT_EQ(workshop({"add", ref, "101"}).status, ok);
    const std::string wrong_sum(40, 'A');
    for (const auto& [change, message] : {
             std::pair(json{{"file", "far too much"}, {"size", 10}}, "larger than the 10 bytes"),
             std::pair(json{{"addon", false}}, "no addon"),
             std::pair(
                 json{{"url", std::format("http://127.0.0.1:{}/ugc/101/{}/", api_port, wrong_sum)}},
                 "and Steam says"),
             std::pair(json{{"url", "file:///etc/passwd"}}, "no file to fetch"),
             std::pair(json{{"size", -1}}, "is not taken"),
             std::pair(json{{"size", "99999999999999"}}, "is not taken"),
         }) {
        SCOPED_TRACE(message);
        world["items"]["101"] = change;
        world["items"]["101"]["updated"] = 2;
        tell();
        const auto refused = workshop({"refresh", ref});
        EXPECT_THAT(refused.err, HasSubstr(message));
        EXPECT_EQ(read_file(addon("101")), vpk("first"));
    }
    // The right sum is taken.
    const auto sum = output({"bash", "-c", "printf '\\x34\\x12\\xaa\\x55\\1\\0\\0\\0x' | sha1sum"});
    world["items"]["101"] = {
        {"updated", 3},
        {"url", std::format("http://127.0.0.1:{}/ugc/101/{}/", api_port, sum.substr(0, 40))}};
    tell();
    EXPECT_EQ(workshop({"refresh", ref}).status, ok);
    EXPECT_EQ(read_file(addon("101")), vpk("x"));
}

TEST_F(Workshop, AnAnswerThatIsNoneChangesNothing)
{
    ASSERT_EQ(workshop({"add", ref, "101"}).status, ok);
    for (const auto* answer : {"", "null", "[]", "{}", "{\"response\": 1}", "{\"response\": {}}",
                               "{\"response\": {\"publishedfiledetails\": {}}}", "<html>"}) {
        SCOPED_TRACE(answer);
        world["raw"] = {{"GetPublishedFileDetails", answer}};
        tell();
        EXPECT_EQ(workshop({"refresh"}).status, bad_data);
        EXPECT_EQ(read_file(addon("101")), vpk("first"));
    }
    world["raw"] = {{"GetPublishedFileDetails", std::string(20'000'000, ' ')}};
    tell();
    EXPECT_EQ(workshop({"refresh"}).status, io_error);
}

TEST_F(Workshop, OnlyHttpsWithACertificateUnlessTheSettingSaysSo)
{
    write_file(host_env, std::format("LEFT4ME_WORKSHOP_API=https://127.0.0.1:{}\n", api_port));
    EXPECT_EQ(workshop({"add", ref, "101"}).status, io_error);
    write_file(host_env, "LEFT4ME_WORKSHOP_API=file:///etc\n");
    const auto refused = workshop({"add", ref, "101"});
    EXPECT_EQ(refused.status, bad_data);
    EXPECT_THAT(refused.err, HasSubstr("host.env:1"));
}

TEST_F(Workshop, TheCacheLosesWhatNothingLeadsTo)
{
    ASSERT_EQ(workshop({"add", ref, "101"}).status, ok);
    const auto first = fs::read_symlink(addon("101"));
    for (int version = 2; version < 8; ++version) {
        world["items"]["101"] = {{"file", std::format("version {}", version)}, {"updated", version}};
        tell();
        ASSERT_EQ(workshop({"refresh"}).status, ok);
    }
    EXPECT_FALSE(exists(first));
    // Each version of the layer that is kept has its file still.
    EXPECT_THAT(files_below(cache), testing::SizeIs(4));
    for (const auto& link :
         lines_of(output({"find", state + "/versions/workshop-test", "-name", "*.vpk"})))
        EXPECT_TRUE(fs::exists(link)) << link;
}

TEST_F(Workshop, KilledAtAnyStepTheLayerIsTheOldOrTheNew)
{
    ASSERT_EQ(workshop({"add", ref, "101"}).status, ok);
    const Words refresh = {"l4d2ctl", "workshop", "refresh", ref};
    int version = 1;
    const auto give_a_newer_one = [&] {
        ++version;
        world["items"]["101"] = {{"file", std::format("file {}", version)}, {"updated", version}};
        tell();
    };
    give_a_newer_one();
    for (const auto& call : changing_calls(refresh)) {
        SCOPED_TRACE(call.text);
        const auto old = read_file(addon("101"));
        give_a_newer_one();
        const auto fresh = vpk(std::format("file {}", version));
        EXPECT_EQ(run_killed_before(call, refresh).status, 128 + SIGKILL);
        EXPECT_THAT(read_file(addon("101")), AnyOf(old, fresh));
        EXPECT_EQ(workshop({"refresh", ref}).status, ok);
        EXPECT_EQ(read_file(addon("101")), fresh);
    }
    EXPECT_THAT(files_below(cache), Each(EndsWith(".vpk")));
}

/// By a rollback that ends between the question to Steam and the change.
TEST_F(Workshop, AListThatChangedMeanwhileIsNotOverwritten)
{
    ASSERT_EQ(workshop({"add", ref, "101"}).status, ok);
    ASSERT_EQ(workshop({"add", ref, "102"}).status, ok);
    world["slow"] = {{"101", 3}};
    world["items"]["101"] = {{"file", "newer"}, {"updated", 2}};
    tell();
    (void)requests();
    auto refreshing = std::async(std::launch::async, [&] { return workshop({"refresh", ref}); });
    EXPECT_TRUE(eventually([] { return read_file(place + "/requests").contains("GET 101"); }));
    EXPECT_EQ(l4d2ctl({"overlay", "rollback", ref}).status, ok);
    const auto refused = refreshing.get();
    EXPECT_NE(refused.status, ok);
    EXPECT_THAT(refused.err, HasSubstr("changed meanwhile"));
    EXPECT_EQ(list()["items"].size(), 1U);
    EXPECT_EQ(workshop({"refresh", ref}).status, ok);
    EXPECT_EQ(read_file(addon("101")), vpk("newer"));
}

/// The cache alone is full: layers are small.
TEST_F(Workshop, AFullDiskLosesNothing)
{
    ASSERT_EQ(workshop({"add", ref, "101"}).status, ok);
    const auto kept = fs::read_symlink(addon("101")).filename().string();
    ASSERT_EQ(
        run({"mount", "-t", "tmpfs", "-o", "size=1M,mode=0755,uid=left4me,gid=left4me", "small", cache})
            .status,
        0);
    write_file(cache + "/" + kept, vpk("first"));
    world["items"]["102"] = {{"file", "0123456789"}, {"times", 200'000}};
    tell();
    const auto full = workshop({"add", ref, "102"});
    EXPECT_EQ(full.status, io_error) << full.err;
    EXPECT_THAT(full.err, HasSubstr("item 102: no room for 2000008 bytes"));
    EXPECT_EQ(read_file(addon("101")), vpk("first"));
    EXPECT_FALSE(exists(addon("102")));
    EXPECT_EQ(run({"umount", cache}).status, 0);
    EXPECT_EQ(list()["items"].size(), 1U);
    EXPECT_EQ(workshop({"add", ref, "102"}).status, ok);
    EXPECT_EQ(fs::file_size(addon("102")), 2'000'008U);
}

TEST_F(Workshop, OtherFilesOfTheLayerStay)
{
    const auto own = layer() + "/left4dead2/cfg/own.cfg";
    write_file(own, "own\n");
    write_file(addon("own"), "own");
    fs::create_symlink("/nowhere", addon("own-link"));
    run({"chown", "-R", "left4me:left4me", state + "/overlays/workshop-test"});
    ASSERT_EQ(workshop({"add", ref, "101"}).status, ok);
    ASSERT_EQ(workshop({"remove", ref, "101"}).status, ok);
    EXPECT_FALSE(exists(addon("101")));
    EXPECT_EQ(read_file(own), "own\n");
    EXPECT_EQ(read_file(addon("own")), "own");
    EXPECT_TRUE(exists(addon("own-link")));
    EXPECT_EQ(workshop({"remove", ref, "101"}).status, not_found);
    EXPECT_EQ(workshop({"remove", ref, "x"}).status, usage);
    EXPECT_EQ(workshop({"list", "workshop-test/none"}).status, not_found);
}

TEST_F(Workshop, TheTimersUnitRefreshesInItsSandbox)
{
    ASSERT_EQ(workshop({"add", ref, "101"}).status, ok);
    world["items"]["101"] = {{"file", "newer"}, {"updated", 2}};
    tell();
    const std::string unit = "left4me-workshop-refresh.service";
    const auto started = run({"systemctl", "start", unit});
    EXPECT_EQ(started.status, ok) << run({"journalctl", "--no-pager", "-n", "20", "-u", unit}).out;
    EXPECT_EQ(read_file(addon("101")), vpk("newer"));
    EXPECT_EQ(run({"systemctl", "is-enabled", "left4me-workshop-refresh.timer"}).out, "disabled\n");
    for (const auto& [property, value] : {
             std::pair("User", "left4me"),
             std::pair("NoNewPrivileges", "yes"),
             std::pair("CapabilityBoundingSet", ""),
             std::pair("ProtectSystem", "strict"),
             std::pair("PrivateUsers", "yes"),
             std::pair("MemoryDenyWriteExecute", "yes"),
             std::pair("RestrictNamespaces", "yes"),
         })
        EXPECT_EQ(unit_property(unit, property), value) << property;
    EXPECT_EQ(unit_property("left4me-workshop-refresh.timer", "Persistent"), "yes");
}

} // namespace
} // namespace left4me::test
