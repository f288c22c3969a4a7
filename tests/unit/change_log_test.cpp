#include "accounts/change_log.hpp"

#include "accounts_test.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ChangeLogTest : public AccountsTest {
protected:
    void note(Change change, const ChangesKept& kept = {})
    {
        ASSERT_THAT(log.add(change, kept), Succeeds());
    }
    [[nodiscard]] std::vector<std::string> found(const ChangeFilter& filter)
    {
        std::vector<std::string> what;
        const auto page = log.some(filter).value();
        for (const auto& change : page.changes)
            what.push_back(change.what);
        return what;
    }

    ChangeLog log{database};
};

TEST_F(ChangeLogTest, KeepsAllOfAChange)
{
    note({.at = now,
          .user = "anna",
          .role = "admin",
          .address = "192.0.2.1",
          .kind = "running",
          .what = std::string(1000, 'x'),
          .about = "berta",
          .servers = {"a", "b"},
          .status = 303});
    const auto page = log.some({}).value();
    ASSERT_EQ(page.changes.size(), 1U);
    const auto& change = page.changes[0];
    EXPECT_EQ(change.at, now);
    EXPECT_EQ(change.user, "anna");
    EXPECT_EQ(change.role, "admin");
    EXPECT_EQ(change.address, "192.0.2.1");
    EXPECT_EQ(change.kind, "running");
    EXPECT_EQ(change.what.size(), 400U);
    EXPECT_EQ(change.about, "berta");
    EXPECT_THAT(change.servers, ElementsAre("a", "b"));
    EXPECT_EQ(change.status, 303U);
}

TEST_F(ChangeLogTest, FindsByWhoWhichServerWhatAndWhen)
{
    note({.at = now, .user = "anna", .kind = "running", .what = "1", .servers = {"coop1", "coop2"}});
    note({.at = now + second, .user = "berta", .kind = "users", .what = "2", .about = "anna"});
    note({.at = now + 2 * second, .user = "anna", .kind = "users", .what = "3", .servers = {"coop10"}});
    EXPECT_THAT(found({}), ElementsAre("3", "2", "1"));
    EXPECT_THAT(found({.user = "anna"}), ElementsAre("3", "2", "1"));
    EXPECT_THAT(found({.user = "berta"}), ElementsAre("2"));
    EXPECT_THAT(found({.user = "ann"}), IsEmpty());
    EXPECT_THAT(found({.server = "coop1"}), ElementsAre("1"));
    EXPECT_THAT(found({.server = "coop2"}), ElementsAre("1"));
    EXPECT_THAT(found({.server = "%"}), IsEmpty());
    EXPECT_THAT(found({.user = "anna", .kind = "users"}), ElementsAre("3", "2"));
    EXPECT_THAT(found({.from = now + second}), ElementsAre("3", "2"));
    EXPECT_THAT(found({.from = now, .until = now + 2 * second}), ElementsAre("2", "1"));
}

TEST_F(ChangeLogTest, IsShownSomeAtATime)
{
    for (int i = 0; i < 90; ++i)
        note({.at = now, .user = i % 3 == 0 ? "anna" : "berta"});
    std::vector<std::size_t> lengths;
    std::optional<std::int64_t> before;
    do {
        const auto page = log.some({.user = "berta"}, before).value();
        lengths.push_back(page.changes.size());
        before = page.older;
    } while (before);
    EXPECT_THAT(lengths, ElementsAre(40, 20));
}

TEST_F(ChangeLogTest, IsBoundedByNumberAndAgeAndRefusalsPushOutNothing)
{
    const ChangesKept kept = {.done = 100, .refused = 30, .age = std::chrono::days(10)};
    const auto count = [&](const char* which) { return database.number(which).value(); };
    note({.at = now - std::chrono::days(11), .what = "old"}, kept);
    note({.at = now, .what = "done"}, kept);
    for (int i = 0; i < 400; ++i)
        note({.at = now, .status = 404}, kept);
    EXPECT_THAT(count("SELECT count(*) FROM changes WHERE status = 404"), testing::Le(30 + 50));
    EXPECT_EQ(count("SELECT count(*) FROM changes WHERE what = 'old'"), 0);
    EXPECT_EQ(count("SELECT count(*) FROM changes WHERE what = 'done'"), 1);
    for (int i = 0; i < 400; ++i)
        note({.at = now}, kept);
    EXPECT_THAT(count("SELECT count(*) FROM changes WHERE status = 200"), testing::Le(100 + 50));
    EXPECT_THAT(count("SELECT count(*) FROM changes WHERE status = 404"), testing::Ge(30));
}

} // namespace
} // namespace left4me
