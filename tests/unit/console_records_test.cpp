#include "host/console_records.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const auto name = *InstanceName::parse("coop1");
const std::string place = ".local/state/left4me/console";

class History : public testing::Test {
protected:
    ConsoleHistory open()
    {
        auto history = ConsoleHistory::open_in(*Directory::open((*host_).state()), name);
        EXPECT_THAT(history, Succeeds());
        return std::move(*history);
    }
    [[nodiscard]] std::string path() const { return (*host_).state() + '/' + place + "/coop1"; }

    TemporaryHost host_;
};

TEST_F(History, KeepsLinesForTheNextTime)
{
    EXPECT_THAT(*open().lines(), IsEmpty());
    EXPECT_THAT(open().add("status"), Succeeds());
    EXPECT_THAT(open().add("say hello"), Succeeds());
    EXPECT_THAT(*open().lines(), ElementsAre("status", "say hello"));
    struct stat status = {};
    ASSERT_EQ(stat(path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    ASSERT_EQ(stat(((*host_).state() + '/' + place).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0700U);
}

TEST_F(History, KeepsNoSecretsAndNothingThatSteersATerminal)
{
    const auto history = open();
    for (const std::string line : {"rcon_password sesame", "sv_password \"x\"", "a\x1b[2J", "a\nb"})
        EXPECT_THAT(history.add(line), Succeeds());
    EXPECT_THAT(*history.lines(), IsEmpty());
}

TEST_F(History, LeavesOutWhatNobodyCanHaveTyped)
{
    (void)open();
    std::ofstream(path()) << "status\n\nrcon_password x\na\x1b[2J\n"
                          << std::string("a\0b\n", 4) << "last";
    EXPECT_THAT(*open().lines(), ElementsAre("status", "last"));
}

TEST_F(History, DoesNotGrowForEver)
{
    const auto history = open();
    const std::string line(500, 'x');
    for (int i = 0; i < 600; ++i)
        ASSERT_THAT(history.add(line), Succeeds());
    struct stat status = {};
    ASSERT_EQ(stat(path().c_str(), &status), 0);
    EXPECT_LE(static_cast<std::size_t>(status.st_size), ConsoleHistory::max_size + line.size() + 1);
    EXPECT_GE(history.lines()->size(), ConsoleHistory::max_size / 1024);
}

TEST_F(History, FollowsNoLinks)
{
    std::filesystem::create_directories((*host_).state() + '/' + place);
    std::filesystem::create_symlink("/etc/passwd", path());
    EXPECT_FALSE(ConsoleHistory::open_in(*Directory::open((*host_).state()), name));
    std::filesystem::remove(path());
    mkfifo(path().c_str(), 0600);
    EXPECT_THAT(ConsoleHistory::open_in(*Directory::open((*host_).state()), name),
                FailsWith(ExitStatus::bad_data, "not a regular file"));
}

TEST(RefusedLogins, CountUntilTheNextStart)
{
    const TemporaryHost host;
    std::filesystem::create_directories((*host).state() + "/live/coop1");
    UnitStatus server;
    server.started = std::chrono::microseconds(12345);
    EXPECT_FALSE(RefusedLogin::is_recorded(*host, name, server));
    RefusedLogin::record(*host, name, server);
    EXPECT_TRUE(RefusedLogin::is_recorded(*host, name, server));
    server.started = std::chrono::microseconds(12346);
    EXPECT_FALSE(RefusedLogin::is_recorded(*host, name, server));
    server.started.reset();
    EXPECT_FALSE(RefusedLogin::is_recorded(*host, name, server));
}

} // namespace
} // namespace left4me
