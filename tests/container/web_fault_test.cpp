// The web interface while something that it needs is not well: nothing is lost, and whoever looks is
// told.

#include "web_client.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <format>
#include <gmock/gmock.h>
#include <thread>

namespace left4me::test {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

const std::string service = "left4me-web.service";
const std::string database = state + "/web/left4me.db";

/// Python's own SQLite, as root; kept busy after the statements for as long as is said.
Words by_sqlite(const std::string& statements, int held_s = 0)
{
    return {"python3", "-c",
            std::format("import sqlite3, time\n"
                        "c = sqlite3.connect('{}', isolation_level=None)\n"
                        "for s in \"{}\".split(';'): c.execute(s)\n"
                        "print('held', flush=True)\ntime.sleep({})",
                        database, statements, held_s)};
}

struct WebFault : ServerTest {
    static void SetUpTestSuite()
    {
        ServerTest::SetUpTestSuite();
        output({"systemctl", "start", "left4me-web.socket"});
    }

    void SetUp() override { ASSERT_EQ(root.sign_in(browser).status, 303); }

    /// What the service says of itself, in the runs since then.
    static std::string said_since(const std::string& moment)
    {
        return run({"journalctl", "--unit=" + service, "--output=cat", "--since=" + moment}).out;
    }
    static std::string now() { return lines_of(output({"date", "+%Y-%m-%d %H:%M:%S"})).front(); }

    WebUser root{"root", true};
    Browser browser;
};

TEST_F(WebFault, ADatabaseThatAnotherHoldsDelaysNoReader)
{
    Words holder = {"systemd-run", "--quiet", "--collect", "--unit=left4me-test-holder"};
    std::ranges::copy(by_sqlite("BEGIN IMMEDIATE;DELETE FROM sessions WHERE 0", 10),
                      std::back_inserter(holder));
    output(holder);
    std::this_thread::sleep_for(seconds(1));
    for (int i = 0; i < 3; ++i) {
        const auto begun = std::chrono::steady_clock::now();
        EXPECT_EQ(browser.get("/").status, 200);
        EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(3));
    }
    Browser other;
    const auto refused = root.sign_in(other);
    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(refused.head, HasSubstr("Retry-After: "));
    EXPECT_TRUE(eventually([&] { return root.sign_in(other).status == 303; }, seconds(20)));
}

/// A database that is not right: how it is made one, and what the journal says of it.
struct Spoiled {
    const char* name;
    const char* how; ///< "{0}" is the file
    const char* says;
};

/// It does not begin, says what to do, and touches nothing.
struct WebDatabase : WebFault, testing::WithParamInterface<Spoiled> {
    void SetUp() override
    {
        WebFault::SetUp();
        output({"systemctl", "stop", "left4me-web.socket", service});
        output({"cp", "-a", state + "/web", "/tmp/left4me-web"});
    }
    void TearDown() override
    {
        run({"systemctl", "stop", "left4me-web.socket", service});
        remove_all(state + "/web");
        output({"cp", "-a", "/tmp/left4me-web", state + "/web"});
        remove_all("/tmp/left4me-web");
        output({"systemctl", "reset-failed", "left4me-web.socket"}); // started often in a short time
        output({"systemctl", "start", "left4me-web.socket"});
        EXPECT_EQ(browser.get("/").status, 200) << "the session is as it was";
    }
};

TEST_P(WebDatabase, ThatIsNotRightIsLeftAsItIs)
{
    output({"sh", "-c", std::vformat(GetParam().how, std::make_format_args(database))});
    const auto before = output({"sha256sum", database});
    const auto begun = now();
    EXPECT_NE(run({"systemctl", "start", service}).status, 0);
    EXPECT_TRUE(eventually([&] { return said_since(begun).contains(GetParam().says); }))
        << said_since(begun);
    EXPECT_EQ(output({"sha256sum", database}), before);
}

INSTANTIATE_TEST_SUITE_P(
    Each, WebDatabase,
    testing::Values(
        Spoiled{"NoDatabase", "head -c 8192 /dev/zero | tr '\\0' x >{0}", "l4d2ctl web-restore FILE"},
        Spoiled{"DamagedPages",
                "rm -f {0}-wal {0}-shm && dd if=/dev/zero of={0} bs=4096 seek=2 count=4 conv=notrunc",
                "l4d2ctl web-restore FILE"},
        Spoiled{"Newer",
                "python3 -c \"import sqlite3; c = sqlite3.connect('{0}'); "
                "c.execute('PRAGMA user_version = 99')\"",
                "is of a newer left4me"},
        Spoiled{"ReadOnly", "chown root:root {0}* && chmod 0644 {0}*", "left4me.db"}),
    [](const auto& row) { return row.param.name; });

/// What it writes it has written: it ends by itself, and is not killed in the middle.
TEST_F(WebFault, AStopLetsItEndByItself)
{
    const auto begun = now();
    constexpr int rounds = 10;
    for (int round = 0; round < rounds; ++round) {
        ASSERT_EQ(run({"systemctl", "restart", service}).status, 0);
        EXPECT_EQ(browser.get("/").status, 200);
    }
    EXPECT_THAT(said_since(begun), AllOf(HasSubstr("Deactivated successfully"),
                                         Not(HasSubstr("SIGKILL")), Not(HasSubstr("remains running"))));
}

TEST_F(WebFault, WithoutTheBrokerPagesSayThatTheHostIsBusy)
{
    output({"systemctl", "stop", "left4me-broker.socket", "left4me-broker-logs.socket"});
    const auto list = browser.get("/");
    EXPECT_THAT(list.status, AnyOf(200, 503));
    EXPECT_EQ(browser.get("/account").status, 200);
    output({"systemctl", "start", "left4me-broker.socket", "left4me-broker-logs.socket"});
    EXPECT_EQ(browser.get("/").status, 200);
}

TEST_F(WebFault, WithoutTheWatchPagesSayWhatToDo)
{
    initialize(spec(std::format("query: none\noverlays: [{{path: {}}}]\n",
                                make_game("#!/bin/sh\nexec sleep infinity\n"))));
    start();
    output({"systemctl", "stop", "left4me-watch.service"});
    EXPECT_THAT(browser.get("/").body,
                AllOf(HasSubstr(name), HasSubstr("systemctl start left4me-watch")));
    output({"systemctl", "start", "left4me-watch.service"});
    EXPECT_THAT(browser.get("/").body, Not(HasSubstr("systemctl start left4me-watch")));
}

/// What systemd says of a server is heard all the same.
TEST_F(WebFault, WithoutTheWatchOpenPagesHearOfAStop)
{
    initialize(spec(std::format("query: none\noverlays: [{{path: {}}}]\n",
                                make_game("#!/bin/sh\nexec sleep infinity\n"))));
    start();
    output({"systemctl", "stop", "left4me-watch.service"});
    const EventListener listener(browser, "/servers/" + name + "/events");
    EXPECT_TRUE(eventually([&] { return listener.heard().contains(R"("state":"running")"); }))
        << listener.heard();
    EXPECT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_TRUE(eventually([&] { return listener.heard().contains(R"("state":"stopped")"); }))
        << listener.heard();
    output({"systemctl", "start", "left4me-watch.service"});
}

TEST_F(WebFault, ALogGoesOnWhileTheJournalIsRotated)
{
    initialize(spec(std::format(
        "query: none\noverlays: [{{path: {}}}]\n",
        make_game("#!/bin/sh\ni=0\nwhile :; do i=$((i + 1)); echo \"line $i.\"; sleep 0.1; done\n"))));
    start();
    const EventListener listener(browser, "/servers/" + name + "/events");
    ASSERT_TRUE(eventually([&] { return listener.heard().contains("line 20."); }));
    output({"journalctl", "--rotate"});
    output({"journalctl", "--vacuum-files=1"});
    ASSERT_TRUE(eventually([&] { return listener.heard().contains("line 60."); }, seconds(30)));
    const auto heard = listener.heard();
    for (int i = 20; i <= 60; ++i) {
        const auto line = std::format("line {}.", i);
        const auto at = heard.find(line);
        ASSERT_NE(at, std::string::npos) << line;
        EXPECT_EQ(heard.find(line, at + 1), std::string::npos) << line << " twice";
    }
}

} // namespace
} // namespace left4me::test
