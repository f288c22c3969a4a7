#include "accounts/job_history.hpp"

#include "accounts/jobs.hpp"
#include "accounts/layer_access.hpp"
#include "accounts_test.hpp"
#include "model/game_update.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class JobHistoryTest : public AccountsTest {
protected:
    /// A job, which has ended.
    void done(const InstanceName& server, const User& user, ServerAct act = ServerAct::start)
    {
        ASSERT_THAT(jobs.add(*host, ServerWork{server, act}, user.name, now), Succeeds());
        const auto to_do = jobs.to_do().value();
        ASSERT_THAT(jobs.begin(to_do.front(), now), Succeeds());
        ASSERT_THAT(jobs.end(to_do.front(), {0, ""}, now), Succeeds());
    }
    [[nodiscard]] std::vector<std::string> seen_by(const User& user)
    {
        std::vector<std::string> ids;
        const auto page = history.seen_by(user, std::nullopt).value();
        for (const auto& job : page.jobs)
            ids.push_back(job.id.str());
        return ids;
    }
    [[nodiscard]] std::vector<std::string> not_kept(const JobsKept& kept)
    {
        std::vector<std::string> ids;
        const auto old = history.not_kept(now, kept).value();
        for (const auto& id : old)
            ids.push_back(id.str());
        return ids;
    }
    /// Rows that have ended so long ago, with logs of so many bytes.
    void ended(int first, int last, std::chrono::seconds ago, std::int64_t log)
    {
        for (int id = first; id <= last; ++id)
            ASSERT_THAT(
                database.run("INSERT INTO jobs (id, subject, act, user, asked, begun, ended, log) "
                             "VALUES (?, 'coop1', 'start', 'anna', 1, 1, ?, ?)",
                             {std::int64_t{id}, seconds_of(now - ago), log}),
                Succeeds());
    }

    Jobs jobs{database};
    JobHistory history{database};
    const InstanceName coop1 = *InstanceName::parse("coop1");
    const InstanceName coop2 = *InstanceName::parse("coop2");
};

TEST_F(JobHistoryTest, IsOfThoseWhoMaySeeTheServer)
{
    const auto admin = add("root", Role::admin);
    const auto anna = add("anna");
    const auto berta = add("berta");
    ServerAccess access(database);
    ASSERT_THAT(access.set_owner(coop1, anna.id), Succeeds());
    ASSERT_THAT(access.set_owner(coop2, berta.id), Succeeds());
    done(coop1, anna);
    done(coop2, berta);
    EXPECT_THAT(seen_by(admin), ElementsAre("2", "1"));
    EXPECT_THAT(seen_by(anna), ElementsAre("1"));
    EXPECT_THAT(seen_by(berta), ElementsAre("2"));
    EXPECT_EQ(history.find(berta, "1").value(), std::nullopt);
    EXPECT_EQ(history.find(anna, "1").value()->right, ServerRight::own);
    ASSERT_THAT(access.share(coop1, berta.id, ServerRight::view), Succeeds());
    EXPECT_THAT(seen_by(berta), ElementsAre("2", "1"));
    EXPECT_EQ(history.find(berta, "1").value()->right, ServerRight::view);
    ASSERT_THAT(access.unshare(coop1, berta.id), Succeeds());
    EXPECT_EQ(history.find(berta, "1").value(), std::nullopt);
    for (const auto* number : {"0", "01", "-1", "+1", " 1", "1 ", "x", "", "3", "99999999999999999999"})
        EXPECT_EQ(history.find(admin, number).value(), std::nullopt) << number;
}

TEST_F(JobHistoryTest, OfAServerThatIsNoMoreIsNotOfTheNextOneOfItsName)
{
    const auto admin = add("root", Role::admin);
    const auto anna = add("anna");
    const auto berta = add("berta");
    ServerAccess access(database);
    ASSERT_THAT(access.set_owner(coop1, anna.id), Succeeds());
    done(coop1, anna);
    done(coop1, anna, ServerAct::remove);
    EXPECT_THAT(seen_by(anna), ElementsAre("2")) << "that it was deleted";
    EXPECT_NE(history.find(anna, "2").value(), std::nullopt);
    EXPECT_EQ(history.find(anna, "1").value(), std::nullopt);
    ASSERT_THAT(access.set_owner(coop1, berta.id), Succeeds());
    EXPECT_THAT(seen_by(berta), IsEmpty());
    EXPECT_EQ(history.find(berta, "1").value(), std::nullopt);
    EXPECT_EQ(history.find(berta, "2").value(), std::nullopt);
    EXPECT_THAT(seen_by(admin), ElementsAre("2", "1"));
    EXPECT_TRUE(history.find(admin, "1").value()->job.past);
    // Another user of the same name is another one.
    ASSERT_THAT(users.remove(*host, name("anna")), Succeeds());
    EXPECT_THAT(seen_by(add("anna")), IsEmpty());
}

TEST_F(JobHistoryTest, OfLayersIsTheirOwnersAndOfTheGameTheAdmins)
{
    const auto admin = add("root", Role::admin);
    const auto anna = add("anna");
    const auto berta = add("berta");
    const auto build = [&](const std::string& layer) {
        const auto ref = LayerRef::parse(layer).value();
        ASSERT_THAT(jobs.add(*host, LayerWork{ref, LayerAct::build}, admin.name, now,
                             build_request(ref, {.text = "true"}).value()),
                    Succeeds());
    };
    build(own_layers(anna.id) + "maps"); // 1
    build(own_layers(anna.id).substr(0, own_layers(anna.id).size() - 1) + "0/maps"); // another user's
    build("maps");                       // 3
    ASSERT_THAT(jobs.add(*host, GameWork(), admin.name, now, update_request(true, {}, false).value()),
                Succeeds());
    EXPECT_THAT(seen_by(admin), ElementsAre("4", "3", "2", "1"));
    EXPECT_THAT(seen_by(anna), ElementsAre("1"));
    EXPECT_THAT(seen_by(berta), IsEmpty());
    EXPECT_EQ(history.find(anna, "1").value()->right, ServerRight::own);
    for (const auto* number : {"2", "3", "4"}) {
        EXPECT_EQ(history.find(anna, number).value(), std::nullopt) << number;
        EXPECT_EQ(history.find(admin, number).value()->right, ServerRight::own) << number;
    }
    EXPECT_EQ(history.find(berta, "1").value(), std::nullopt);
}

TEST_F(JobHistoryTest, IsShownSomeAtATime)
{
    const auto admin = add("root", Role::admin);
    ended(1, 65, second, 0);
    std::optional<std::int64_t> before;
    std::vector<std::size_t> lengths;
    std::set<JobId> seen;
    do {
        const auto page = history.seen_by(admin, before).value();
        lengths.push_back(page.jobs.size());
        for (const auto& job : page.jobs)
            seen.insert(job.id);
        before = page.older;
    } while (before);
    EXPECT_THAT(lengths, ElementsAre(30, 30, 5));
    EXPECT_EQ(seen.size(), 65U);
    EXPECT_EQ(history.seen_by(admin, 31).value().older, std::nullopt) << "exactly a page";
}

TEST_F(JobHistoryTest, IsKeptByNumberAgeAndSize)
{
    const std::chrono::hours day{24};
    ended(1, 2, 40 * day, 10);
    ended(3, 4, day, 100);
    ended(5, 6, day, 10);
    EXPECT_THAT(not_kept({.count = 100, .age = std::chrono::days(50), .log_bytes = 1000}), IsEmpty());
    EXPECT_THAT(not_kept({.count = 100, .age = std::chrono::days(30), .log_bytes = 1000}),
                ElementsAre("1", "2"));
    EXPECT_THAT(not_kept({.count = 3, .age = std::chrono::days(50), .log_bytes = 1000}),
                ElementsAre("1", "2", "3"));
    EXPECT_THAT(not_kept({.count = 100, .age = std::chrono::days(50), .log_bytes = 120}),
                ElementsAre("1", "2", "3"));
}

TEST_F(JobHistoryTest, NeverForgetsWhatRunsOrWaits)
{
    const std::chrono::hours day{24};
    ASSERT_THAT(database.run_all("INSERT INTO jobs (id, subject, act, user, asked, begun) VALUES "
                                 "(1, 'a', 'start', 'anna', 1, 1), (2, 'b', 'start', 'anna', 1, NULL)"),
                Succeeds());
    ended(3, 40, 400 * day, 1);
    const JobsKept nothing = {.count = 0, .age = std::chrono::days(0), .log_bytes = 0};
    std::size_t turns = 0;
    for (;; ++turns) {
        const auto old = history.not_kept(now, nothing).value();
        if (old.empty())
            break;
        ASSERT_LE(old.size(), 20U);
        ASSERT_THAT(history.forget(old), Succeeds());
    }
    EXPECT_EQ(turns, 2U);
    ASSERT_THAT(history.forget({*JobId::parse("1"), *JobId::parse("2"), *JobId::parse("77")}),
                Succeeds());
    EXPECT_THAT(history.numbers().value(), ElementsAre(*JobId::parse("1"), *JobId::parse("2")));
}

} // namespace
} // namespace left4me
