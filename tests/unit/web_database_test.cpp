#include "accounts_test.hpp"

#include <future>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

using testing::Each;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr const char* file = "state/web/left4me.db";

unsigned mode_of(const std::string& path)
{
    struct stat status = {};
    EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777U;
}

/// All that lies in web/, but what SQLite's readers share, and a log of theirs with nothing in it.
std::map<std::string, std::string> files_of(const WebHost& host)
{
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator((*host).state_path("web")))
        if (entry.path().extension() != ".db-shm")
            files[entry.path().filename()] = host.read("state/web/" + entry.path().filename().string());
    std::erase_if(files,
                  [](const auto& one) { return one.first.ends_with("-wal") && one.second.empty(); });
    return files;
}

std::int64_t user_count(Database& database)
{
    return database.number("SELECT count(*) FROM users").value();
}

void add_user(Database& database, const std::string& name)
{
    const auto done = Users(database).add(UserName::parse(name).value(), Role::user,
                                          AccountTime(std::chrono::seconds(1)));
    EXPECT_THAT(done, Succeeds());
}

/// Some pages of them.
void add_many(Database& database)
{
    EXPECT_THAT(database.run_all("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                                 "LIMIT 3000) INSERT INTO users (name, role, created) "
                                 "SELECT 'user' || i, 'user', 1 FROM n"),
                Succeeds());
}

TEST(WebDatabase, IsMadeForUserLeft4meAlone)
{
    const WebHost host;
    auto database = open_web_database(*host).value();
    add_user(database, "anna");
    for (const auto* suffix : {"", "-wal", "-shm"})
        EXPECT_EQ(mode_of((*host).state_path(std::string("web/left4me.db") + suffix)), 0600U) << suffix;
    EXPECT_FALSE(host.has("state/web/left4me.db.new"));
    EXPECT_EQ(
        database.one("PRAGMA journal_mode", {}, [](const Row& row) { return row.text(0); }).value(),
        "wal");
    const auto strict = database.all(
        "SELECT strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", {},
        [](const Row& row) { return row.integer(0); });
    EXPECT_GE(strict->size(), 9U);
    EXPECT_THAT(*strict, Each(1));
}

TEST(WebDatabase, IsOpenedByManyAtATime)
{
    const WebHost host;
    auto first = open_web_database(*host).value();
    auto second = open_web_database(*host).value();
    add_user(first, "anna");
    EXPECT_EQ(user_count(second), 1);
}

TEST(WebDatabase, IsMadeOnceByManyWhoBeginAtATime)
{
    const WebHost host;
    std::vector<std::future<bool>> all;
    for (int i = 0; i < 8; ++i)
        all.push_back(std::async(std::launch::async, [&, i] {
            auto database = open_web_database(*host);
            return database &&
                   Users(*database)
                       .add(UserName::parse(std::format("u{}", i)).value(), Role::user, AccountTime())
                       .has_value();
        }));
    for (auto& one : all)
        EXPECT_TRUE(one.get());
    auto database = open_web_database(*host).value();
    EXPECT_EQ(user_count(database), 8);
}

TEST(WebDatabase, NeedsItsDirectory)
{
    const TemporaryHost host;
    EXPECT_THAT(open_web_database(*host), FailsWith(ExitStatus::not_found, "web"));
}

struct Damage {
    std::string name;
    std::function<void(const WebHost&)> act;
    std::string message;
};
class DamagedDatabase : public testing::TestWithParam<Damage> {};

TEST_P(DamagedDatabase, IsNotOpenedAndNotTouched)
{
    const WebHost host;
    {
        auto database = open_web_database(*host).value();
        add_many(database);
    }
    GetParam().act(host);
    const auto before = files_of(host);
    EXPECT_THAT(open_web_database(*host), FailsWith(ExitStatus::bad_data, GetParam().message));
    EXPECT_THAT(open_web_database(*host), FailsWith(ExitStatus::bad_data, "l4d2ctl web-restore"));
    EXPECT_EQ(files_of(host), before);
}

std::string with_bytes(std::string text, std::size_t at, const std::string& bytes)
{
    return text.replace(at, bytes.size(), bytes);
}

void change(const WebHost& host, const char* statement)
{
    auto database =
        Database::open((*host).state_path("web/left4me.db"), Database::Access::write, "it").value();
    EXPECT_THAT(database.run(statement), Succeeds());
}

INSTANTIATE_TEST_SUITE_P(
    WebDatabase, DamagedDatabase,
    testing::Values(
        Damage{"no_database", [](const WebHost& host) { host.write(file, std::string(5000, 'x')); },
               "is damaged: file is not a database"},
        Damage{"empty", [](const WebHost& host) { host.write(file, ""); }, "is no database of left4me"},
        Damage{"first_page",
               [](const WebHost& host) {
                   host.write(file, with_bytes(host.read(file), 100, std::string(1000, '\xff')));
               },
               "damaged"},
        Damage{"page_in_the_middle",
               [](const WebHost& host) {
                   host.write(file, with_bytes(host.read(file), 2 * 4096, std::string(4096, '\xff')));
               },
               "is damaged"},
        Damage{"cut_off",
               [](const WebHost& host) { host.write(file, host.read(file).substr(0, 3 * 4096 + 100)); },
               "is damaged"},
        Damage{"of_another_program",
               [](const WebHost& host) { change(host, "PRAGMA application_id = 7"); },
               "is no database of left4me"},
        Damage{"newer", [](const WebHost& host) { change(host, "PRAGMA user_version = 99"); },
               "is of a newer left4me (version 99, "}),
    NameOfCase());

TEST(WebDatabase, IsNotWrittenWhereItMayNotBe)
{
    const WebHost host;
    (void)open_web_database(*host).value();
    const auto path = (*host).state_path("web/left4me.db");
    const auto root = geteuid() == 0;
    constexpr uid_t nobody = 65534;
    ASSERT_EQ(chmod(path.c_str(), 0444), 0);
    for (auto at = fs::path((*host).state_path("")); root && at.string().contains("left4me-host");
         at = at.parent_path())
        ASSERT_EQ(chmod(at.c_str(), 0777), 0);
    ASSERT_EQ(chmod((*host).state_path("web").c_str(), 0777), 0);
    if (root) {
        ASSERT_EQ(seteuid(nobody), 0);
    }
    const auto opened = open_web_database(*host);
    if (root) {
        ASSERT_EQ(seteuid(0), 0);
    }
    EXPECT_THAT(opened, FailsWith(ExitStatus::not_permitted, "cannot write 'web/left4me.db'"));
}

// --- versions ----------------------------------------------------------------------

std::vector<const char*> schema_with(const char* step)
{
    std::vector<const char*> schema(web_schema.begin(), web_schema.end());
    schema.push_back(step);
    return schema;
}

TEST(WebDatabase, OfTheFirstVersionIsBroughtUpWithAllThatIsInIt)
{
    const WebHost host;
    {
        auto database = open_web_database(*host, web_schema.first(1)).value();
        add_user(database, "anna");
        EXPECT_THAT(database.run_all("INSERT INTO servers VALUES ('coop1', 1); "
                                     "INSERT INTO shares VALUES ('coop1', 1, 'view')"),
                    Succeeds());
    }
    auto database = open_web_database(*host).value();
    EXPECT_EQ(database.number("PRAGMA user_version").value(), std::ssize(web_schema));
    EXPECT_EQ(user_count(database), 1);
    EXPECT_EQ(
        database.number("SELECT count(*) FROM servers JOIN shares ON server = servers.name").value(), 1);
}

TEST(WebDatabase, OfAnOlderVersionIsBroughtUpAfterACopy)
{
    const WebHost host;
    {
        auto database = open_web_database(*host).value();
        add_user(database, "anna");
    }
    const auto next = schema_with("ALTER TABLE users ADD COLUMN theme TEXT NOT NULL DEFAULT 'dark'");
    {
        auto database = open_web_database(*host, next).value();
        EXPECT_EQ(database.number("SELECT count(*) FROM users WHERE theme = 'dark'").value(), 1);
        EXPECT_EQ(database.number("PRAGMA user_version").value(), std::ssize(next));
    }
    const auto copy = std::format("web/left4me.db.before-{}", next.size());
    EXPECT_EQ(mode_of((*host).state_path(copy)), 0600U);
    EXPECT_FALSE(host.has("state/" + copy + ".new"));
    // Back to the version before: it says so, and the copy is what it was.
    EXPECT_THAT(open_web_database(*host), FailsWith(ExitStatus::bad_data, "newer left4me"));
    fs::rename((*host).state_path(copy), (*host).state_path("web/left4me.db"));
    auto database = open_web_database(*host).value();
    EXPECT_EQ(user_count(database), 1);
}

TEST(WebDatabase, StaysAsItIsWhenAVersionCannotBeMade)
{
    const WebHost host;
    {
        auto database = open_web_database(*host).value();
        add_user(database, "anna");
    }
    const auto broken = schema_with("CREATE TABLE a (x TEXT) STRICT; UPDATE users SET name = 'b'; x");
    EXPECT_THAT(open_web_database(*host, broken), FailsWith(ExitStatus::internal, "syntax error"));
    const auto orphan = schema_with("INSERT INTO sessions VALUES (1, x'00', 77, 0, 0, '', '')");
    EXPECT_FALSE(open_web_database(*host, orphan).has_value());
    auto database = open_web_database(*host).value();
    EXPECT_EQ(database.number("SELECT count(*) FROM users WHERE name = 'anna'").value(), 1);
    EXPECT_EQ(database.number("SELECT count(*) FROM sqlite_schema WHERE name = 'a'").value(), 0);
}

TEST(WebDatabase, WaitsForOneThatIsBroughtBack)
{
    const WebHost host;
    (void)open_web_database(*host).value();
    const auto directory = Directory::open((*host).state_path("web")).value();
    auto lock = lock_web_directory(directory, WebLock::alone, false).value();
    auto waiting = std::async(std::launch::async, [&] { return open_web_database(*host).has_value(); });
    EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
    lock.close();
    EXPECT_TRUE(waiting.get());
}

TEST(WebDatabase, HasAllThatWasCommittedWhenItsProgramIsGone)
{
    const WebHost host;
    const WebHost after;
    auto database = open_web_database(*host).value();
    add_user(database, "anna");
    // Pages of a change that is not committed are in the log, too.
    ASSERT_THAT(database.run("PRAGMA cache_size = 1"), Succeeds());
    const auto undone = database.in_transaction([&]() -> Result<void> {
        add_many(database);
        for (const auto* suffix : {"", "-wal"})
            after.write(std::string(file) + suffix, host.read(std::string(file) + suffix));
        return fail(ExitStatus::usage, "on purpose");
    });
    EXPECT_GT(after.read(std::string(file) + "-wal").size(), 50'000U);
    auto left = open_web_database(*after).value();
    EXPECT_EQ(user_count(left), 1);
    add_user(left, "berta");
    EXPECT_EQ(user_count(left), 2);
}

} // namespace
} // namespace left4me
