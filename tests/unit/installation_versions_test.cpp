/// The game's trees over its updates: who keeps which, and what is left of an update whose
/// process is killed. Steam's part and systemd's are not: fetch() stands for the one, and root's
/// exchange is called and not asked for.
#include "host/layer_version.hpp"
#include "host/mount_record.hpp"
#include "root/installation_exchange.hpp"
#include "steam/installation.hpp"
#include "steam/installation_copy.hpp"
#include "steam/installation_versions.hpp"

#include "crash_points.hpp"
#include "temporary_host.hpp"
#include "text_case.hpp"
#include "told_report.hpp"

#include <map>

namespace left4me {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string manifest = "appmanifest_222860.acf";
const std::vector<std::string> places = {"installation", "installation.next", "installation.old-1",
                                         "installation.old-2"};

/// As steamcmd does it: its manifest goes first and comes last, and it believes one that is there.
Result<void> fetch(const Directory& next, const std::string& build)
{
    const bool believed = build_of(next).has_value();
    const auto steamapps = next.make_subdirectory("steamapps", 0755);
    auto done = steamapps->remove_file(manifest);
    if (!believed)
        for (const auto* file : {"srcds_run", "srcds_linux"})
            done = done.and_then([&] { return next.replace_file(file, "", 0755); });
    return done.and_then([&] { return next.make_subdirectory("left4dead2", 0755); })
        .and_then([&](const Directory& game) { return game.replace_file("steam.inf", build, 0644); })
        .and_then([&] {
            return steamapps->replace_file(manifest, std::format("\"buildid\" \"{}\"", build), 0644);
        });
}

/// What bring_up_to_date does.
Result<void> update(const Host& host, const std::string& build)
{
    NoReport report;
    const auto exchange = [&] { return exchange_installation(host); };
    return remove_unused_installations(host, report)
        .and_then([&] { return open_with_unused_next(host, exchange); })
        .and_then([&](const InstallationTrees& trees) {
            return is_whole(trees.present)
                .and_then([&](bool installed) { return prepare_next(trees, installed, report); })
                .and_then([&] { return fetch(trees.next, build); })
                .and_then([&] { return publish_next(trees, exchange); });
        })
        .and_then([&] { return remove_unused_installations(host, report); });
}

std::string record_of(const std::string& server)
{
    return std::format("run/mounts/{}.json", server);
}

/// As the mount helper notes it.
void start(const TemporaryHost& host, const std::string& server)
{
    const auto tree = Directory::open((*host).state_path("installation"));
    const MountRecord record = {{1, 1}, {{"installation", 1, identity_of(*tree).value()}}};
    host.write(record_of(server), format_mount_record(InstanceName::parse(server).value(), record));
}

void stop(const TemporaryHost& host, const std::string& server)
{
    fs::remove((*host).run() + "/mounts/" + server + ".json");
}

/// The build of a tree that is whole; of an empty one "", else what is wrong.
std::string look_at(const TemporaryHost& host, const std::string& place)
{
    if (host.is_empty("state/" + place))
        return "";
    const auto tree = Directory::open((*host).state_path(place)).value();
    const auto build = host.read(std::format("state/{}/left4dead2/steam.inf", place));
    if (is_whole(tree).value() && build_of(tree) == build)
        return build;
    return std::format("half of {}", build);
}

/// The build that each server runs on.
std::map<std::string, std::string> servers(const TemporaryHost& host)
{
    std::map<std::string, std::string> all;
    for (const auto& place : places) {
        const auto on_it = servers_on(*host, Directory::open((*host).state_path(place)).value());
        for (const auto& server : on_it.value())
            all[server.str()] = look_at(host, place);
    }
    return all;
}

std::vector<std::string> older(const TemporaryHost& host)
{
    return {look_at(host, "installation.old-1"), look_at(host, "installation.old-2")};
}

using Servers = std::map<std::string, std::string>;

TEST(InstallationVersions, AServerKeepsItsTreeThroughAnyNumberOfUpdates)
{
    const TemporaryHost host;
    ASSERT_THAT(update(*host, "1"), Succeeds());
    start(host, "coop1");
    for (const auto* build : {"2", "3", "4", "5"}) {
        ASSERT_THAT(update(*host, build), Succeeds());
        EXPECT_EQ(look_at(host, "installation"), build);
        EXPECT_EQ(servers(host), (Servers{{"coop1", "1"}}));
    }
    EXPECT_THAT(older(host), ElementsAre("1", ""));
    EXPECT_EQ(users_of_older_installations(*host).value(), "coop1 (build 1)");
}

/// Whatever modes steamcmd gave it.
TEST(InstallationVersions, IsWrittenByNobodyElse)
{
    const TemporaryHost host;
    const auto path = fs::path((*host).state_path("installation.next"));
    std::ofstream(path / "left_here") << "x";
    fs::permissions(path / "left_here", fs::perms::all);
    fs::permissions(path, fs::perms::all);
    ASSERT_THAT(update(*host, "1"), Succeeds());
    const auto published = fs::path((*host).state_path("installation"));
    EXPECT_EQ(fs::status(published / "left_here").permissions(), fs::perms(0755));
    EXPECT_EQ(fs::status(published).permissions(), fs::perms(0755));
}

TEST(InstallationVersions, WhatNoServerRunsOnAnyMoreGoes)
{
    const TemporaryHost host;
    for (const auto* build : {"1", "2", "3"}) {
        ASSERT_THAT(update(*host, build), Succeeds());
        start(host, std::format("coop{}", build));
    }
    start(host, "other1"); // on build 3, too
    ASSERT_THAT(update(*host, "4"), Succeeds());
    EXPECT_THAT(older(host), ElementsAre("1", "2"));
    EXPECT_EQ(servers(host), (Servers{{"coop1", "1"}, {"coop2", "2"}, {"coop3", "3"}, {"other1", "3"}}));

    ToldReport told;
    release_installations(*host, "stop", told);
    EXPECT_THAT(older(host), ElementsAre("1", "2"));
    EXPECT_THAT(told.all, IsEmpty());
    stop(host, "coop1");
    release_installations(*host, "stop", told);
    EXPECT_THAT(older(host), ElementsAre("", "2"));
    EXPECT_THAT(told.all, ElementsAre(HasSubstr("removing build 1 of the game")));
    stop(host, "coop2");
    ASSERT_THAT(update(*host, "5"), Succeeds());
    EXPECT_EQ(servers(host), (Servers{{"coop3", "3"}, {"other1", "3"}}));
    EXPECT_THAT(older(host), ElementsAre("3", ""));
}

TEST(InstallationVersions, AnUpdateIsRefusedWhereNoOlderTreeCanGo)
{
    const TemporaryHost host;
    for (const auto* build : {"1", "2", "3", "4"}) {
        ASSERT_THAT(update(*host, build), Succeeds());
        start(host, std::format("coop{}", build));
    }
    EXPECT_THAT(update(*host, "5"),
                FailsWith(ExitStatus::busy,
                          "coop3 (build 3), coop1 (build 1), coop2 (build 2); l4d2ctl restart"));
    EXPECT_THAT(exchange_installation(*host), FailsWith(ExitStatus::busy, "restart coop3"));
    EXPECT_EQ(look_at(host, "installation"), "4");
    EXPECT_EQ(servers(host), (Servers{{"coop1", "1"}, {"coop2", "2"}, {"coop3", "3"}, {"coop4", "4"}}));
    start(host, "coop2"); // restarted
    EXPECT_THAT(update(*host, "5"), Succeeds());
    EXPECT_EQ(servers(host), (Servers{{"coop1", "1"}, {"coop2", "4"}, {"coop3", "3"}, {"coop4", "4"}}));
}

TEST(InstallationVersions, EachIsNumberedAndKnownByItsBuild)
{
    const TemporaryHost host;
    for (const auto* build : {"71", "72", "73"})
        ASSERT_THAT(update(*host, build), Succeeds());
    const auto present = Directory::open((*host).state_path("installation")).value();
    EXPECT_EQ(read_layer_version(present), 3U);
    const auto versions = installation_versions(*host).value();
    ASSERT_EQ(versions.size(), places.size());
    EXPECT_EQ(versions.front().directory, identity_of(present).value());
    EXPECT_EQ(versions.front().build, "73");
    EXPECT_EQ(versions.at(1).build, "72");
    EXPECT_EQ(versions.back().build, std::nullopt);
}

TEST(InstallationVersions, WhatCannotBeToldToBeUnusedStays)
{
    const TemporaryHost host;
    for (const auto* build : {"1", "2"}) {
        ASSERT_THAT(update(*host, build), Succeeds());
        start(host, "coop" + std::string(build));
    }
    ASSERT_THAT(update(*host, "3"), Succeeds());
    host.write(record_of("coop1"), "no record");
    NoReport report;
    EXPECT_FALSE(remove_unused_installations(*host, report));
    release_installations(*host, "stop", report);
    EXPECT_FALSE(update(*host, "4"));
    EXPECT_FALSE(exchange_installation(*host));
    EXPECT_THAT(older(host), ElementsAre("1", ""));
    EXPECT_EQ(look_at(host, "installation.next"), "2");
}

/// A host of 0.1.0, or one where the package is unpacked and not configured yet.
TEST(InstallationVersions, WithoutAPlaceForOlderOnesNothingIsLost)
{
    const TemporaryHost host;
    fs::remove((*host).state_path("installation.old-1"));
    fs::remove((*host).state_path("installation.old-2"));
    ASSERT_THAT(update(*host, "1"), Succeeds());
    start(host, "coop1");
    ASSERT_THAT(update(*host, "2"), Succeeds());
    EXPECT_THAT(update(*host, "3"), FailsWith(ExitStatus::busy, "coop1 (build 1)"));
    EXPECT_EQ(look_at(host, "installation.next"), "1");
    start(host, "coop1");
    EXPECT_THAT(update(*host, "3"), Succeeds());
}

TEST(InstallationExchange, PublishesNeitherWhatIsUnfinishedNorWhatIsOlder)
{
    const TemporaryHost host;
    ASSERT_THAT(update(*host, "1"), Succeeds());
    start(host, "coop1");
    EXPECT_THAT(exchange_installation(*host), FailsWith(ExitStatus::bad_data, "is not complete"));
    ASSERT_THAT(update(*host, "2"), Succeeds());
    ASSERT_TRUE(host.has("state/installation.next/.left4me-complete"));
    stop(host, "coop1"); // as in the moment before root looks
    EXPECT_THAT(exchange_installation(*host), FailsWith(ExitStatus::bad_data, "is no newer"));
    EXPECT_EQ(look_at(host, "installation"), "2");
}

TEST(InstallationExchange, FollowsNoLink)
{
    const TemporaryHost host;
    ASSERT_THAT(update(*host, "1"), Succeeds());
    start(host, "coop1");
    ASSERT_THAT(update(*host, "2"), Succeeds());
    fs::remove((*host).state_path("installation.old-1"));
    fs::create_directory_symlink("/", (*host).state_path("installation.old-1"));
    EXPECT_FALSE(exchange_installation(*host));
    EXPECT_EQ(look_at(host, "installation.next"), "1");
}

// --- killed ----------------------------------------------------------------------

struct InstallationCrash {
    std::string name;
    std::vector<std::string> runs_on; ///< of builds 1, 2 … each in turn: a server that runs on it, or ""
    std::string stops; ///< the server that then stops, or ""
    std::string build; ///< to update to; "": what no server runs on is removed alone
};

class InstallationCrashTest : public testing::TestWithParam<InstallationCrash> {};

TEST_P(InstallationCrashTest, LeavesTheOldOrTheNewAndWhatServersRunOnAtEveryChange)
{
    const auto& row = GetParam();
    const auto act = [&](const Host& host) {
        NoReport report;
        return row.build.empty() ? remove_unused_installations(host, report).has_value()
                                 : update(host, row.build).has_value();
    };
    bool goes_on = true;
    int number = 0;
    for (; goes_on; ++number) {
        SCOPED_TRACE(std::format("killed before change {}", number));
        const TemporaryHost host;
        int build = 0;
        for (const auto& server : row.runs_on) {
            ASSERT_THAT(update(*host, std::to_string(++build)), Succeeds());
            if (!server.empty())
                start(host, server);
        }
        if (!row.stops.empty())
            stop(host, row.stops);
        const auto before = servers(host);
        const auto old = std::to_string(build);
        goes_on = is_killed(number, [&] { return act(*host); });
        const auto now = look_at(host, "installation");
        EXPECT_TRUE(now == old || (!row.build.empty() && now == row.build)) << now;
        EXPECT_EQ(servers(host), before);
        if (!goes_on && !row.build.empty()) {
            EXPECT_EQ(now, row.build);
        }
        // The next one, whatever was left.
        ASSERT_THAT(update(*host, "9"), Succeeds());
        EXPECT_EQ(look_at(host, "installation"), "9");
        EXPECT_EQ(servers(host), before);
        for (const auto* place : {"installation.old-1", "installation.old-2"}) {
            const auto tree = Directory::open((*host).state_path(place)).value();
            EXPECT_EQ(look_at(host, place).empty(), servers_on(*host, tree)->empty()) << place;
        }
    }
    EXPECT_GT(number, 5) << "the changes were not counted";
}

INSTANTIATE_TEST_SUITE_P(
    Installations, InstallationCrashTest,
    testing::Values(InstallationCrash{"first_update", {""}, "", "2"},
                    InstallationCrash{"update", {"", ""}, "", "3"},
                    InstallationCrash{"update_beside_a_server", {"coop1", ""}, "", "3"},
                    InstallationCrash{"update_beside_servers_on_two", {"coop1", "coop2", ""}, "", "4"},
                    InstallationCrash{"update_after_a_stop", {"coop1", "coop2", ""}, "coop1", "4"},
                    InstallationCrash{"removal", {"coop1", "coop2", ""}, "coop1", ""}),
    NameOfCase());

} // namespace
} // namespace left4me
