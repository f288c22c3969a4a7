// What is done to servers from the web interface, each as a job.

#include "held_ports.hpp"
#include "web_client.hpp"

#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct WebActs : ServerTest {
    static void SetUpTestSuite()
    {
        ServerTest::SetUpTestSuite();
        output({"systemctl", "start", "left4me-web.socket"});
        root_ = std::make_unique<WebUser>("root", true);
    }
    static void TearDownTestSuite() { root_.reset(); }

    [[nodiscard]] std::string page() const { return "/servers/" + name; }

    /// As another program of left4me's would.
    static void sql(const std::string& statement)
    {
        EXPECT_EQ(run_as_left4me({"python3", "-c",
                                  "import sqlite3, sys; "
                                  "c = sqlite3.connect('/var/lib/left4me/web/left4me.db', timeout=30); "
                                  "c.execute(sys.argv[1]); c.commit()",
                                  statement})
                      .status,
                  0);
    }

    /// The address of the job that a page names: its last one, or so many before it.
    static std::string job_in(const std::string& body, int before)
    {
        const auto last = test::job_in(body);
        return last.empty() ? "" : std::format("/jobs/{}", std::stoi(last.substr(6)) - before);
    }

    /// A server that is made of a blueprint: its address.
    std::string make_linked()
    {
        Browser browser;
        EXPECT_EQ(root_->sign_in(browser).status, 303);
        const auto made = browser.submit_to("/blueprints", "/new-blueprint", {"name=" + name});
        EXPECT_EQ(made.status, 303) << made.body;
        const auto begin = made.head.find("/blueprints/");
        const auto blueprint = made.head.substr(begin, made.head.find('?', begin) - begin);
        const auto server =
            browser.submit_to("/new-server", "/new-server",
                              {"name=" + name, std::format("port={}", port),
                               "blueprint=" + blueprint.substr(blueprint.rfind('/') + 1)});
        EXPECT_EQ(server.status, 303) << server.body;
        EXPECT_TRUE(
            eventually([&] { return browser.get(page()).body.contains("Its settings: done at"); },
                       std::chrono::seconds(30)));
        return blueprint;
    }
    void change_blueprint(Browser& browser, const std::string& blueprint,
                          const std::string& config) const
    {
        const auto changed =
            browser.submit_to(blueprint, blueprint, {"name=" + name, "version=1", "config=" + config});
        EXPECT_EQ(changed.status, 303) << changed.body;
    }

    /// Asks for something, and waits until the page says what became of it.
    [[nodiscard]] std::string after(Browser& browser, const std::string& act, const std::string& told)
    {
        const auto answer = browser.submit_to(page() + "/act", page(), {"act=" + act});
        EXPECT_EQ(answer.status, 303) << answer.body;
        std::string body;
        EXPECT_TRUE(eventually(
            [&] {
                body = browser.get(page()).body;
                return body.contains(told);
            },
            std::chrono::seconds(60)))
            << act << ": " << body;
        return body;
    }

    static inline std::unique_ptr<WebUser> root_;
};

TEST_F(WebActs, StartRestartAndStopAServer)
{
    initialize(spec());
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    EXPECT_THAT(browser.get(page()).body, AllOf(HasSubstr(">Start</button>"), Not(HasSubstr(">Stop<"))));
    EXPECT_THAT(after(browser, "start", "Start: done at"),
                AllOf(HasSubstr(">Stop</button>"), HasSubstr(">Restart when empty</button>")));
    EXPECT_EQ(unit_property("left4me-server@" + name + ".service", "ActiveState"), "active");
    const auto first = unit_property("left4me-server@" + name + ".service", "MainPID");
    (void)after(browser, "restart-when-empty", "Restart when empty: done at");
    ASSERT_TRUE(eventually([&] { return browser.get(page()).body.contains("Do not restart"); }));
    (void)after(browser, "cancel-restart", "Do not restart: done at");
    EXPECT_EQ(unit_property("left4me-server@" + name + ".service", "MainPID"), first);
    (void)after(browser, "restart", "Restart: done at");
    EXPECT_NE(unit_property("left4me-server@" + name + ".service", "MainPID"), first);
    (void)after(browser, "stop", "Stop: done at");
    EXPECT_EQ(unit_property("left4me-server@" + name + ".service", "ActiveState"), "inactive");
    const auto said = output({"journalctl", "-u", "left4me-web.service", "--no-pager", "-o", "cat"});
    EXPECT_THAT(said, AllOf(HasSubstr(std::format("/servers/{}/act, act 'stop': done", name)),
                            HasSubstr(std::format("stop of '{}' for root: done", name))));
}

TEST_F(WebActs, AskRootAboutRunningServersOnceAMinute)
{
    // What it is written into by root, whose unit is started for it.
    const std::string record = "/run/left4me/inspection.json";
    const auto written = [&] { return output({"stat", "--format=%Y", record}); };
    initialize(spec());
    start();
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    output({"l4d2ctl", "status"});
    output({"touch", "--date=10 seconds ago", record});
    const auto before = written();
    // The page is of a reading after this.
    const auto later = name + "-later";
    ASSERT_EQ(l4d2ctl({"initialize", later, "-f", "-"}, "port: 27099\n").status, 0);
    ASSERT_TRUE(eventually([&] { return browser.get("/").body.contains(later); }));
    EXPECT_EQ(written(), before);
    output({"touch", "--date=2 minutes ago", record});
    EXPECT_TRUE(eventually([&] {
        (void)browser.get("/");
        return std::stoll(written()) > std::stoll(before);
    }));
    output({"l4d2ctl", "delete", later});
}

TEST_F(WebActs, AreInTheAuditWithWhatTheHostDid)
{
    initialize(spec());
    WebUser kai("kai", false);
    Browser browser;
    Browser kais;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    (void)kai.sign_in(kais, "wrong horse battery");
    ASSERT_EQ(kai.sign_in(kais).status, 303);
    EXPECT_EQ(kais.submit_to(page() + "/act", "/jobs", {"act=stop"}).status, 404);
    (void)after(browser, "stop", "Stop: done at");
    const auto of_server = browser.get("/audit?server=" + name).body;
    EXPECT_THAT(of_server, AllOf(HasSubstr("root (admin)"), HasSubstr("no (404)"),
                                 HasSubstr(std::format("/servers/{}/act", name))));
    const auto of_kai = browser.get("/audit?user=kai").body;
    EXPECT_THAT(of_kai, AllOf(HasSubstr("l4d2ctl web-user"), HasSubstr("root (host)"),
                              HasSubstr("somebody, as kai"), HasSubstr("no (422)"),
                              Not(HasSubstr("wrong horse"))));
    EXPECT_EQ(kais.get("/audit").status, 404);
}

TEST_F(WebActs, SayWhyTheyWereNotDone)
{
    initialize(spec(std::format("overlays:\n  - path: {}\n", make_game("#!/bin/sh\nexit 3\n"))));
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    EXPECT_THAT(after(browser, "start", "Start failed at"),
                AllOf(HasSubstr("for root: "), HasSubstr("What it said")));
    (void)after(browser, "stop", "Stop: done at");
}

TEST_F(WebActs, AreOfThoseWhoMayOperateTheServer)
{
    initialize(spec());
    WebUser kai("kai", false);
    Browser roots;
    Browser kais;
    ASSERT_EQ(root_->sign_in(roots).status, 303);
    ASSERT_EQ(kai.sign_in(kais).status, 303);
    ASSERT_EQ(roots.submit_to(page() + "/owner", page(), {"user=root"}).status, 303);
    ASSERT_EQ(roots.submit_to(page() + "/shares", page(), {"user=kai", "right=view"}).status, 303);
    EXPECT_THAT(kais.get(page()).body, Not(HasSubstr(">Start</button>")));
    EXPECT_EQ(kais.submit_to(page() + "/act", page(), {"act=start"}).status, 404);
    EXPECT_EQ(kais.submit_to("/acts", page(), {"act=start", std::format("server.{}=on", name)}).status,
              404);
    ASSERT_EQ(roots.submit_to(page() + "/shares", page(), {"user=kai", "right=operate"}).status, 303);
    EXPECT_EQ(kais.submit_to("/acts", page(), {"act=start", std::format("server.{}=on", name)}).status,
              303);
    EXPECT_TRUE(eventually([&] { return kais.get(page()).body.contains("Start: done at"); },
                           std::chrono::seconds(60)));
    EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
}

/// What was asked for is done by whichever program is there.
TEST_F(WebActs, GoOnOverAKillOfTheProgram)
{
    initialize(spec());
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    ASSERT_EQ(browser.submit_to(page() + "/act", page(), {"act=start"}).status, 303);
    output({"systemctl", "kill", "--signal=KILL", "left4me-web.service"});
    EXPECT_TRUE(eventually(
        [&] {
            const auto body = browser.get(page()).body;
            return body.contains("Start: done at") || body.contains("Start failed at");
        },
        std::chrono::seconds(90)));
}

/// A program may be killed between its own note that a job begins, and root's hearing of it.
TEST_F(WebActs, ThatRootHasNeverHeardOfAreAskedForAgain)
{
    initialize(spec());
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    const auto after_a_note = [&](const std::string& cancelled) {
        output({"systemctl", "stop", "left4me-web.service"});
        sql(std::format("INSERT INTO jobs (id, subject, act, user, asked, begun, cancelled) "
                        "SELECT max(id) + 1, '{}', 'start', 'root', 1800000000, 1800000000, '{}' "
                        "FROM (SELECT id FROM jobs UNION SELECT 900000)",
                        name, cancelled));
        std::string body;
        EXPECT_TRUE(eventually(
            [&] {
                body = browser.get(page()).body;
                return body.contains("Start: done at") || body.contains("Start failed at") ||
                       body.contains("Start: cancelled at");
            },
            std::chrono::seconds(60)));
        return body;
    };
    EXPECT_THAT(after_a_note("root"), HasSubstr("Start: cancelled at"));
    EXPECT_EQ(unit_property(server_unit(), "ActiveState"), "inactive");
    EXPECT_THAT(after_a_note(""), HasSubstr("Start: done at"));
    EXPECT_EQ(unit_property(server_unit(), "ActiveState"), "active");
}

TEST_F(WebActs, AreFollowedCancelledAndKeptFromOthers)
{
    const auto made = make_linked();
    WebUser kai("kai", false);
    Browser roots;
    Browser kais;
    ASSERT_EQ(root_->sign_in(roots).status, 303);
    ASSERT_EQ(kai.sign_in(kais).status, 303);
    const HeldPorts held;
    change_blueprint(roots, made, "sv_tags canary");
    ASSERT_EQ(roots.submit_to(page() + "/act", page(), {"act=start"}).status, 303);
    const auto job = job_in(roots.get(page()).body, 1);
    ASSERT_NE(job, "");
    EventListener follower(roots, job + "/events?after=0");
    EXPECT_TRUE(eventually([&] { return follower.heard().contains("waiting for the table of ports"); }))
        << follower.heard();
    EXPECT_THAT(roots.get("/jobs").body, AllOf(HasSubstr(">at work<"), HasSubstr(">waits<")));

    for (const auto& path : {job, job + "/events"})
        EXPECT_EQ(kais.get(path).status, 404) << path;
    EXPECT_THAT(kais.get("/jobs").body, Not(HasSubstr(name)));
    EXPECT_EQ(kais.submit_to(job + "/cancel", "/jobs", {}).status, 404);
    ASSERT_EQ(roots.submit_to(page() + "/shares", page(), {"user=kai", "right=view"}).status, 303);
    EXPECT_THAT(kais.get(job).body, AllOf(HasSubstr(">at work<"), Not(HasSubstr(">Cancel<"))));
    EXPECT_EQ(kais.submit_to(job + "/cancel", job, {}).status, 404);
    EventListener lost(kais, job + "/events?after=0");
    EXPECT_TRUE(eventually([&] { return lost.heard().contains("waiting for"); }));
    ASSERT_EQ(roots.submit_to(page() + "/shares/end", page(), {"user=kai"}).status, 303);
    EXPECT_TRUE(eventually([&] { return lost.has_ended(); })) << "the right is gone";
    EXPECT_EQ(kais.get(job).status, 404);

    ASSERT_EQ(roots.submit_to(job + "/cancel", job, {}).status, 303);
    EXPECT_TRUE(eventually([&] { return roots.get(job).body.contains(">cancelled<"); },
                           std::chrono::seconds(60)))
        << roots.get(job).body;
    EXPECT_TRUE(eventually([&] { return follower.heard().contains("event: reload"); }));
    EXPECT_THAT(roots.get(page()).body, HasSubstr("Start: cancelled at"));
    EXPECT_THAT(roots.get("/jobs").body, Not(HasSubstr(">waits<"))) << "what was behind it";
    EXPECT_EQ(roots.submit_to(job + "/cancel", job, {}).status, 409);
    EXPECT_EQ(unit_property("left4me-server@" + name + ".service", "ActiveState"), "inactive");
}

TEST_F(WebActs, AreForgottenWithTheirLogsWhenTheyAreOld)
{
    initialize(spec());
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    (void)after(browser, "stop", "Stop: done at");
    const auto job = job_in(browser.get(page()).body, 0);
    const auto place = state + job;
    ASSERT_TRUE(exists(place + "/log")) << place;
    sql(std::format("UPDATE jobs SET ended = 1000000000 WHERE id = {}", job.substr(job.rfind('/') + 1)));
    output({"systemctl", "restart", "left4me-web.service"});
    EXPECT_TRUE(eventually([&] { return browser.get(job).status == 404; }));
    EXPECT_FALSE(exists(place));
}

/// From a form to a game that has what the form said, and what it says later at its next start.
TEST_F(WebActs, MakeAServerOfABlueprintThatFollowsIt)
{
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    const auto refused = browser.submit_to("/blueprints", "/new-blueprint",
                                           {"name=b", "layers=", "config=a\nrcon_password x"});
    EXPECT_EQ(refused.status, 422);
    EXPECT_THAT(refused.body, HasSubstr("Configuration, line 2: rcon_password is not set here"));
    const auto made = browser.submit_to("/blueprints", "/new-blueprint",
                                        {"name=b", "arguments=+map c2m1_highway", "config=sv_tags one"});
    ASSERT_EQ(made.status, 303) << made.body;
    const auto begin = made.head.find("/blueprints/");
    const auto blueprint = made.head.substr(begin, made.head.find('?', begin) - begin);
    const auto number = blueprint.substr(blueprint.rfind('/') + 1);

    EXPECT_THAT(browser.get("/new-server").body, HasSubstr("name=\"port\" value=\"27"));
    const auto server =
        browser.submit_to("/new-server", "/new-server",
                          {"name=" + name, std::format("port={}", port), "blueprint=" + number});
    ASSERT_EQ(server.status, 303) << server.body;
    EXPECT_EQ(browser
                  .submit_to("/new-server", "/new-server",
                             {"name=" + name, std::format("port={}", port + 1), "blueprint=" + number})
                  .status,
              422)
        << "there is one of that name";
    ASSERT_TRUE(eventually([&] { return exists(instance()); }, std::chrono::seconds(30)))
        << browser.get(page()).body;
    EXPECT_EQ(
        l4d2ctl({"spec", name}).out,
        std::format("port: {}\narguments:\n  - '+map'\n  - 'c2m1_highway'\nconfig:\n  - 'sv_tags one'\n",
                    port));
    ASSERT_TRUE(eventually([&] { return browser.get(page()).body.contains("Its settings: done at"); }));
    (void)after(browser, "start", "Start: done at");
    EXPECT_THAT(browser.get(page()).body, Not(HasSubstr("restart to apply its blueprint")));

    const auto changed =
        browser.submit_to(blueprint, blueprint, {"name=b", "version=1", "config=sv_tags two"});
    ASSERT_EQ(changed.status, 303) << changed.body;
    EXPECT_EQ(browser.submit_to(blueprint, blueprint, {"name=b", "version=1", "config=x"}).status, 409)
        << "it was changed since";
    EXPECT_THAT(browser.get(page()).body, HasSubstr("restart to apply its blueprint"));
    EXPECT_THAT(browser.get("/").body, HasSubstr("restart to apply its blueprint"));
    (void)after(browser, "restart", "Restart: done at");
    EXPECT_THAT(browser.get(page()).body, Not(HasSubstr("restart to apply its blueprint")));
    EXPECT_THAT(output({"cat", instance() + "/server.cfg"}), HasSubstr("sv_tags two"));

    EXPECT_EQ(browser.submit_to(blueprint + "/delete", blueprint, {"name=b"}).status, 422)
        << "a server is made of it";
    EXPECT_EQ(browser.submit_to(page() + "/delete", page(), {"act=reset", "name=" + name}).status, 303);
    ASSERT_TRUE(eventually([&] { return browser.get(page()).body.contains("Reset: done at"); },
                           std::chrono::seconds(60)));
    EXPECT_FALSE(exists(instance()));
    EXPECT_EQ(browser.submit_to(page() + "/delete", page(), {"act=delete", "name=" + name}).status, 303);
    EXPECT_TRUE(eventually([&] { return browser.get(page()).status == 404; }, std::chrono::seconds(60)));
    EXPECT_EQ(browser.submit_to(blueprint + "/delete", blueprint, {"name=b"}).status, 303);
}

/// One that l4d2ctl made goes on as it is, and can be followed from then on.
TEST_F(WebActs, AdoptAServerThatL4d2ctlMade)
{
    start_with("arguments: ['+map', 'c2m1_highway', '+sv_tags', 'a b']\n"
               "config: ['rcon_password sesame', 'sv_tags one']\n");
    const auto before = pid();
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    EXPECT_THAT(browser.get(page()).body, HasSubstr(">Adopt it</button>"));
    const auto adopted = browser.submit_to(page() + "/adopt", page(), {"user=root", "name=" + name});
    ASSERT_EQ(adopted.status, 303) << adopted.body;
    const auto body = browser.get(page()).body;
    EXPECT_THAT(body, AllOf(HasSubstr("Owner: root"), Not(HasSubstr("Adopt it")),
                            Not(HasSubstr("restart to apply its blueprint"))));
    EXPECT_EQ(pid(), before);
    (void)after(browser, "restart", "Restart: done at");
    EXPECT_EQ(l4d2ctl({"spec", name}).out,
              std::format("port: {}\narguments:\n  - '+map'\n  - 'c2m1_highway'\n  - '+sv_tags'\n"
                          "  - 'a b'\nconfig:\n  - 'sv_tags one'\n",
                          port));
    EXPECT_THAT(output({"cat", instance() + "/server.cfg"}), HasSubstr("rcon_password \"sesame\""));
    ASSERT_TRUE(game_is_ready());
    EXPECT_EQ(l4d2ctl({"console", name, "rcon_password"}).out, "\"rcon_password\" = \"sesame\"\n");
}

/// What it sees from within its unit, and what becomes of an update that has no steamcmd.
TEST_F(WebActs, TellOfTheHostAndUpdateTheGame)
{
    start_with();
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    const auto host = browser.get("/host");
    EXPECT_EQ(host.status, 200);
    EXPECT_THAT(host.body,
                AllOf(HasSubstr("The game is installed"), HasSubstr("/servers/" + name),
                      HasSubstr("left4me-layers-refresh.timer"), HasSubstr("sudo l4d2ctl doctor"),
                      HasSubstr("the game is installed</td>"), Not(HasSubstr(">not checked<")),
                      Not(HasSubstr("not known"))));
    ASSERT_EQ(browser.submit_to("/host/update", "/host", {"account="}).status, 303);
    std::string body;
    EXPECT_TRUE(eventually(
        [&] {
            body = browser.get("/host").body;
            return body.contains("Update failed at");
        },
        std::chrono::seconds(60)))
        << body;
    EXPECT_THAT(body, HasSubstr("steamcmd"));
    EXPECT_EQ(browser.submit_to("/host/update", "/host", {"account=-x"}).status, 422);
}

} // namespace
} // namespace left4me::test
