#include "accounts/linked_servers.hpp"

#include "accounts/jobs.hpp"
#include "accounts/server_access.hpp"
#include "accounts_test.hpp"

#include <atomic>
#include <thread>

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t many = 2000;

InstanceName server_named(const std::string& text)
{
    return InstanceName::parse(text).value();
}
GamePort port(int number)
{
    return GamePort::parse(std::to_string(number)).value();
}
BlueprintDraft draft(const std::string& called, const std::string& config = "sv_tags x",
                     bool shared = false)
{
    return {.name = called, .shared = shared, .content = Blueprint::parse({.config = config}).value()};
}

class LinkedServersTest : public AccountsTest {
protected:
    KnownBlueprint blueprint_of(const User& user, const std::string& called = "coop")
    {
        const auto id = Blueprints(database).add(user, draft(called), now).value();
        return known(id);
    }
    KnownBlueprint known(BlueprintId id)
    {
        return Blueprints(database).find(admin, std::to_string(id.number()))->value();
    }

    LinkedServers linked{database};
    const User admin = add("admin", Role::admin);
    const User anna = add("anna");
    const InstanceName coop1 = server_named("coop1");
};

TEST_F(LinkedServersTest, AreMadeOfABlueprintAndFollowIt)
{
    const auto blueprint = blueprint_of(anna);
    ASSERT_THAT(linked.add(anna, blueprint, coop1, port(27015), many), Succeeds());
    EXPECT_EQ(ServerAccess(database).right(anna, coop1).value(), ServerRight::own);
    auto server = linked.find(coop1)->value();
    EXPECT_EQ(server.port, port(27015));
    EXPECT_EQ(server.blueprint_name, "coop");
    EXPECT_FALSE(server.follows());
    const auto spec = linked.spec(coop1)->value();
    EXPECT_EQ(spec.text, "port: 27015\nconfig:\n  - 'sv_tags x'\n");
    ASSERT_THAT(linked.set_applied(coop1, spec.edition), Succeeds());
    EXPECT_TRUE(linked.find(coop1)->value().follows());

    // Its name, and who may see it, are nothing that a server is made of.
    ASSERT_THAT(Blueprints(database).change(blueprint, draft("renamed", "sv_tags x", true), now),
                Succeeds());
    EXPECT_TRUE(linked.find(coop1)->value().follows());
    ASSERT_THAT(Blueprints(database).change(known(blueprint.id), draft("renamed", "sv_tags y"), now),
                Succeeds());
    EXPECT_FALSE(linked.find(coop1)->value().follows());
    EXPECT_THAT(linked.spec(coop1)->value().text, HasSubstr("'sv_tags y'"));
    EXPECT_EQ(linked.find(server_named("coop2")).value(), std::nullopt);
    EXPECT_FALSE(linked.spec(server_named("coop2")).value());
}

TEST_F(LinkedServersTest, HaveANameAndAPortOfTheirOwn)
{
    const auto blueprint = blueprint_of(anna);
    ASSERT_THAT(linked.add(anna, blueprint, coop1, port(27015), many), Succeeds());
    EXPECT_THAT(linked.add(anna, blueprint, coop1, port(27016), many),
                FailsWith(ExitStatus::bad_data, "server 'coop1' already"));
    EXPECT_THAT(linked.add(anna, blueprint, server_named("coop2"), port(27015), many),
                FailsWith(ExitStatus::bad_data, "port 27015 is another server's"));
    // The table itself has it so, whoever writes to it.
    EXPECT_THAT(database.run("INSERT INTO servers (name, owner, port) VALUES ('x', ?, 27015)",
                             {anna.id.number()}),
                FailsWith(ExitStatus::bad_data, ""));
    EXPECT_EQ(linked.ports().value(), std::set{port(27015)});
    EXPECT_THAT(linked.made_of(blueprint.id).value(), testing::SizeIs(1));
}

TEST_F(LinkedServersTest, AreSoManyOfAUserAndNoMore)
{
    const auto blueprint = blueprint_of(anna);
    ASSERT_THAT(ServerAccess(database).set_owner(server_named("given"), anna.id), Succeeds());
    ASSERT_THAT(linked.add(anna, blueprint, coop1, port(27015), 2), Succeeds());
    EXPECT_THAT(linked.add(anna, blueprint, server_named("coop2"), port(27016), 2),
                FailsWith(ExitStatus::bad_data, "no more than 2"));
}

TEST_F(LinkedServersTest, AreUnlinkedWhenTheyAreGivenAway)
{
    const auto tom = add("tom");
    ASSERT_THAT(linked.add(anna, blueprint_of(anna), coop1, port(27015), many), Succeeds());
    ServerAccess access(database);
    ASSERT_THAT(access.set_owner(coop1, anna.id), Succeeds());
    EXPECT_TRUE(linked.find(coop1).value()) << "it was hers before";
    ASSERT_THAT(access.set_owner(coop1, tom.id), Succeeds());
    EXPECT_FALSE(linked.find(coop1).value());
    const auto toms = blueprint_of(tom, "toms");
    ASSERT_THAT(linked.link(coop1, toms, port(27017)), Succeeds());
    EXPECT_EQ(linked.find(coop1)->value().blueprint_name, "toms");
    EXPECT_EQ(linked.find(coop1)->value().port, port(27017));
}

TEST_F(LinkedServersTest, KeepTheirBlueprint)
{
    const auto blueprint = blueprint_of(anna);
    ASSERT_THAT(linked.add(anna, blueprint, coop1, port(27015), many), Succeeds());
    EXPECT_EQ(known(blueprint.id).servers, 1);
    EXPECT_THAT(Blueprints(database).remove(blueprint),
                FailsWith(ExitStatus::bad_data, "Servers are made"));
    ASSERT_THAT(ServerAccess(database).forget(coop1), Succeeds());
    EXPECT_THAT(Blueprints(database).remove(blueprint), Succeeds());
}

TEST_F(LinkedServersTest, AreInitialisedBeforeTheyAreStarted)
{
    ASSERT_THAT(linked.add(anna, blueprint_of(anna), coop1, port(27015), many), Succeeds());
    Jobs jobs(database);
    ASSERT_THAT(jobs.add(*host, ServerWork{coop1, ServerAct::start}, anna.name, now), Succeeds());
    const auto first = jobs.to_do().value();
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].on_server()->act, ServerAct::initialize);
    ASSERT_THAT(jobs.end(first[0], {0, ""}, now), Succeeds());
    const auto next = jobs.to_do().value();
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next[0].on_server()->act, ServerAct::start);
    ASSERT_THAT(jobs.end(next[0], {0, ""}, now), Succeeds());

    // One that cannot be is not started.
    ASSERT_THAT(jobs.add(*host, ServerWork{coop1, ServerAct::restart}, anna.name, now), Succeeds());
    const auto third = jobs.to_do().value();
    ASSERT_THAT(jobs.end(third[0], {65, "there is no layer 'x'"}, now), Succeeds());
    EXPECT_THAT(jobs.to_do().value(), IsEmpty());
    EXPECT_EQ(jobs.last(coop1)->value().on_server()->act, ServerAct::restart);
    EXPECT_TRUE(jobs.last(coop1)->value().failed());
    EXPECT_EQ(jobs.last(coop1)->value().end.error, "there is no layer 'x'");
    ASSERT_THAT(jobs.add(*host, ServerWork{coop1, ServerAct::stop}, anna.name, now), Succeeds());
    EXPECT_EQ(jobs.to_do().value()[0].on_server()->act, ServerAct::stop);
}

TEST_F(LinkedServersTest, AreForgottenOnceTheyAreDeleted)
{
    ASSERT_THAT(linked.add(anna, blueprint_of(anna), coop1, port(27015), many), Succeeds());
    ASSERT_THAT(linked.set_applied(coop1, 1), Succeeds());
    Jobs jobs(database);
    const auto done = [&](ServerAct act, int status) {
        ASSERT_THAT(jobs.add(*host, ServerWork{coop1, act}, anna.name, now), Succeeds());
        ASSERT_THAT(jobs.end(jobs.to_do().value()[0], {status, "x"}, now), Succeeds());
    };
    done(ServerAct::reset, 0);
    EXPECT_FALSE(linked.find(coop1)->value().follows());
    done(ServerAct::remove, 75);
    EXPECT_TRUE(linked.find(coop1).value());
    done(ServerAct::remove, 0);
    EXPECT_FALSE(linked.find(coop1).value());
    EXPECT_EQ(ServerAccess(database).right(anna, coop1).value(), std::nullopt);
}

TEST(FreePort, IsTheLowestThatNobodyHas)
{
    const PortRange range = {.first = port(27015), .last = port(27017)};
    EXPECT_EQ(free_port(range, {}), port(27015));
    EXPECT_EQ(free_port(range, {port(27015), port(27017), port(1024)}), port(27016));
    EXPECT_EQ(free_port(range, {port(27015), port(27016), port(27017)}), std::nullopt);
}

/// A thousand at once for one port, each a transaction of a connection's own: one gets it.
TEST_F(LinkedServersTest, OfAThousandThatWantAPortOneGetsIt)
{
    constexpr int threads = 8;
    constexpr int of_each = 125;
    const auto blueprint = blueprint_of(anna);
    std::atomic<int> made = 0;
    std::atomic<int> refused = 0;
    {
        std::vector<std::jthread> all;
        for (int thread = 0; thread < threads; ++thread)
            all.emplace_back([&, thread] {
                auto own = open_web_database(*host);
                ASSERT_THAT(own, Succeeds());
                own->set_patience(60'000);
                for (int i = 0; i < of_each; ++i) {
                    const auto done = LinkedServers(*own).add(
                        anna, blueprint, server_named(std::format("s{}", thread * of_each + i)),
                        port(27015), many);
                    if (done)
                        ++made;
                    else if (done.error().message.contains("port 27015 is another"))
                        ++refused;
                }
            });
    }
    EXPECT_EQ(made, 1);
    EXPECT_EQ(refused, threads * of_each - 1);
    EXPECT_EQ(database.number("SELECT count(*) FROM servers").value(), 1);
}

/// The limit is held by whoever asks for several at once.
TEST_F(LinkedServersTest, OfManyThatAreWantedAtOnceSoManyAreMade)
{
    constexpr int threads = 8;
    const auto blueprint = blueprint_of(anna);
    std::atomic<int> made = 0;
    {
        std::vector<std::jthread> all;
        for (int thread = 0; thread < threads; ++thread)
            all.emplace_back([&, thread] {
                auto own = open_web_database(*host);
                ASSERT_THAT(own, Succeeds());
                own->set_patience(60'000);
                if (LinkedServers(*own).add(anna, blueprint, server_named(std::format("s{}", thread)),
                                            port(27015 + thread), 3))
                    ++made;
            });
    }
    EXPECT_EQ(made, 3);
}

} // namespace
} // namespace left4me
