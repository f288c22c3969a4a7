// What is done to servers from the web interface, each as a job.

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
                            HasSubstr(std::format("stop of {} for root: done", name))));
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

} // namespace
} // namespace left4me::test
