/// What is left of the web program's database when a process is killed while it makes one, takes
/// it to a newer version, changes it or brings a backup back: before each of the calls by which
/// it, or SQLite, changes the file system.
#include "accounts/web_backup.hpp"
#include "accounts_test.hpp"
#include "crash_points.hpp"

#include <sqlite3.h>
#include <sys/mman.h>

namespace {

// SQLite calls these by a table of its own, which it lets tests change. Of its writes each fourth
// is enough: what a part of them means is its own affair.
void count_write()
{
    constexpr int counted = 4;
    static int writes = 0;
    if (++writes % counted == 0)
        count_change();
}
ssize_t counted_write(int file, const void* bytes, size_t size)
{
    count_write();
    return write(file, bytes, size);
}
ssize_t counted_pwrite(int file, const void* bytes, size_t size, off_t at)
{
    count_write();
    return pwrite(file, bytes, size, at);
}
int counted_ftruncate(int file, off_t size)
{
    count_change();
    return ftruncate(file, size);
}
int counted_unlink(const char* path)
{
    count_change();
    return unlink(path);
}

template <class Function>
void set_call(const char* name, Function* function)
{
    auto* files = sqlite3_vfs_find(nullptr);
    files->xSetSystemCall(files, name, reinterpret_cast<sqlite3_syscall_ptr>(function));
}

} // namespace

namespace left4me {
namespace {

const AccountTime now{std::chrono::seconds(1)};

bool add_user(const Host& host, const std::string& name)
{
    auto database = open_web_database(host);
    return database && Users(*database).add(UserName::parse(name).value(), Role::user, now);
}

std::string names_in(const Host& host, std::span<const char* const> schema = web_schema)
{
    auto database = open_web_database(host, schema);
    if (!database)
        return database.error().message;
    std::string names;
    const auto all = Users(*database).list().value();
    for (const auto& user : all)
        names += user.name.str() + " ";
    return names;
}

bool restore(const Host& host, const std::string& bytes)
{
    const FileDescriptor file(memfd_create("backup", MFD_CLOEXEC));
    return write_all(file, "backup", bytes) && lseek(file.get(), 0, SEEK_SET) == 0 &&
           restore_web_database(host, file, "FILE").has_value();
}

class AccountsCrash : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        set_call("write", counted_write);
        set_call("pwrite", counted_pwrite);
        set_call("pwrite64", counted_pwrite);
        set_call("ftruncate", counted_ftruncate);
        set_call("unlink", counted_unlink);
    }

    /// Kills act before each change of a host as `before` leaves it, and looks at what is left.
    static void kill_at_each(const std::function<void(const Host&)>& before,
                             const std::function<bool(const Host&)>& act,
                             const std::function<void(const Host&)>& look)
    {
        int number = 0;
        for (bool goes_on = true; goes_on; ++number) {
            SCOPED_TRACE(std::format("killed before change {}", number));
            const WebHost host;
            before(*host);
            goes_on = is_killed(number, [&] { return act(*host); });
            look(*host);
            if (testing::Test::HasFailure())
                return;
        }
        EXPECT_GT(number, 5) << "else nothing is counted";
    }
};

TEST_F(AccountsCrash, LeavesNoneOrAWholeOneWhenItIsMade)
{
    kill_at_each([](const Host&) {},
                 [](const Host& host) { return open_web_database(host).has_value(); },
                 [](const Host& host) { EXPECT_EQ(names_in(host), ""); });
}

TEST_F(AccountsCrash, LeavesAUserOrNoneWhenOneIsAdded)
{
    kill_at_each(
        [](const Host& host) { ASSERT_TRUE(add_user(host, "anna")); },
        [](const Host& host) { return add_user(host, "berta"); },
        [](const Host& host) { EXPECT_THAT(names_in(host), testing::AnyOf("anna ", "anna berta ")); });
}

TEST_F(AccountsCrash, LeavesTheVersionBeforeOrAfter)
{
    std::vector<const char*> next(web_schema.begin(), web_schema.end());
    next.push_back("UPDATE users SET name = name || '2'; CREATE TABLE t (n INT) STRICT");
    kill_at_each([](const Host& host) { ASSERT_TRUE(add_user(host, "anna")); },
                 [&](const Host& host) { return open_web_database(host, next).has_value(); },
                 [&](const Host& host) { EXPECT_EQ(names_in(host, next), "anna2 "); });
}

TEST_F(AccountsCrash, LeavesTheDatabaseOrTheBackup)
{
    std::string backup;
    {
        const WebHost host;
        ASSERT_TRUE(add_user(*host, "backup"));
        backup = back_up_web_database(*host).value();
    }
    int looks = 0;
    kill_at_each([](const Host& host) { ASSERT_TRUE(add_user(host, "anna")); },
                 [&](const Host& host) { return restore(host, backup); },
                 [&](const Host& host) {
                     EXPECT_THAT(names_in(host), testing::AnyOf("anna ", "backup "));
                     // And again, which takes its time: after some.
                     constexpr int some = 4;
                     if (++looks % some == 0) {
                         EXPECT_TRUE(restore(host, backup));
                         EXPECT_EQ(names_in(host), "backup ");
                     }
                 });
}

} // namespace
} // namespace left4me
