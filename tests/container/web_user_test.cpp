// Who may use the web program, and its database: l4d2ctl web-user, web-backup, web-restore.

#include "support.hpp"

#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

constexpr int usage = 64;
constexpr int bad_data = 65;
constexpr int not_found = 66;
constexpr int busy = 75;
constexpr int not_permitted = 77;

const std::string place = state + "/web";
const std::string backup = "/tmp/left4me-web-backup.db";

struct WebUser : testing::Test {
    WebUser() { clear(); }
    ~WebUser() override { clear(); }

    // The web program has the database open.
    static void SetUpTestSuite()
    {
        output({"systemctl", "stop", "left4me-web.socket", "left4me-web.service"});
    }
    static void TearDownTestSuite() { output({"systemctl", "start", "left4me-web.socket"}); }

    static void clear()
    {
        for (const auto& file : files_below(place))
            remove_all(place + "/" + file);
        remove_all(backup);
    }

    static nlohmann::json users()
    {
        return nlohmann::json::parse(l4d2ctl({"web-user", "list", "--json"}).out);
    }

    static std::string link_of(const Words& arguments)
    {
        const auto done = l4d2ctl(arguments);
        EXPECT_EQ(done.status, 0) << done.err;
        EXPECT_EQ(lines_of(done.out).size(), 2U) << done.out;
        return lines_of(done.out).back();
    }

    static int status_of(const Words& arguments) { return l4d2ctl(arguments).status; }
};

TEST_F(WebUser, IsAddedByALinkWhoseSecretNoServerSees)
{
    EXPECT_THAT(l4d2ctl({"web-user", "list"}).out, HasSubstr("no user yet"));
    const auto link = link_of({"web-user", "add", "anna", "--admin"});
    EXPECT_THAT(link, MatchesRegex("http://127\\.0\\.0\\.1:8000/welcome#[A-Za-z0-9_-]{43}"));
    EXPECT_EQ(link_of({"web-user", "add", "tom"}).size(), link.size());
    const auto all = users();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0]["name"], "anna");
    EXPECT_EQ(all[0]["role"], "admin");
    EXPECT_EQ(all[1]["role"], "user");
    EXPECT_EQ(all[1]["password"], false);
    EXPECT_THAT(l4d2ctl({"web-user", "list"}).out, ContainsRegex("tom +user +no +link until"));
    const auto again = l4d2ctl({"web-user", "add", "anna"});
    EXPECT_EQ(again.status, bad_data);
    EXPECT_THAT(again.err, HasSubstr("there is a user 'anna' already"));
    EXPECT_EQ(status_of({"web-user", "add", "Anna"}), usage);
    EXPECT_EQ(status_of({"web-user", "reset", "nobody"}), not_found);
}

TEST_F(WebUser, IsInAFileOfUserLeft4meAlone)
{
    link_of({"web-user", "add", "anna", "--admin"});
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", place + "/left4me.db"}), "left4me:left4me 600");
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", place}), "left4me:left4me 700");
    EXPECT_NE(run({"runuser", "-u", "nobody", "--", "cat", place + "/left4me.db"}).status, 0);
    EXPECT_EQ(run({"runuser", "-u", "nobody", "--", "l4d2ctl", "web-user", "list"}).status,
              not_permitted);
    EXPECT_EQ(run_as_left4me({"l4d2ctl", "web-user", "list"}).status, 0);
}

TEST_F(WebUser, IsSentToTheNameOfTheHost)
{
    const auto settings = read_file("/etc/left4me/host.env");
    write_file("/etc/left4me/host.env", settings + "LEFT4ME_WEB_HOST=l4d.example.org\n");
    const auto link = link_of({"web-user", "add", "anna"});
    write_file("/etc/left4me/host.env", settings);
    EXPECT_THAT(link, testing::StartsWith("https://l4d.example.org/welcome#"));
}

TEST_F(WebUser, OfAMachineHasItsPasswordByADescriptor)
{
    const auto add = l4d2ctl({"web-user", "add", "bot", "--password-fd", "0"}, "a long password\n");
    EXPECT_EQ(add.status, 0) << add.err;
    EXPECT_THAT(add.out, Not(HasSubstr("#")));
    EXPECT_EQ(users()[0]["password"], true);
    const auto brief = l4d2ctl({"web-user", "add", "bot2", "--password-fd", "0"}, "too short\n");
    EXPECT_EQ(brief.status, bad_data);
    EXPECT_THAT(brief.err, HasSubstr("12 characters or more"));
    const auto none = l4d2ctl({"web-user", "add", "bot2", "--password-fd", "77"});
    EXPECT_NE(none.status, 0);
    EXPECT_THAT(none.err, HasSubstr("cannot read a password from descriptor 77"));
    EXPECT_EQ(users().size(), 1U);
    link_of({"web-user", "reset", "bot", "--admin"});
    EXPECT_EQ(users()[0]["password"], false);
    EXPECT_EQ(users()[0]["role"], "admin");
}

TEST_F(WebUser, WhoIsTheLastAdminStays)
{
    link_of({"web-user", "add", "anna", "--admin"});
    link_of({"web-user", "add", "tom"});
    const auto refused = l4d2ctl({"web-user", "delete", "anna"});
    EXPECT_EQ(refused.status, bad_data);
    EXPECT_THAT(refused.err, HasSubstr("'anna' is the last active admin"));
    EXPECT_EQ(status_of({"web-user", "deactivate", "anna"}), bad_data);
    EXPECT_EQ(status_of({"web-user", "deactivate", "tom"}), 0);
    EXPECT_EQ(users()[1]["active"], false);
    EXPECT_EQ(status_of({"web-user", "activate", "tom"}), 0);
    EXPECT_EQ(status_of({"web-user", "delete", "tom"}), 0);
    EXPECT_EQ(users().size(), 1U);
}

TEST_F(WebUser, ComesBackByABackup)
{
    link_of({"web-user", "add", "anna", "--admin"});
    const auto written = l4d2ctl({"web-backup", backup});
    ASSERT_EQ(written.status, 0) << written.err;
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", backup}), "root:root 600");
    link_of({"web-user", "add", "tom"});
    // Whoever has the database open holds this lock.
    const auto refused = run({"flock", "--shared", place, "l4d2ctl", "web-restore", backup});
    EXPECT_EQ(refused.status, busy);
    EXPECT_THAT(refused.err, HasSubstr("systemctl stop left4me-web.socket"));
    EXPECT_EQ(users().size(), 2U);
    const auto restored = l4d2ctl({"web-restore", backup});
    ASSERT_EQ(restored.status, 0) << restored.err;
    EXPECT_THAT(restored.out, HasSubstr(place + "/left4me.db.before-restore"));
    EXPECT_EQ(users().size(), 1U);
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", place + "/left4me.db"}), "left4me:left4me 600");
    const auto piped = run({"sh", "-c", "l4d2ctl web-backup - | l4d2ctl web-restore -"});
    EXPECT_EQ(piped.status, 0) << piped.err;
}

TEST_F(WebUser, OwnsNoServerThatOnlyHasTheNameOfADeletedOne)
{
    link_of({"web-user", "add", "anna"});
    ASSERT_EQ(
        run({"python3", "-c",
             std::format(
                 "import sqlite3; c = sqlite3.connect('{}/left4me.db'); "
                 "c.execute(\"INSERT INTO servers (name, owner) VALUES ('web-user-1', 1)\"); c.commit()",
                 place)})
            .status,
        0);
    const auto refused = l4d2ctl({"web-user", "delete", "anna"});
    EXPECT_EQ(refused.status, bad_data);
    EXPECT_THAT(refused.err, HasSubstr("owns server 'web-user-1'"));
    EXPECT_EQ(status_of({"delete", "web-user-1"}), 0);
    EXPECT_EQ(status_of({"web-user", "delete", "anna"}), 0);
}

TEST_F(WebUser, IsNotTakenFromADamagedFile)
{
    link_of({"web-user", "add", "anna", "--admin"});
    write_file(backup, "no database");
    const auto refused = l4d2ctl({"web-restore", backup});
    EXPECT_EQ(refused.status, bad_data);
    EXPECT_THAT(refused.err, HasSubstr("is damaged: file is not a database"));
    EXPECT_EQ(users().size(), 1U);
    write_file(place + "/left4me.db", std::string(8192, 'x'));
    const auto damaged = l4d2ctl({"web-user", "list"});
    EXPECT_EQ(damaged.status, bad_data);
    EXPECT_THAT(damaged.err, HasSubstr("l4d2ctl web-restore FILE"));
    EXPECT_EQ(read_file(place + "/left4me.db"), std::string(8192, 'x'));
}

} // namespace
} // namespace left4me::test
