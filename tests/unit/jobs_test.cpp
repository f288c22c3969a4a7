#include "accounts/jobs.hpp"

#include "accounts/server_access.hpp"
#include "accounts_test.hpp"
#include "model/game_update.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Numbers of jobs that have run have a place on the host.
class JobsTest : public AccountsTest {
protected:
    Result<JobId> add(const InstanceName& server, ServerAct act = ServerAct::start)
    {
        return jobs.add(*host, ServerWork{server, act}, name("anna"), now);
    }
    Result<JobId> build(const LayerRef& layer, const char* script = "true")
    {
        return jobs.add(*host, LayerWork{layer, LayerAct::build}, name("anna"), now,
                        build_request(layer, {.text = script, .daily = true}).value());
    }
    [[nodiscard]] std::vector<std::string> ids_to_do()
    {
        std::vector<std::string> ids;
        const auto all = jobs.to_do().value();
        for (const auto& job : all)
            ids.push_back(job.id.str());
        return ids;
    }

    Jobs jobs{database};
    const InstanceName coop1 = *InstanceName::parse("coop1");
    const InstanceName coop2 = *InstanceName::parse("coop2");
    const LayerRef maps = *LayerRef::parse("maps/custom");
};

TEST_F(JobsTest, WaitBeginAndEnd)
{
    ASSERT_THAT(add(coop1, ServerAct::restart), Succeeds());
    auto job = jobs.last(coop1)->value();
    EXPECT_EQ(job.work, JobWork(ServerWork{coop1, ServerAct::restart}));
    EXPECT_EQ(job.user, "anna");
    EXPECT_EQ(job.asked, now);
    EXPECT_EQ(job.begun, std::nullopt);
    EXPECT_FALSE(job.failed());
    ASSERT_THAT(jobs.begin(job, now + second), Succeeds());
    EXPECT_THAT(ids_to_do(), ElementsAre(job.id.str()));
    EXPECT_EQ(jobs.last(coop1)->value().begun, now + second);
    ASSERT_THAT(jobs.end(job, {71, "it ended"}, now + 2 * second), Succeeds());
    EXPECT_THAT(ids_to_do(), IsEmpty());
    job = jobs.last(coop1)->value();
    EXPECT_EQ(job.ended, now + 2 * second);
    EXPECT_TRUE(job.failed());
    EXPECT_EQ(job.end.error, "it ended");
}

TEST_F(JobsTest, AreOneAtATimeForEachServer)
{
    ASSERT_THAT(add(coop1), Succeeds());
    EXPECT_THAT(add(coop1, ServerAct::stop),
                FailsWith(ExitStatus::busy, "start of 'coop1' goes on, which anna asked for"));
    ASSERT_THAT(add(coop2), Succeeds());
    EXPECT_THAT(ids_to_do(), ElementsAre("1", "2"));
    ASSERT_THAT(jobs.end(jobs.last(coop1)->value(), {0, ""}, now), Succeeds());
    EXPECT_THAT(add(coop1, ServerAct::stop), Succeeds());
    EXPECT_THAT(ids_to_do(), ElementsAre("2", "3"));
    EXPECT_EQ(jobs.last_of_servers()->at(coop1).on_server()->act, ServerAct::stop);
    EXPECT_EQ(jobs.last_of_servers()->at(coop2).on_server()->act, ServerAct::start);
}

TEST_F(JobsTest, HaveNumbersThatNobodyElseHadEver)
{
    std::filesystem::create_directories((*host).state_path("jobs/1"));
    std::filesystem::create_directories((*host).state_path("jobs/2"));
    ASSERT_THAT(add(coop1), Succeeds());
    EXPECT_EQ(jobs.last(coop1)->value().id.str(), "3");
    ASSERT_THAT(database.run("DELETE FROM jobs"), Succeeds());
    ASSERT_THAT(add(coop1), Succeeds());
    EXPECT_EQ(jobs.last(coop1)->value().id.str(), "4");
}

TEST_F(JobsTest, ThatWaitAreCancelledWithThoseBehindThem)
{
    ASSERT_THAT(database.run("INSERT INTO jobs (id, subject, act, user, asked, begun) "
                             "VALUES (1, 'coop1', 'initialize', 'anna', 1, 2)"),
                Succeeds());
    ASSERT_THAT(database.run("INSERT INTO jobs (id, subject, act, user, asked) VALUES "
                             "(2, 'coop1', 'start', 'anna', 1), (3, 'coop2', 'start', 'anna', 1)"),
                Succeeds());
    const auto behind = jobs.last(coop1)->value();
    ASSERT_THAT(jobs.cancel(behind, name("berta"), now), Succeeds());
    auto job = jobs.last(coop1)->value();
    EXPECT_TRUE(job.was_cancelled());
    EXPECT_FALSE(job.failed());
    EXPECT_EQ(job.canceller, "berta");
    EXPECT_EQ(job.ended, now);
    EXPECT_EQ(job.end.status, 130);
    EXPECT_THAT(ids_to_do(), ElementsAre("1", "3")) << "no other one";
    EXPECT_THAT(add(coop1), FailsWith(ExitStatus::busy, "initialize of 'coop1' goes on"));
    EXPECT_THAT(jobs.cancel(behind, name("berta"), now), FailsWith(ExitStatus::bad_data, "has ended"));
}

TEST_F(JobsTest, ThatRunAreMarkedAndEndAsTheyDo)
{
    const auto cancelled = [&](int status) {
        EXPECT_THAT(add(coop1), Succeeds());
        EXPECT_THAT(jobs.begin(jobs.last(coop1)->value(), now), Succeeds());
        const auto job = jobs.last(coop1)->value();
        EXPECT_FALSE(job.is_to_end());
        EXPECT_THAT(jobs.cancel(job, name("berta"), now), Succeeds());
        EXPECT_TRUE(jobs.last(coop1)->value().is_to_end());
        EXPECT_THAT(jobs.cancel(job, name("carl"), now), FailsWith(ExitStatus::bad_data, "already"));
        EXPECT_THAT(jobs.end(job, {status, status == 0 ? "" : "cancelled"}, now), Succeeds());
        return jobs.last(coop1)->value();
    };
    const auto ended = cancelled(130);
    EXPECT_TRUE(ended.was_cancelled());
    EXPECT_EQ(ended.canceller, "berta");
    const auto was_faster = cancelled(0);
    EXPECT_FALSE(was_faster.was_cancelled());
    EXPECT_FALSE(was_faster.failed());
}

/// A server of the name of one that is no more has none of its jobs.
TEST_F(JobsTest, OfAServerThatIsNoMoreAreNoOthers)
{
    const auto anna = AccountsTest::add("anna");
    ServerAccess access(database);
    ASSERT_THAT(access.set_owner(coop1, anna.id), Succeeds());
    ASSERT_THAT(add(coop1, ServerAct::remove), Succeeds());
    ASSERT_THAT(jobs.end(jobs.last(coop1)->value(), {0, ""}, now), Succeeds());
    EXPECT_EQ(jobs.last(coop1).value(), std::nullopt);
    EXPECT_THAT(jobs.last_of_servers().value(), IsEmpty());
    // One that nobody owned, whose jobs were an admin's.
    ASSERT_THAT(add(coop2), Succeeds());
    ASSERT_THAT(jobs.end(jobs.last(coop2)->value(), {0, ""}, now), Succeeds());
    ASSERT_THAT(access.set_owner(coop2, anna.id), Succeeds());
    EXPECT_EQ(jobs.last(coop2).value(), std::nullopt);
    ASSERT_THAT(add(coop2), Succeeds());
    EXPECT_NE(jobs.last(coop2).value(), std::nullopt);
}

TEST_F(JobsTest, AreOneAtATimeForEachLayer)
{
    const auto first = build(maps).value();
    EXPECT_THAT(build(maps),
                FailsWith(ExitStatus::busy, "build of 'maps/custom' goes on, which anna asked for"));
    EXPECT_THAT(jobs.add(*host, LayerWork{maps, LayerAct::remove}, name("anna"), now,
                         request_for(LayerAct::remove, maps).value()),
                FailsWith(ExitStatus::busy, "goes on"));
    ASSERT_THAT(build(*LayerRef::parse("maps")), Succeeds());
    // A server of a layer's name is no layer.
    ASSERT_THAT(build(*LayerRef::parse("coop1")), Succeeds());
    ASSERT_THAT(add(coop1), Succeeds());
    EXPECT_EQ(ids_to_do().size(), 4U);
    const auto job = jobs.last(maps)->value();
    EXPECT_EQ(job.id, first);
    EXPECT_EQ(job.on_layer()->act, LayerAct::build);
    ASSERT_THAT(jobs.end(jobs.last(*LayerRef::parse("coop1"))->value(), {1, "no"}, now), Succeeds());
    EXPECT_FALSE(jobs.last(coop1)->value().ended);
    ASSERT_THAT(jobs.cancel(job, name("berta"), now), Succeeds());
    EXPECT_TRUE(jobs.last(maps)->value().was_cancelled());
    EXPECT_THAT(build(maps), Succeeds());
}

TEST_F(JobsTest, KeepWhatALayerIsToBeBuiltBy)
{
    EXPECT_EQ(jobs.last_script(maps).value(), std::nullopt);
    ASSERT_THAT(build(maps, "echo 1\n\necho 2"), Succeeds());
    const auto job = jobs.last(maps)->value();
    EXPECT_EQ(jobs.request_of(job)->format(),
              "overlay\nbuild\nmaps/custom\n--daily\n\necho 1\n\necho 2");
    ASSERT_THAT(jobs.end(job, {1, "it ended with 1"}, now), Succeeds());
    ASSERT_THAT(jobs.add(*host, LayerWork{maps, LayerAct::roll_back}, name("anna"), now,
                         request_for(LayerAct::roll_back, maps, 2).value()),
                Succeeds());
    const auto script = jobs.last_script(maps).value().value();
    EXPECT_EQ(script.text, "echo 1\n\necho 2");
    EXPECT_TRUE(script.daily);
    EXPECT_FALSE(script.multiarch);
    ASSERT_THAT(add(coop1), Succeeds());
    EXPECT_THAT(jobs.request_of(jobs.last(coop1)->value()), FailsWith(ExitStatus::bad_data, ""));
}

TEST_F(JobsTest, OfTheGameAreOneAtATime)
{
    EXPECT_EQ(jobs.last_of_game().value(), std::nullopt);
    const auto update = [&] {
        return jobs.add(*host, GameWork(), name("anna"), now, update_request(true, {}, false).value());
    };
    ASSERT_THAT(update(), Succeeds());
    EXPECT_THAT(update(),
                FailsWith(ExitStatus::busy, "update of the game goes on, which anna asked for"));
    const auto job = jobs.last_of_game()->value();
    EXPECT_EQ(kind_of(job.work), JobKind::steam);
    ASSERT_THAT(jobs.end(job, {75, "why"}, now), Succeeds());
    EXPECT_TRUE(jobs.last_of_game()->value().failed());
    EXPECT_THAT(update(), Succeeds());
}

/// What another program has written is none.
TEST_F(JobsTest, AreOfKindsAndWordsThatAreKnown)
{
    for (const auto* row :
         {"'layers', '../x', 'build'", "'layers', 'maps', 'start'", "'servers', 'coop1', 'build'",
          "'steam', '', 'install'", "'workshop', 'maps', 'update'"}) {
        ASSERT_THAT(database.run("DELETE FROM jobs"), Succeeds());
        const auto statement =
            std::string("INSERT INTO jobs (kind, subject, act, user, asked) VALUES (") + row +
            ", 'anna', 1)";
        ASSERT_THAT(database.run(statement.c_str()), Succeeds()) << row;
        EXPECT_THAT(jobs.to_do(), FailsWith(ExitStatus::bad_data, "none that this program knows"))
            << row;
    }
}

} // namespace
} // namespace left4me
