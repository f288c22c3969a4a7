#include "steam/workshop_walk.hpp"

#include "system/format.hpp"
#include "text_case.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <map>

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

WorkshopId id(int number)
{
    return WorkshopId::parse(std::to_string(number)).value();
}

std::vector<WorkshopId> ids(const std::vector<int>& numbers)
{
    std::vector<WorkshopId> all;
    std::ranges::transform(numbers, std::back_inserter(all), id);
    return all;
}

/// What Steam tells of: who is in which; from 900 on they are collections.
using World = std::map<int, std::vector<int>>;

AskCollections steam(const World& world)
{
    return [world](const std::vector<WorkshopId>& asked) -> Result<std::vector<WorkshopCollection>> {
        std::vector<WorkshopCollection> answers;
        for (const auto& [number, children] : world)
            if (std::ranges::contains(asked, id(number))) {
                auto collections = children;
                std::erase_if(collections, [](int child) { return child < 900; });
                answers.push_back({id(number), ids(children), ids(collections)});
            }
        return answers;
    };
}

/// As one that does not tell of which type the children are.
AskCollections typeless(const World& world)
{
    return [world](const std::vector<WorkshopId>& asked) {
        return steam(world)(asked).transform([](std::vector<WorkshopCollection> answers) {
            for (auto& answer : answers)
                answer.collections.clear();
            return answers;
        });
    };
}

const WorkshopList::Collection fresh = {id(900), {}, {}};

WorkshopWalk walk(const WorkshopList::Collection& before, const World& world)
{
    return walk_collection(before, steam(world)).value();
}

const World whole = {{900, {101, 901}}, {901, {102, 103, 902}}, {902, {104, 900}}};

TEST(WorkshopWalk, GoesIntoEachCollectionOnce)
{
    const auto all = walk(fresh, whole);
    EXPECT_EQ(all.now.items, ids({101, 102, 103, 104}));
    EXPECT_THAT(all.untold, IsEmpty());
    EXPECT_EQ(walk(all.now, whole).now.items, all.now.items);
}

TEST(WorkshopWalk, KeepsWhatACollectionHadThatIsNotTold)
{
    const auto before = walk(fresh, whole).now;
    // Gone from the answer, or there and empty.
    for (const auto& world :
         {World{{900, {101, 901}}, {902, {104}}}, World{{900, {101, 901}}, {901, {}}, {902, {104}}}}) {
        const auto after = walk(before, world);
        EXPECT_EQ(after.now.items, ids({101, 102, 103, 104}));
        EXPECT_EQ(after.untold, ids({901}));
        // As often as it is so.
        EXPECT_EQ(walk(after.now, world).now.items, after.now.items);
    }
    const auto none = walk(before, {});
    EXPECT_EQ(none.now.items, before.items);
    EXPECT_EQ(none.untold, ids({900, 901, 902}));
}

TEST(WorkshopWalk, TakesAwayWhatACollectionThatAnsweredHasNoMore)
{
    const auto before = walk(fresh, whole).now;
    // Also beside one that is not told, and in one that only that one leads to.
    const auto after = walk(before, {{900, {105, 901}}, {902, {106}}});
    EXPECT_EQ(after.now.items, ids({102, 103, 105, 106}));
    EXPECT_EQ(walk(before, {{900, {101}}, {902, {104}}}).now.items, ids({101}));
}

TEST(WorkshopWalk, KnowsACollectionOfTheLastTimeByItself)
{
    const auto before = walk_collection(fresh, typeless(whole)).value().now;
    EXPECT_EQ(before.items, ids({101, 102, 103, 104}));
    const auto after = walk_collection(before, typeless({{900, {101, 901}}, {902, {104}}})).value();
    EXPECT_EQ(after.now.items, before.items);
    EXPECT_EQ(after.untold, ids({901}));
}

TEST(WorkshopWalk, TakesNoCollectionForAnItem)
{
    const auto all = walk(fresh, {{900, {101, 901}}});
    EXPECT_EQ(all.now.items, ids({101}));
    EXPECT_EQ(all.untold, ids({901}));
    EXPECT_THAT(walk(fresh, {}).untold, ElementsAre(id(900)));
    EXPECT_THAT(walk(fresh, {}).now.items, IsEmpty());
}

TEST(WorkshopWalk, LosesNothingOfAListOfTheReleaseBefore)
{
    const WorkshopList::Collection before = {id(900), ids({101, 102, 103}), {}};
    // Who was in which it does not tell.
    const auto inner_hidden = walk(before, {{900, {101, 901}}});
    EXPECT_EQ(inner_hidden.now.items, ids({101, 102, 103}));
    EXPECT_EQ(inner_hidden.untold, ids({901}));
    EXPECT_EQ(walk(inner_hidden.now, {{900, {101, 901}}}).now.items, ids({101, 102, 103}));
    EXPECT_EQ(walk(inner_hidden.now, {{900, {101, 901}}, {901, {102}}}).now.items, ids({101, 102}));

    const auto all_hidden = walk(before, {});
    EXPECT_EQ(all_hidden.now.items, before.items);
    EXPECT_EQ(walk(all_hidden.now, {{900, {101, 901}}}).now.items, before.items);

    EXPECT_EQ(walk(before, {{900, {101, 901}}, {901, {102}}}).now.items, ids({101, 102}));
}

TEST(WorkshopWalk, EndsInTheDepthAndKeepsWhatWasThere)
{
    World deep;
    for (int i = 900; i < 920; ++i)
        deep[i] = {i + 1, i - 800};
    const auto all = walk(fresh, deep);
    EXPECT_EQ(all.now.items, ids({100, 101, 102, 103, 104, 105, 106, 107}));
    EXPECT_EQ(all.untold, ids({908}));
    World wide;
    for (int i = 0; i < 5001; ++i)
        wide[900].push_back(1000 + i);
    EXPECT_THAT(walk_collection(fresh, typeless(wide)),
                FailsWith(ExitStatus::bad_data, "collection 900 has more than 5000 items"));
}

TEST(WorkshopWalk, EndsWithTheErrorOfAQuestion)
{
    const auto refuse = [](const auto& /*asked*/) -> Result<std::vector<WorkshopCollection>> {
        return fail(ExitStatus::io, "no network");
    };
    EXPECT_THAT(walk_collection(fresh, refuse), FailsWith(ExitStatus::io, "no network"));
}

} // namespace
} // namespace left4me
