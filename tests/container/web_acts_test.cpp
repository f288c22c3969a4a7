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

TEST_F(WebActs, SayWhyTheyWereNotDone)
{
    initialize(spec(std::format("overlays:\n  - path: {}\n", make_game("#!/bin/sh\nexit 3\n"))));
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    EXPECT_THAT(after(browser, "start", "Start failed at"), HasSubstr("for root: "));
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

} // namespace
} // namespace left4me::test
