#include "verbs/layer_verbs.hpp"

#include "layer/layer_store.hpp"
#include "verbs/server_verbs.hpp"
#include "verbs/workshop_verbs.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"
#include "told_report.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const auto maps = LayerRef::parse("maps").value();

/// The next version of a layer, with one file of that text.
Result<std::uint64_t> publish(const TemporaryHost& host, const LayerRef& ref, const std::string& text)
{
    return LayerStore::open(*host)
        .and_then([&](const LayerStore& layers) { return layers.begin_from_present(ref, "build", {}); })
        .and_then([&](LayerChange change) {
            return change.tree().replace_file("motd.txt", text, 0644).and_then([&] {
                return change.publish();
            });
        });
}

std::vector<std::string> names_of(const std::vector<LayerState>& layers)
{
    std::vector<std::string> names;
    for (const auto& layer : layers)
        names.push_back(layer.ref.str());
    return names;
}

TEST(LayerVerbs, CreateALayerOnce)
{
    const TemporaryHost host;
    EXPECT_EQ(create_layer(*host, maps), 1U);
    EXPECT_THAT(create_layer(*host, maps), FailsWith(ExitStatus::bad_data, "'maps'"));
    EXPECT_EQ(show_layer(*host, maps)->version, 1U);
}

TEST(LayerVerbs, ListLayersSorted)
{
    const TemporaryHost host;
    NoReport nobody;
    EXPECT_THAT(list_layers(*host, nobody)->items, IsEmpty());
    for (const auto* name : {"b", "a/x", "c"})
        ASSERT_THAT(create_layer(*host, LayerRef::parse(name).value()), Succeeds());
    EXPECT_THAT(names_of(list_layers(*host, nobody)->items), ElementsAre("a/x", "b", "c"));
}

/// A script may have made it so.
TEST(LayerVerbs, ListTheOthersWhereOneCannotBeRead)
{
    const TemporaryHost host;
    ToldReport told;
    for (const auto* name : {"a", "b", "c"})
        ASSERT_THAT(create_layer(*host, LayerRef::parse(name).value()), Succeeds());
    std::filesystem::remove_all((*host).state_path("versions/b"));
    host.write("state/versions/b", "");
    const auto layers = list_layers(*host, told);
    ASSERT_THAT(layers, Succeeds());
    EXPECT_THAT(names_of(layers->items), ElementsAre("a", "c"));
    EXPECT_EQ(layers->status(), static_cast<int>(ExitStatus::bad_data));
    EXPECT_THAT(told.all, ElementsAre(HasSubstr("warning b: ")));
}

TEST(LayerVerbs, ListTheWorkshopItemsOfTheOthersWhereOneListIsDamaged)
{
    const TemporaryHost host;
    ToldReport told;
    for (const auto* name : {"a", "b", "c"})
        host.write(std::format("state/overlays/{}/{}", name, workshop_list_name),
                   format_workshop_list({}));
    host.write("state/overlays/b/" + workshop_list_name, "{\x1b");
    const auto layers = workshop_lists(*host, told);
    ASSERT_THAT(layers, Succeeds());
    ASSERT_EQ(layers->items.size(), 2U);
    EXPECT_EQ(layers->items[0].ref.str(), "a");
    EXPECT_EQ(layers->items[1].ref.str(), "c");
    EXPECT_EQ(layers->status(), static_cast<int>(ExitStatus::bad_data));
    EXPECT_THAT(told.all, ElementsAre(HasSubstr("warning b: .left4me-workshop.json is no list")));
    EXPECT_THAT(workshop_list_of(*host, LayerRef::parse("b").value()),
                FailsWith(ExitStatus::bad_data, "layer 'b': .left4me-workshop.json is no list"));
}

/// As an archive, a script with umask 0 or an older version may have them.
TEST(LayerVerbs, PublishNothingThatOthersCanWrite)
{
    const TemporaryHost host;
    const auto change_modes = [](const Directory& tree, mode_t file, mode_t directory) {
        EXPECT_EQ(fchmodat(tree.descriptor(), "cfg/a.cfg", file, 0), 0);
        EXPECT_EQ(fchmodat(tree.descriptor(), "cfg", directory, 0), 0);
    };
    const auto begin = [&] {
        return LayerStore::open(*host).and_then(
            [](const LayerStore& layers) { return layers.begin_from_present(maps, "build", {}); });
    };
    {
        auto change = begin();
        ASSERT_THAT(change, Succeeds());
        ASSERT_THAT(change->tree().make_subdirectory("cfg", 0755).and_then([](const Directory& cfg) {
            return cfg.create_file("a.cfg", "", 0644);
        }),
                    Succeeds());
        change_modes(change->tree(), 04666, 01777);
        ASSERT_THAT(change->publish(), Succeeds());
    }
    const auto published = LayerStore::open(*host)->layer(maps).value();
    const auto mode_of = [](const Directory& tree, const char* name) {
        struct stat status = {};
        EXPECT_EQ(fstatat(tree.descriptor(), name, &status, AT_SYMLINK_NOFOLLOW), 0);
        return status.st_mode & 07777U;
    };
    EXPECT_EQ(mode_of(published, "cfg"), 0755U);
    EXPECT_EQ(mode_of(published, "cfg/a.cfg"), 0644U);
    // A daily script with the same umask makes nothing new.
    auto again = begin();
    ASSERT_THAT(again, Succeeds());
    change_modes(again->tree(), 0666, 0777);
    EXPECT_EQ(again->is_unchanged(), true);
}

TEST(LayerVerbs, SayWhichLayerIsNotThere)
{
    const TemporaryHost host;
    ToldReport told;
    EXPECT_THAT(show_layer(*host, maps), FailsWith(ExitStatus::not_found, "'maps'"));
    EXPECT_THAT(delete_layer(*host, maps), FailsWith(ExitStatus::not_found, "'maps'"));
    EXPECT_THAT(forget_daily(*host, maps), FailsWith(ExitStatus::not_found, "'maps'"));
    EXPECT_THAT(layer_past(*host, maps), FailsWith(ExitStatus::not_found, "'maps'"));
    EXPECT_THAT(roll_back_layer(*host, maps, {}, told), FailsWith(ExitStatus::not_found, "'maps'"));
    EXPECT_TRUE(host.is_empty("state/overlays"));
}

TEST(LayerVerbs, GoBackToTheNewestThatIsKeptOrToTheOneNamed)
{
    const TemporaryHost host;
    ToldReport told;
    for (const auto* text : {"one", "two", "three"})
        ASSERT_THAT(publish(host, maps, text), Succeeds());
    EXPECT_EQ(roll_back_layer(*host, maps, {}, told), 4U);
    EXPECT_EQ(host.read("state/overlays/maps/motd.txt"), "two");
    EXPECT_EQ(roll_back_layer(*host, maps, 1, told), 5U);
    EXPECT_EQ(host.read("state/overlays/maps/motd.txt"), "one");
    const auto past = layer_past(*host, maps).value();
    EXPECT_EQ(past.history.back().how, "rollback to 1");
    EXPECT_EQ(past.history.back().version, 5U);
}

TEST(LayerVerbs, GoBackToNothingThatIsNotKept)
{
    const TemporaryHost host;
    ToldReport told;
    ASSERT_THAT(publish(host, maps, "one"), Succeeds());
    EXPECT_THAT(roll_back_layer(*host, maps, {}, told),
                FailsWith(ExitStatus::not_found, "no older version of layer 'maps' is kept"));
    EXPECT_THAT(roll_back_layer(*host, maps, 7, told), FailsWith(ExitStatus::not_found, "7"));
    EXPECT_EQ(show_layer(*host, maps)->version, 1U);
}

TEST(LayerVerbs, DeleteNoLayerThatAServerNames)
{
    const TemporaryHost host;
    NoReport nobody;
    ASSERT_THAT(publish(host, maps, "one"), Succeeds());
    const auto coop = InstanceName::parse("coop1").value();
    ASSERT_THAT(initialize(*host, coop, "spec.yaml", "port: 27015\noverlays: [{path: maps}]\n", nobody),
                Succeeds());
    EXPECT_THAT(delete_layer(*host, maps), FailsWith(ExitStatus::busy, "is used by coop1"));
    EXPECT_EQ(host.read("state/overlays/maps/motd.txt"), "one");
    ASSERT_THAT(initialize(*host, coop, "spec.yaml", "port: 27015\n", nobody), Succeeds());
    EXPECT_THAT(delete_layer(*host, maps), Succeeds());
    EXPECT_FALSE(host.has("state/overlays/maps"));
}

TEST(LayerVerbs, RefreshDailyLayersAlone)
{
    const TemporaryHost host;
    ToldReport told;
    ASSERT_THAT(publish(host, maps, "one"), Succeeds());
    EXPECT_THAT(rebuild_daily_layers(*host, {}, told), Succeeds());
    EXPECT_THAT(told.all, ElementsAre(HasSubstr("--daily")));
    EXPECT_THAT(rebuild_daily_layers(*host, {maps}, told), FailsWith(ExitStatus::not_found, "'maps'"));
    EXPECT_THAT(forget_daily(*host, maps), FailsWith(ExitStatus::not_found, "'maps'"));
    EXPECT_EQ(show_layer(*host, maps)->version, 1U);
}

TEST(LayerVerbs, ScriptsThatCannotBeRunChangeNothing)
{
    const TemporaryHost host;
    ToldReport told;
    const BuildOrder empty = {maps, {BuildAbi::native, ""}, false};
    EXPECT_THAT(change_by_script(*host, empty, told), FailsWith(ExitStatus::bad_data, "empty"));
    EXPECT_THAT(told.all, IsEmpty());
    EXPECT_TRUE(host.is_empty("state/overlays"));
}

} // namespace
} // namespace left4me
