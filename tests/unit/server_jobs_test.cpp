#include "accounts/server_jobs.hpp"

#include "accounts/server_access.hpp"
#include "accounts_test.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Numbers of jobs that have run have a place on the host.
class ServerJobsTest : public AccountsTest {
protected:
    Result<void> add(const InstanceName& server, ServerAct act = ServerAct::start)
    {
        return jobs.add(*host, server, act, name("anna"), now);
    }
    [[nodiscard]] std::vector<std::string> ids_to_do()
    {
        std::vector<std::string> ids;
        const auto all = jobs.to_do().value();
        for (const auto& job : all)
            ids.push_back(job.id.str());
        return ids;
    }

    ServerJobs jobs{database};
    const InstanceName coop1 = *InstanceName::parse("coop1");
    const InstanceName coop2 = *InstanceName::parse("coop2");
};

TEST_F(ServerJobsTest, WaitBeginAndEnd)
{
    ASSERT_THAT(add(coop1, ServerAct::restart), Succeeds());
    auto job = jobs.last(coop1)->value();
    EXPECT_EQ(job.act, ServerAct::restart);
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

TEST_F(ServerJobsTest, AreOneAtATimeForEachServer)
{
    ASSERT_THAT(add(coop1), Succeeds());
    EXPECT_THAT(add(coop1, ServerAct::stop),
                FailsWith(ExitStatus::busy, "start of 'coop1' goes on, which anna asked for"));
    ASSERT_THAT(add(coop2), Succeeds());
    EXPECT_THAT(ids_to_do(), ElementsAre("1", "2"));
    ASSERT_THAT(jobs.end(jobs.last(coop1)->value(), {0, ""}, now), Succeeds());
    EXPECT_THAT(add(coop1, ServerAct::stop), Succeeds());
    EXPECT_THAT(ids_to_do(), ElementsAre("2", "3"));
    EXPECT_EQ(jobs.last_of_each()->at(coop1).act, ServerAct::stop);
    EXPECT_EQ(jobs.last_of_each()->at(coop2).act, ServerAct::start);
}

TEST_F(ServerJobsTest, HaveNumbersThatNobodyElseHadEver)
{
    std::filesystem::create_directories((*host).state_path("jobs/1"));
    std::filesystem::create_directories((*host).state_path("jobs/2"));
    ASSERT_THAT(add(coop1), Succeeds());
    EXPECT_EQ(jobs.last(coop1)->value().id.str(), "3");
    ASSERT_THAT(database.run("DELETE FROM jobs"), Succeeds());
    ASSERT_THAT(add(coop1), Succeeds());
    EXPECT_EQ(jobs.last(coop1)->value().id.str(), "4");
}

TEST_F(ServerJobsTest, ThatWaitAreCancelledWithThoseBehindThem)
{
    ASSERT_THAT(database.run("INSERT INTO jobs (id, server, act, user, asked, begun) "
                             "VALUES (1, 'coop1', 'initialize', 'anna', 1, 2)"),
                Succeeds());
    ASSERT_THAT(database.run("INSERT INTO jobs (id, server, act, user, asked) VALUES "
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

TEST_F(ServerJobsTest, ThatRunAreMarkedAndEndAsTheyDo)
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
TEST_F(ServerJobsTest, OfAServerThatIsNoMoreAreNoOthers)
{
    const auto anna = AccountsTest::add("anna");
    ServerAccess access(database);
    ASSERT_THAT(access.set_owner(coop1, anna.id), Succeeds());
    ASSERT_THAT(add(coop1, ServerAct::remove), Succeeds());
    ASSERT_THAT(jobs.end(jobs.last(coop1)->value(), {0, ""}, now), Succeeds());
    EXPECT_EQ(jobs.last(coop1).value(), std::nullopt);
    EXPECT_THAT(jobs.last_of_each().value(), IsEmpty());
    // One that nobody owned, whose jobs were an admin's.
    ASSERT_THAT(add(coop2), Succeeds());
    ASSERT_THAT(jobs.end(jobs.last(coop2)->value(), {0, ""}, now), Succeeds());
    ASSERT_THAT(access.set_owner(coop2, anna.id), Succeeds());
    EXPECT_EQ(jobs.last(coop2).value(), std::nullopt);
    ASSERT_THAT(add(coop2), Succeeds());
    EXPECT_NE(jobs.last(coop2).value(), std::nullopt);
}

} // namespace
} // namespace left4me
