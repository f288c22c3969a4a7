// What the web interface asks running games: who plays, and what a command answers.

#include "web_client.hpp"

#include <chrono>
#include <format>
#include <future>
#include <gmock/gmock.h>
#include <thread>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct WebConsole : ServerTest {
    static void SetUpTestSuite()
    {
        ServerTest::SetUpTestSuite();
        output({"systemctl", "start", "left4me-web.socket"});
        root_ = std::make_unique<WebUser>("root", true);
    }
    static void TearDownTestSuite() { root_.reset(); }
    void SetUp() override { ASSERT_EQ(root_->sign_in(roots_).status, 303); }

    [[nodiscard]] std::string page() const { return "/servers/" + name; }
    [[nodiscard]] std::string console() const { return page() + "/console"; }

    [[nodiscard]] WebAnswer say(const std::string& command)
    {
        return roots_.submit_to(console(), console(), {"command=" + command});
    }
    [[nodiscard]] std::string transcript() { return roots_.get(console()).body; }

    /// The number that the game's list has for the only player of that name.
    [[nodiscard]] std::string number_of(const std::string& player)
    {
        const auto list = roots_.get(page() + "/kick").body;
        const auto at = list.find("<bdi>" + player);
        const std::string begin = R"(name="player" value=")";
        const auto value = list.find(begin, at) + begin.size();
        return list.substr(value, list.find('"', value) - value);
    }

    Browser roots_;
    static inline std::unique_ptr<WebUser> root_;
};

TEST_F(WebConsole, ShowsWhoPlaysToAllWhoSeeTheServer)
{
    start_with();
    EXPECT_TRUE(eventually([&] { return roots_.get(page()).body.contains("Nobody plays."); },
                           std::chrono::seconds(60)));
    ASSERT_EQ(rcon("join <b>Coach</b>"), "ok");
    std::string body;
    EXPECT_TRUE(eventually(
        [&] {
            body = roots_.get(page() + "/players").body;
            return body.contains("<bdi>&lt;b&gt;Coach&lt;/b&gt;</bdi>");
        },
        std::chrono::seconds(60)))
        << body;
    EXPECT_THAT(body, AllOf(HasSubstr("Kick or ban"), HasSubstr("data-label=\"Played\">0:")));
    WebUser kai("kai", false);
    Browser kais;
    ASSERT_EQ(kai.sign_in(kais).status, 303);
    ASSERT_EQ(roots_.submit_to(page() + "/owner", page(), {"user=root"}).status, 303);
    EXPECT_EQ(kais.get(page() + "/players").status, 404);
    ASSERT_EQ(roots_.submit_to(page() + "/shares", page(), {"user=kai", "right=view"}).status, 303);
    EXPECT_THAT(kais.get(page() + "/players").body, AllOf(HasSubstr("Coach"), Not(HasSubstr("Kick"))));
    EXPECT_EQ(kais.get(console()).status, 404);
    EXPECT_EQ(kais.get(page() + "/kick").status, 404);
    EXPECT_EQ(kais.submit_to(console(), page() + "/players", {"command=quit"}).status, 404);
}

TEST_F(WebConsole, KeepsWhatIsSaidOverARestartOfTheProgram)
{
    start_with();
    EXPECT_THAT(transcript(), HasSubstr("Nothing was said here yet."));
    const auto said = say("echo <i>one</i>  two");
    ASSERT_EQ(said.status, 303) << said.body;
    EXPECT_THAT(transcript(), AllOf(HasSubstr("echo &lt;i&gt;one&lt;/i&gt;  two</code>"),
                                    HasSubstr("&lt;i&gt;one&lt;/i&gt; two\n</pre>")));
    output({"systemctl", "restart", "left4me-web.service"});
    EXPECT_THAT(transcript(), HasSubstr("&lt;i&gt;one&lt;/i&gt; two\n</pre>"));
    EXPECT_THAT(roots_.get(console() + "/names").body, HasSubstr("\nkickid\n"));
    ASSERT_EQ(l4d2ctl({"delete", name}).status, 0);
    EXPECT_EQ(roots_.get(console()).status, 404);
    initialize(spec());
    EXPECT_THAT(transcript(), HasSubstr("Nothing was said here yet."));
}

TEST_F(WebConsole, KeepsNoSecretAnywhere)
{
    start_with("config: ['rcon_password sesame']\n");
    for (const auto* command : {"echo rcon_password canary1", "echo canary2;SV_Password canary2",
                                "echo \"rcon_pass\"word canary3"}) {
        const auto said = say(command);
        EXPECT_EQ(said.status, 200) << command;
        EXPECT_THAT(said.body, HasSubstr("may have a secret in it"));
    }
    ASSERT_EQ(say("cvarlist").status, 303);
    EXPECT_THAT(transcript(), AllOf(Not(HasSubstr("canary")), Not(HasSubstr("sesame")),
                                    HasSubstr("(a line that may have a secret in it)")));
    const auto kept = run({"grep", "-rlaE", "canary[1-3]|sesame", state + "/web"});
    EXPECT_EQ(kept.out, "");
    const auto journal = output({"journalctl", "-u", "left4me-web.service", "-o", "cat", "--no-pager"});
    EXPECT_THAT(journal, AllOf(Not(HasSubstr("canary1")), Not(HasSubstr("canary2")),
                               Not(HasSubstr("canary3")), HasSubstr(console() + ": done")));
}

TEST_F(WebConsole, KicksAndBansThePlayerWhoIsStillThere)
{
    start_with();
    for (const auto* player : {"Zoey", "Ellis", "\"; quit"})
        ASSERT_EQ(rcon(std::format("join {}", player)), "ok");
    const auto kick = page() + "/kick";
    const auto zoey = number_of("Zoey");
    const auto steam = [](const std::string& number) {
        return std::format("steam=STEAM_1:0:{}", 1000 + std::stoi(number));
    };
    EXPECT_EQ(roots_.submit_to(kick, kick, {"act=kick", "player=" + zoey, "steam=STEAM_1:0:1"}).status,
              409)
        << "a number that is somebody else's now";
    EXPECT_THAT(rcon("status"), HasSubstr("Zoey"));
    const auto done = roots_.submit_to(kick, kick, {"act=kick", "player=" + zoey, steam(zoey)});
    EXPECT_EQ(done.status, 303) << done.body;
    EXPECT_THAT(rcon("status"), AllOf(Not(HasSubstr("Zoey")), HasSubstr("Ellis")));
    EXPECT_EQ(roots_.submit_to(kick, kick, {"act=kick", "player=" + zoey, steam(zoey)}).status, 409);
    const auto ellis = number_of("Ellis");
    EXPECT_EQ(
        roots_.submit_to(kick, kick, {"act=ban", "minutes=60", "player=" + ellis, steam(ellis)}).status,
        303);
    EXPECT_THAT(rcon("status"), Not(HasSubstr("Ellis")));
    EXPECT_THAT(rcon("listid"), HasSubstr(std::format("60 STEAM_1:0:{}", 1000 + std::stoi(ellis))));
    EXPECT_THAT(output({"journalctl", "-u", "left4me-web.service", "-o", "cat", "--no-pager"}),
                HasSubstr(std::format("{}, act 'kick', player '{}': done", kick, zoey)));
}

TEST_F(WebConsole, SaysWhatToDoWhereNobodyTakesCommands)
{
    initialize(spec());
    auto said = say("status");
    EXPECT_EQ(said.status, 409);
    EXPECT_THAT(said.body, AllOf(HasSubstr("Start it first."), HasSubstr("value=\"status\"")));
    start();
    ASSERT_TRUE(game_is_ready());
    (void)say("rcon_password another"); // the game ends the connection
    said = say("status");
    EXPECT_EQ(said.status, 409);
    EXPECT_THAT(said.body, HasSubstr("has refused its rcon password"));
    const auto log = [&] {
        return output({"journalctl", "-u", server_unit(), "-o", "cat", "--no-pager"});
    };
    const auto tries = [&] {
        const auto text = log();
        std::size_t count = 0;
        for (auto at = text.find("Bad Password"); at != std::string::npos;
             at = text.find("Bad Password", at + 1))
            ++count;
        return count;
    };
    EXPECT_TRUE(eventually([&] { return tries() == 1U; }));
    EXPECT_EQ(say("status").status, 409);
    EXPECT_EQ(tries(), 1U) << "it was tried again";
    ASSERT_EQ(l4d2ctl({"restart", name}).status, 0);
    EXPECT_EQ(say("status").status, 303);
    output({"systemctl", "kill", "--signal=STOP", server_unit()});
    said = say("status");
    output({"systemctl", "kill", "--signal=CONT", server_unit()});
    EXPECT_EQ(said.status, 503);
    EXPECT_THAT(said.body, HasSubstr("has not answered for 5 seconds"));
}

TEST_F(WebConsole, AStopWaitsForWhatIsBeingAnswered)
{
    start_with();
    ASSERT_EQ(say("status").status, 303);
    output({"systemctl", "kill", "--signal=STOP", server_unit()});
    auto saying = std::async(std::launch::async, [&] { return say("status"); });
    std::this_thread::sleep_for(std::chrono::seconds(3)); // of the five that a game has
    output({"systemctl", "restart", "left4me-web.service"});
    const auto said = saying.get();
    output({"systemctl", "kill", "--signal=CONT", server_unit()});
    EXPECT_EQ(said.status, 503);
    EXPECT_THAT(said.body, HasSubstr("has not answered for 5 seconds"));
}

} // namespace
} // namespace left4me::test
