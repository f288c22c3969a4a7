/// What is left of a change of layers and servers whose process is killed: before each of the
/// calls by which it changes the file system, one after the other. What a power cut takes of what
/// was not synced is the machine tier's.
#include "host/instance_store.hpp"
#include "host/mount_record.hpp"
#include "host/own_tree.hpp"
#include "layer/layer_store.hpp"
#include "system/format.hpp"

#include "crash_points.hpp"
#include "temporary_host.hpp"
#include "text_case.hpp"

#include <csignal>
#include <functional>
#include <map>
#include <set>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me {
namespace {

namespace fs = std::filesystem;

// --- layers ----------------------------------------------------------------------

const auto ref = LayerRef::parse("competitive/base").value();
const std::string layer = "state/overlays/competitive/base";

/// A new version of the layer, with that text in its file.
bool publish(const Host& host, const std::string& text)
{
    const auto store = LayerStore::open(host);
    auto change = store->begin_from_present(ref, "build", {});
    return change && change->tree().remove_file("f") && change->tree().create_file("f", text, 0600) &&
           change->publish();
}

bool roll_back(const Host& host, std::uint64_t version)
{
    auto change = LayerStore::open(host)->begin_from_version(ref, version, "rollback", {});
    return change && change->publish();
}

bool remove_layer(const Host& host)
{
    return LayerStore::open(host)->remove(ref).has_value();
}

/// The texts of the layer as it is and of its versions, which are all that there is of it.
std::multiset<std::string> texts_of(const TemporaryHost& host)
{
    std::multiset<std::string> texts;
    if (host.has(layer))
        texts.insert(host.read(layer + "/f"));
    const auto kept = LayerStore::open(*host)->versions(ref);
    if (kept)
        for (const auto number : *kept)
            texts.insert(host.read(std::format("state/versions/competitive/base/{}/f", number)));
    return texts;
}

using Texts = std::multiset<std::string>;

/// A change of a layer that has the versions "1" and "2".
struct LayerCrash {
    std::string name;
    std::function<bool(const Host&)> act;
    std::vector<Texts> outcomes; ///< what may be left, once the next change has looked at it
    std::string settings = {};   ///< host.env
};

class LayerCrashTest : public testing::TestWithParam<LayerCrash> {};

TEST_P(LayerCrashTest, LeavesTheLayerBeforeOrAfterAtEveryChange)
{
    bool goes_on = true;
    int number = 0;
    for (; goes_on; ++number) {
        SCOPED_TRACE(std::format("killed before change {}", number));
        const TemporaryHost host;
        host.write("etc/host.env", GetParam().settings);
        ASSERT_TRUE(publish(*host, "1") && publish(*host, "2"));
        goes_on = is_killed(number, [&] { return GetParam().act(*host); });
        if (host.has(layer)) { // servers may start meanwhile
            EXPECT_TRUE(host.read(layer + "/f") == "1" || host.read(layer + "/f") == "2" ||
                        host.read(layer + "/f") == "3");
        }
        // The next change, of which nothing comes, clears up.
        {
            const auto next = LayerStore::open(*host)->begin_from_present(ref, "build", {});
            ASSERT_THAT(next, Succeeds());
        }
        EXPECT_THAT(GetParam().outcomes, testing::Contains(texts_of(host)));
        if (!goes_on) {
            EXPECT_EQ(texts_of(host), GetParam().outcomes.back());
        }
        EXPECT_TRUE(!host.has("state/builds/competitive/base") ||
                    host.is_empty("state/builds/competitive/base"));
        EXPECT_TRUE(publish(*host, "4") && host.read(layer + "/f") == "4");
        ASSERT_TRUE(remove_layer(*host));
        for (const auto* root : {"state/overlays", "state/builds", "state/versions"})
            EXPECT_TRUE(host.is_empty(root)) << root;
    }
    EXPECT_GT(number, 10) << "the changes were not counted";
}

INSTANTIATE_TEST_SUITE_P(Layers, LayerCrashTest,
                         testing::Values(LayerCrash{"publish",
                                                    [](const Host& host) { return publish(host, "3"); },
                                                    {{"1", "2"}, {"1", "2", "3"}}},
                                         LayerCrash{"publish_and_prune",
                                                    [](const Host& host) { return publish(host, "3"); },
                                                    {{"1", "2"}, {"1", "2", "3"}, {"2", "3"}},
                                                    "LEFT4ME_LAYER_HISTORY=1\n"},
                                         LayerCrash{"rollback",
                                                    [](const Host& host) { return roll_back(host, 1); },
                                                    {{"1", "2"}, {"1", "1", "2"}}},
                                         // Gone, or gone but for versions that nothing leads to: the
                                         // next layer of that name has them.
                                         LayerCrash{"delete", remove_layer, {{"1", "2"}, {"1"}, {}}}),
                         NameOfCase());

/// As on a full disk: whatever act does, in a process that can write to no file.
bool succeeds_without_space(const std::function<bool()>& act)
{
    const auto child = fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit nothing = {0, 0};
        _exit(setrlimit(RLIMIT_FSIZE, &nothing) == 0 && act() ? 0 : failed);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(LayerStoreTest, PublishesNothingOfWhichItsHistoryHasNoRoom)
{
    const TemporaryHost host;
    const auto create = [&] {
        auto change = LayerStore::open(*host)->begin_new(ref, "create");
        return change && change->publish();
    };
    EXPECT_FALSE(succeeds_without_space(create));
    EXPECT_FALSE(host.has(layer));
    ASSERT_TRUE(create() && publish(*host, "2"));
    EXPECT_FALSE(succeeds_without_space([&] { return roll_back(*host, 1); }));
    EXPECT_EQ(host.read(layer + "/f"), "2");
    EXPECT_EQ(LayerStore::open(*host)->versions(ref).value(), std::vector<std::uint64_t>{1});
    EXPECT_TRUE(host.is_empty("state/builds/competitive/base"));
    EXPECT_EQ(LayerStore::open(*host)->history(ref).size(), 2U);
    EXPECT_TRUE(roll_back(*host, 1));
}

TEST(LayerStoreTest, LeavesNothingOfALayerThatWasNotMade)
{
    const TemporaryHost host;
    const auto begin = [&](const LayerRef& one) {
        return LayerStore::open(*host)->begin_from_present(one, "import", {});
    };
    const auto is_bare = [&] {
        return host.is_empty("state/overlays") && host.is_empty("state/builds") &&
               host.is_empty("state/versions");
    };
    {
        auto refused = begin(ref);
        ASSERT_THAT(refused, Succeeds());
        EXPECT_THAT(refused->discard({ExitStatus::bad_data, "refused"}), Succeeds());
    }
    EXPECT_TRUE(is_bare());
    ASSERT_THAT(begin(ref), Succeeds()); // and let go of
    EXPECT_TRUE(is_bare());

    // What left4me has published stays, though there is nothing in it.
    const auto above = LayerRef::parse("competitive").value();
    ASSERT_THAT(LayerStore::open(*host)->begin_new(above, "create")->publish(), Succeeds());
    EXPECT_THAT(begin(above)->discard({ExitStatus::bad_data, "refused"}), Succeeds());
    EXPECT_TRUE(host.has("state/overlays/competitive"));
    EXPECT_EQ(LayerStore::open(*host)->history(above).size(), 2U);
}

TEST(LayerStoreTest, TakesAnEmptyDirectoryForNoVersion)
{
    const TemporaryHost host;
    ASSERT_THAT(LayerStore::open(*host)->begin_new(ref, "create")->publish(), Succeeds());
    ASSERT_TRUE(remove_layer(*host));
    const auto overlays = (*host).open_state().value().subdirectory("overlays").value();
    ASSERT_THAT(overlays.make_path(ref.str(), 0755), Succeeds());
    EXPECT_EQ(LayerStore::open(*host)->begin_from_present(ref, "import", {})->publish().value(), 1U);
    EXPECT_THAT(LayerStore::open(*host)->versions(ref).value(), testing::IsEmpty());
}

TEST(LayerStoreTest, IsADailyLayerOnceItIsPublished)
{
    const TemporaryHost host;
    const BuildScript script = {BuildAbi::native, "echo\n"};
    const auto build = [&] {
        auto change = LayerStore::open(*host)->begin_from_present(ref, "build", {});
        return change && change->keep_daily_script(script) && change->publish();
    };
    EXPECT_FALSE(succeeds_without_space(build));
    EXPECT_FALSE(LayerStore::open(*host)->is_daily(ref).value());
    {
        auto given_up = LayerStore::open(*host)->begin_from_present(ref, "build", {});
        ASSERT_THAT(given_up->keep_daily_script(script), Succeeds());
        EXPECT_FALSE(LayerStore::open(*host)->is_daily(ref).value());
    }
    EXPECT_FALSE(LayerStore::open(*host)->is_daily(ref).value());
    EXPECT_TRUE(build());
    EXPECT_TRUE(LayerStore::open(*host)->is_daily(ref).value());
}

/// Whatever lies where left4me puts what it is about to publish, or has written last.
TEST(LayerStoreTest, IsBlockedByNothingThatLiesInItsStore)
{
    for (const auto* entry :
         {"state/builds/competitive/base/.ready", "state/versions/competitive/base/history.json",
          "state/versions/competitive/base/.history.json.new",
          "state/versions/competitive/base/.removed-1"})
        for (const auto* kind : {"link", "fifo", "directory", "shut"}) {
            SCOPED_TRACE(std::format("{} {}", entry, kind));
            const TemporaryHost host;
            ASSERT_TRUE(publish(*host, "1"));
            const auto path = fs::path((*host).state()).parent_path() / entry;
            fs::remove_all(path);
            if (kind == std::string("link"))
                fs::create_symlink("/etc", path);
            else if (kind == std::string("fifo"))
                ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
            else
                ASSERT_TRUE(fs::create_directories(path / "below"));
            if (kind == std::string("shut"))
                fs::permissions(path, fs::perms::none);
            EXPECT_TRUE(publish(*host, "2"));
            EXPECT_EQ(host.read(layer + "/f"), "2");
            EXPECT_EQ(LayerStore::open(*host)->history(ref).back().version, 2U);
            EXPECT_TRUE(remove_layer(*host));
            EXPECT_TRUE(host.is_empty("state/versions"));
        }
}

TEST(LayerStoreTest, FinishesARemovalThatWasCutOff)
{
    const TemporaryHost host;
    ASSERT_TRUE(publish(*host, "1") && publish(*host, "2"));
    fs::rename((*host).state_path("overlays/competitive/base"),
               (*host).state_path("builds/competitive/base/.ready"));
    EXPECT_TRUE(remove_layer(*host));
    for (const auto* root : {"state/overlays", "state/builds", "state/versions"})
        EXPECT_TRUE(host.is_empty(root)) << root;
    EXPECT_THAT(LayerStore::open(*host)->remove(ref), FailsWith(ExitStatus::not_found, "no layer"));
}

TEST(LayerStoreTest, KeepsAVersionThatAServerHasMounted)
{
    const TemporaryHost host;
    host.write("etc/host.env", "LEFT4ME_LAYER_HISTORY=1\n");
    ASSERT_TRUE(publish(*host, "1"));
    const auto first = LayerStore::open(*host)->layer(ref)->status().value();
    const MountRecord record = {
        {1, 1}, {{ref.str(), 1, {first.st_dev, first.st_ino}}, {"installation", 1, {1, 2}}}};
    const auto name = InstanceName::parse("coop1").value();
    host.write("run/mounts/coop1.json", format_mount_record(name, record));
    ASSERT_TRUE(publish(*host, "2") && publish(*host, "3") && publish(*host, "4"));
    EXPECT_EQ(texts_of(host), (Texts{"1", "3", "4"}));
    fs::remove((*host).run() + "/mounts/coop1.json");
    LayerStore::open(*host)->prune(ref);
    EXPECT_EQ(texts_of(host), (Texts{"3", "4"}));
}

TEST(LayerStoreTest, RefusesToRemoveWhatAServerHasMounted)
{
    const TemporaryHost host;
    ASSERT_TRUE(publish(*host, "1"));
    const auto tree = LayerStore::open(*host)->layer(ref)->status().value();
    const MountRecord record = {
        {1, 1}, {{ref.str(), 1, {tree.st_dev, tree.st_ino}}, {"installation", 1, {1, 2}}}};
    host.write("run/mounts/coop1.json",
               format_mount_record(InstanceName::parse("coop1").value(), record));
    EXPECT_THAT(LayerStore::open(*host)->remove(ref),
                FailsWith(ExitStatus::busy, "a server runs on layer"));
    EXPECT_EQ(texts_of(host), Texts{"1"});
}

// --- servers ---------------------------------------------------------------------

const auto coop = InstanceName::parse("coop1").value();

std::string spec_text(int port)
{
    return std::format("port: {}\n", port);
}

bool initialize(const Host& host, int port)
{
    const auto text = spec_text(port);
    const auto store = InstanceStore::open(host);
    return store->recover(coop).has_value() &&
           store->write(coop, parse_instance_spec("f", text).value(), text).has_value();
}

bool make_live(const Host& host)
{
    const auto store = InstanceStore::open(host);
    return store->recover(coop).has_value() &&
           store->make_live(coop, store->read_spec(coop).value()).has_value();
}

bool remove_server(const Host& host)
{
    const auto store = InstanceStore::open(host);
    return store->recover(coop).has_value() && store->remove(coop).has_value();
}

/// The port by each file of a server, which must be one; 0: there is no such server.
int port_of(const Host& host)
{
    const auto store = InstanceStore::open(host);
    if (!store->exists(coop).value())
        return 0;
    const auto spec = store->read_spec(coop);
    const auto config = store->read_config(coop);
    EXPECT_THAT(spec, Succeeds());
    EXPECT_THAT(config, Succeeds());
    EXPECT_EQ(spec->port, config->port);
    return spec->port.number();
}

int live_port_of(const Host& host)
{
    const auto config = InstanceStore::open(host)->read_live_config(coop);
    return config ? config->port.number() : 0;
}

/// A change of a server that has port 27001, was started with it, and has 27002 by now.
struct ServerCrash {
    std::string name;
    std::function<bool(const Host&)> act;
    std::set<std::pair<int, int>> outcomes; ///< its port and the live one
};

class ServerCrashTest : public testing::TestWithParam<ServerCrash> {};

TEST_P(ServerCrashTest, LeavesTheServerBeforeOrAfterAtEveryChange)
{
    bool goes_on = true;
    int number = 0;
    for (; goes_on; ++number) {
        SCOPED_TRACE(std::format("killed before change {}", number));
        const TemporaryHost host;
        ASSERT_TRUE(initialize(*host, 27001) && make_live(*host) && initialize(*host, 27002));
        goes_on = is_killed(number, [&] { return GetParam().act(*host); });
        EXPECT_TRUE(GetParam().outcomes.contains({port_of(*host), live_port_of(*host)}))
            << port_of(*host) << ", " << live_port_of(*host);
        // What the next verb does first.
        ASSERT_THAT(InstanceStore::open(*host)->recover(coop), Succeeds());
        for (const auto* root : {"instances", "live"})
            for (const auto& entry : fs::directory_iterator((*host).state_path(root)))
                EXPECT_EQ(entry.path().filename(), "coop1");
        EXPECT_TRUE(initialize(*host, 27004) && make_live(*host));
        EXPECT_EQ(port_of(*host), 27004);
        EXPECT_EQ(live_port_of(*host), 27004);
        ASSERT_TRUE(remove_server(*host));
        EXPECT_TRUE(host.is_empty("state/instances"));
        EXPECT_TRUE(host.is_empty("state/live"));
    }
    EXPECT_GT(number, 3) << "the changes were not counted";
}

INSTANTIATE_TEST_SUITE_P(
    Servers, ServerCrashTest,
    testing::Values(ServerCrash{"initialize",
                                [](const Host& host) { return initialize(host, 27003); },
                                {{27002, 27001}, {27003, 27001}}},
                    ServerCrash{"start", make_live, {{27002, 27001}, {27002, 27002}}},
                    // Without its spec it is deleted, and what is live of it goes with the next verb.
                    ServerCrash{"delete", remove_server, {{27002, 27001}, {0, 27001}, {0, 0}}}),
    NameOfCase());

// --- a server's own tree -------------------------------------------------------------

/// Its files, each with its text.
std::map<std::string, std::string> own_tree(const TemporaryHost& host)
{
    std::map<std::string, std::string> all;
    for (const auto* file : {"both", "old/f", "new/f"})
        if (host.has(formatted("state/upper/{}", file)))
            all[file] = host.read(formatted("state/upper/{}", file));
    return all;
}

bool replace_own_tree(const Directory& upper)
{
    const auto fresh = begin_replacement(upper);
    return fresh && fresh->create_file("both", "2", 0600) &&
           fresh->make_subdirectory("new", 0700).and_then([](const Directory& below) {
               return below.create_file("f", "2", 0600);
           }) &&
           put_replacement(upper);
}

TEST(OwnTreeCrash, LeavesTheOldTreeOrTheNewAtEveryChange)
{
    using Tree = std::map<std::string, std::string>;
    const Tree before = {{"both", "1"}, {"old/f", "1"}};
    const Tree after = {{"both", "2"}, {"new/f", "2"}};
    bool goes_on = true;
    bool was_old = false;
    int number = 0;
    for (; goes_on; ++number) {
        SCOPED_TRACE(formatted("killed before change {}", number));
        const TemporaryHost host;
        host.write("state/upper/both", "1");
        host.write("state/upper/old/f", "1");
        const auto upper = (*host).open_state()->subdirectory("upper").value();
        goes_on = is_killed(number, [&] { return replace_own_tree(upper); });
        ASSERT_THAT(finish_replacement(upper), Succeeds());
        const auto found = own_tree(host);
        EXPECT_TRUE(found == before || found == after);
        was_old = was_old || found == before;
        EXPECT_EQ(upper.entries()->size(), 2U) << "nothing else is left";
        EXPECT_TRUE(replace_own_tree(upper));
        EXPECT_EQ(own_tree(host), after);
    }
    EXPECT_TRUE(was_old);
    EXPECT_GT(number, 10) << "the changes were not counted";
}

} // namespace
} // namespace left4me
