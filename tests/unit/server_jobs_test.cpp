#include "accounts/server_jobs.hpp"

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

TEST_F(ServerJobsTest, AreForgottenWhenTheyAreOld)
{
    ASSERT_THAT(add(coop2), Succeeds()); // waits for ever
    for (int i = 0; i < ServerJobs::kept + 10; ++i) {
        ASSERT_THAT(add(coop1), Succeeds());
        ASSERT_THAT(jobs.end(jobs.last(coop1)->value(), {0, ""}, now), Succeeds());
    }
    EXPECT_EQ(database.number("SELECT count(*) FROM jobs").value(), ServerJobs::kept + 1);
    EXPECT_THAT(ids_to_do(), ElementsAre("1"));
}

} // namespace
} // namespace left4me
