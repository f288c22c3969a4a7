#include "accounts/web_backup.hpp"

#include "accounts_test.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* file = "state/web/left4me.db";
const AccountTime now{std::chrono::seconds(1'800'000'000)};

FileDescriptor file_with(const std::string& text)
{
    FileDescriptor made(memfd_create("backup", MFD_CLOEXEC));
    EXPECT_THAT(write_all(made, "backup", text), Succeeds());
    lseek(made.get(), 0, SEEK_SET);
    return made;
}

std::vector<std::string> names_in(const WebHost& host)
{
    auto database = open_web_database(*host).value();
    std::vector<std::string> names;
    const auto all = Users(database).list().value();
    for (const auto& user : all)
        names.push_back(user.name.str());
    return names;
}

void add_user(const WebHost& host, const std::string& name)
{
    auto database = open_web_database(*host).value();
    EXPECT_THAT(Users(database).add(UserName::parse(name).value(), Role::admin, now), Succeeds());
}

std::string backup_of(const WebHost& host)
{
    return back_up_web_database(*host).value();
}

Result<std::string> restore(const WebHost& host, const std::string& bytes)
{
    return restore_web_database(*host, file_with(bytes), "FILE");
}

TEST(WebBackup, ComesBackOnAnotherHost)
{
    const WebHost host;
    add_user(host, "anna");
    const WebHost another;
    EXPECT_EQ(restore(another, backup_of(host)).value(), "") << "there was none";
    EXPECT_THAT(names_in(another), ElementsAre("anna"));
    struct stat status = {};
    ASSERT_EQ(stat((*another).state_path("web/left4me.db").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(WebBackup, TakesThePlaceOfAnotherWhichIsKept)
{
    const WebHost host;
    add_user(host, "anna");
    const auto bytes = backup_of(host);
    add_user(host, "berta");
    EXPECT_EQ(restore(host, bytes).value(), "web/left4me.db.before-restore");
    EXPECT_THAT(names_in(host), ElementsAre("anna"));
    EXPECT_EQ(restore(host, host.read("state/web/left4me.db.before-restore")).value(),
              "web/left4me.db.before-restore-2");
    EXPECT_THAT(names_in(host), ElementsAre("anna", "berta"));
    EXPECT_FALSE(host.has("state/web/left4me.db.restored"));
}

TEST(WebBackup, HasWhatIsCommittedWhileTheProgramRuns)
{
    const WebHost host;
    auto database = open_web_database(*host).value();
    Users users(database);
    ASSERT_THAT(users.add(UserName::parse("anna").value(), Role::user, now), Succeeds());
    std::string bytes;
    const auto undone = database.in_transaction([&]() -> Result<void> {
        EXPECT_THAT(users.add(UserName::parse("berta").value(), Role::user, now), Succeeds());
        bytes = backup_of(host);
        return fail(ExitStatus::usage, "on purpose");
    });
    const WebHost another;
    ASSERT_THAT(restore(another, bytes), Succeeds());
    EXPECT_THAT(names_in(another), ElementsAre("anna"));
}

TEST(WebBackup, LetsNobodyInByWhatWasOpenWhenItWasMade)
{
    const WebHost host;
    Secret cookie;
    std::optional<Token> link;
    {
        auto database = open_web_database(*host).value();
        Users users(database);
        const auto anna = UserName::parse("anna").value();
        link = users.add(anna, Role::user, now).value();
        const auto user = users.find(anna).value();
        cookie = Secret(Sessions(database).start(user.id, {}, now)->cookie.reveal());
    }
    ASSERT_THAT(restore(host, backup_of(host)), Succeeds());
    auto database = open_web_database(*host).value();
    EXPECT_EQ(Sessions(database).find(cookie.reveal(), now).value(), std::nullopt);
    EXPECT_EQ(Users(database).find_by_link(*link, now).value(), std::nullopt);
}

TEST(WebBackup, IsNotBroughtBackWhileTheProgramRuns)
{
    const WebHost host;
    add_user(host, "anna");
    const auto bytes = backup_of(host);
    const auto running = open_web_database(*host).value();
    EXPECT_THAT(restore(host, bytes), FailsWith(ExitStatus::busy, "systemctl stop left4me-web.socket"));
    EXPECT_FALSE(host.has("state/web/left4me.db.restored"));
}

TEST(WebBackup, TakesThePlaceOfADamagedOneWhichIsKeptAsItIs)
{
    const WebHost host;
    add_user(host, "anna");
    const auto bytes = backup_of(host);
    host.write(file, "damaged");
    host.write(std::string(file) + "-wal", "its log");
    ASSERT_EQ(restore(host, bytes).value(), "web/left4me.db.before-restore");
    EXPECT_THAT(names_in(host), ElementsAre("anna"));
    EXPECT_EQ(host.read("state/web/left4me.db.before-restore"), "damaged");
    EXPECT_EQ(host.read("state/web/left4me.db.before-restore-wal"), "its log");
}

TEST(WebBackup, IsNotChangedByTheLogOfTheOneBefore)
{
    const WebHost host;
    add_user(host, "anna");
    const auto bytes = backup_of(host);
    const WebHost another;
    const auto killed = open_web_database(*another).value();
    add_user(another, "berta");
    const auto log = another.read(std::string(file) + "-wal");
    ASSERT_FALSE(log.empty());
    host.write(file, "damaged");
    host.write(std::string(file) + "-wal", log);
    ASSERT_THAT(restore(host, bytes), Succeeds());
    EXPECT_THAT(names_in(host), ElementsAre("anna"));
}

struct BadBackup {
    std::string name;
    std::function<std::string(std::string)> make; ///< from a good one
    std::string message;
};
class RefusedBackup : public testing::TestWithParam<BadBackup> {};

TEST_P(RefusedBackup, LeavesTheDatabaseAsItWas)
{
    const WebHost host;
    {
        auto database = open_web_database(*host).value();
        ASSERT_THAT(database.run_all("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                                     "LIMIT 300) INSERT INTO users (name, role, created) "
                                     "SELECT 'user' || i, 'user', 1 FROM n"),
                    Succeeds());
    }
    const auto before = host.read(file);
    EXPECT_THAT(restore(host, GetParam().make(backup_of(host))),
                FailsWith(ExitStatus::bad_data, GetParam().message));
    EXPECT_EQ(host.read(file), before);
    EXPECT_FALSE(host.has("state/web/left4me.db.restored"));
    EXPECT_FALSE(host.has("state/web/left4me.db.before-restore"));
}

/// The backup, with what somebody has done to it by SQLite.
std::string after(const std::string& bytes, const std::string& statements)
{
    const TemporaryHost place;
    place.write("state/x.db", bytes);
    {
        auto database =
            Database::open((*place).state_path("x.db"), Database::Access::write, "x").value();
        EXPECT_THAT(database.run_all(statements), Succeeds());
    }
    return place.read("state/x.db");
}

INSTANTIATE_TEST_SUITE_P(
    WebBackup, RefusedBackup,
    testing::Values(
        BadBackup{"text", [](const std::string&) { return std::string(9000, 'x'); },
                  "'FILE' is damaged"},
        BadBackup{"empty", [](const std::string&) { return std::string(); }, "'FILE' is no database of"},
        BadBackup{"cut_off", [](const std::string& all) { return all.substr(0, all.size() / 2); },
                  "'FILE' is damaged"},
        BadBackup{"damaged_page",
                  [](std::string all) { return all.replace(2 * 4096, 4096, std::string(4096, '\xff')); },
                  "'FILE' is damaged"},
        BadBackup{"newer", [](const std::string& all) { return after(all, "PRAGMA user_version = 99"); },
                  "'FILE' is of a newer left4me"},
        BadBackup{"of_another_program",
                  [](const std::string& all) { return after(all, "PRAGMA application_id = 1"); },
                  "'FILE' is no database of"},
        BadBackup{"with_a_trigger",
                  [](const std::string& all) {
                      return after(all, "CREATE TRIGGER t AFTER INSERT ON sessions BEGIN "
                                        "UPDATE users SET role = 'admin'; END");
                  },
                  "'FILE' has other tables"},
        BadBackup{"with_another_view",
                  [](const std::string& all) {
                      return after(all, "DROP VIEW known_users; CREATE VIEW known_users AS "
                                        "SELECT id, name, 'admin' AS role FROM users");
                  },
                  "'FILE' has other tables"},
        BadBackup{"with_a_name_that_is_none",
                  [](const std::string& all) {
                      return after(all, "PRAGMA ignore_check_constraints = ON; "
                                        "UPDATE users SET name = 'A/../B' WHERE id = 1");
                  },
                  "'FILE' is damaged"}),
    NameOfCase());

} // namespace
} // namespace left4me
