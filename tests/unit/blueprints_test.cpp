#include "accounts/blueprints.hpp"
#include "accounts/layer_access.hpp"

#include "accounts_test.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class BlueprintsTest : public AccountsTest {
protected:
    static BlueprintDraft draft(const std::string& called, bool shared = false,
                                const std::string& config = "sv_tags x")
    {
        return {.name = called,
                .shared = shared,
                .content = Blueprint::parse({.layers = "standard", .config = config}).value()};
    }
    KnownBlueprint added(const User& user, const std::string& called, bool shared = false)
    {
        const auto id = all.add(user, draft(called, shared), now);
        EXPECT_THAT(id, Succeeds());
        return all.find(user, std::to_string(id->number()))->value();
    }
    [[nodiscard]] std::vector<std::string> seen_by(const User& user)
    {
        std::vector<std::string> names;
        const auto seen = all.seen_by(user).value();
        for (const auto& known : seen)
            names.push_back(known.name);
        return names;
    }
    [[nodiscard]] bool finds(const User& user, const std::string& number)
    {
        return all.find(user, number)->has_value();
    }

    Blueprints all{database};
    const User admin = add("admin", Role::admin);
    const User anna = add("anna");
    const User tom = add("tom");
};

TEST_F(BlueprintsTest, AreTheirUsersAloneUntilTheyAreShared)
{
    const auto known = added(anna, "coop");
    added(tom, "toms");
    EXPECT_EQ(known.owner, anna.id);
    EXPECT_EQ(known.owner_name, anna.name);
    EXPECT_EQ(known.text.layers, "standard");
    EXPECT_EQ(known.text.config, "sv_tags x");
    EXPECT_EQ(known.changed, now);
    EXPECT_THAT(seen_by(anna), ElementsAre("coop"));
    EXPECT_THAT(seen_by(tom), ElementsAre("toms"));
    EXPECT_THAT(seen_by(admin), ElementsAre("coop", "toms"));
    const auto number = std::to_string(known.id.number());
    EXPECT_FALSE(finds(tom, number));
    EXPECT_TRUE(finds(admin, number));
    ASSERT_THAT(all.change(known, draft("coop", true), now), Succeeds());
    EXPECT_THAT(seen_by(tom), ElementsAre("toms", "coop"));
    EXPECT_TRUE(finds(tom, number));
    EXPECT_TRUE(Blueprints::may_change(anna, known));
    EXPECT_TRUE(Blueprints::may_change(admin, known));
    EXPECT_FALSE(Blueprints::may_change(tom, known));
}

TEST_F(BlueprintsTest, AreFoundByTheirNumberAsItIsWritten)
{
    const auto known = added(anna, "coop");
    for (const auto* number :
         {"", "01", "+1", " 1", "1 ", "0", "-1", "2", "1e0", "9999999999999999999999"})
        EXPECT_FALSE(finds(anna, number)) << number;
    EXPECT_TRUE(finds(anna, std::to_string(known.id.number())));
}

TEST_F(BlueprintsTest, HaveANameOfTheirOwn)
{
    const auto known = added(anna, "coop");
    EXPECT_THAT(all.add(anna, draft("coop"), now), FailsWith(ExitStatus::bad_data, "'coop' already"));
    EXPECT_THAT(all.add(tom, draft("coop"), now), Succeeds());
    const auto versus = added(anna, "versus");
    EXPECT_THAT(all.change(versus, draft("coop"), now), FailsWith(ExitStatus::bad_data, "already"));
    EXPECT_THAT(all.change(known, draft("coop"), now), Succeeds());
    for (const auto* bad : {"", " x", "x ", "a\nb", "\xff", "\xe2\x80\xae"})
        EXPECT_THAT(all.add(anna, draft(bad), now), FailsWith(ExitStatus::bad_data, "no name")) << bad;
    EXPECT_THAT(all.add(anna, draft(std::string(65, 'x')), now), FailsWith(ExitStatus::bad_data, "64"));
    EXPECT_THAT(all.add(anna, draft("Größe & <b>'s"), now), Succeeds());
}

TEST_F(BlueprintsTest, AreNotOverwrittenByWhoHasNotSeenTheLastChange)
{
    const auto known = added(anna, "coop");
    ASSERT_THAT(all.change(known, draft("coop", false, "first"), now + second), Succeeds());
    EXPECT_THAT(all.change(known, draft("coop", false, "second"), now), FailsWith(ExitStatus::busy, ""));
    const auto changed = all.find(anna, std::to_string(known.id.number()))->value();
    EXPECT_EQ(changed.text.config, "first");
    EXPECT_EQ(changed.changed, now + second);
    EXPECT_NE(changed.version, known.version);
}

TEST_F(BlueprintsTest, AreSoManyOfAUserAndNoMore)
{
    for (int i = 0; i < Blueprints::most_of_user; ++i)
        ASSERT_THAT(all.add(anna, draft(std::format("b{}", i)), now), Succeeds());
    EXPECT_THAT(all.add(anna, draft("more"), now), FailsWith(ExitStatus::bad_data, "100"));
    EXPECT_THAT(all.add(tom, draft("more"), now), Succeeds());
}

TEST_F(BlueprintsTest, GoWithTheirUserAndWhenTheyAreDeleted)
{
    ASSERT_THAT(all.remove(added(anna, "coop")), Succeeds());
    added(tom, "toms", true);
    ASSERT_THAT(users.remove(*host, tom.name), Succeeds());
    EXPECT_THAT(seen_by(admin), IsEmpty());
}

TEST_F(BlueprintsTest, TakeOwnLayersAndThoseOfNobody)
{
    const auto own = std::format("users/{}/x", anna.id.number());
    const auto others = std::format("users/{}/x", tom.id.number());
    const auto alike = std::format("users/{}0/x", anna.id.number());
    const auto allowed = layers_for(anna.id, {"standard", own, others, alike, "usersx/1", "users"});
    EXPECT_THAT(allowed, ElementsAre("standard", own, "usersx/1", "users"));
    const auto taking = [](const std::string& layers) {
        return Blueprint::parse({.layers = layers}).value();
    };
    EXPECT_THAT(check_blueprint_layers(taking("standard\n" + own), allowed), Succeeds());
    EXPECT_THAT(check_blueprint_layers(taking("standard\n\n" + others + " a"), allowed),
                FailsWith(ExitStatus::bad_data, "Layers, line 2: there is no layer '" + others));
    EXPECT_THAT(check_blueprint_layers(taking("missing"), allowed),
                FailsWith(ExitStatus::bad_data, "line 1"));
}

} // namespace
} // namespace left4me
