// l4d2ctl console on a terminal: a line to edit, and above it what the server writes and answers.

#include "support.hpp"
#include "terminal.hpp"

#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string ctrl_c = "\x03";
const std::string ctrl_d = "\x04";
const std::string up = "\x1b[A";

class ConsoleTerminal : public ServerTest {
protected:
    void SetUp() override
    {
        initialize(spec("config: ['hostname \"talks\"']\n"));
        start();
        ASSERT_TRUE(game_is_ready());
    }
    void TearDown() override { remove_all(history()); }

    [[nodiscard]] Words console() const { return {"env", "TERM=xterm", "l4d2ctl", "console", name}; }
    [[nodiscard]] std::string prompt() const { return name + "] "; }
    [[nodiscard]] std::string history() const { return "/root/.local/state/left4me/console/" + name; }

    /// In a shell that says how the terminal was before and after, on which l4d2ctl runs.
    [[nodiscard]] OnTerminal in_shell() const
    {
        return OnTerminal(
            {"bash", "-c",
             std::format("before=$(stty -g); TERM=xterm l4d2ctl console {}; "
                         "echo \"ended: $?\"; [[ $before == $(stty -g) ]] && echo as-before",
                         name)});
    }

    /// The first process below one, once there is one of that name.
    static std::string child_of(pid_t parent)
    {
        std::string child;
        EXPECT_TRUE(eventually([&] {
            child = run({"pgrep", "-P", std::format("{}", parent), "-x", "l4d2ctl"}).out;
            return !child.empty();
        }));
        return child.substr(0, child.find('\n'));
    }

    [[nodiscard]] std::size_t refusals() const
    {
        const auto log = l4d2ctl({"logs", name}).out;
        std::size_t count = 0;
        for (auto at = log.find("Bad Password"); at != std::string::npos;
             at = log.find("Bad Password", at + 1))
            ++count;
        return count;
    }
};

TEST_F(ConsoleTerminal, GivesWhatIsTypedAndShowsTheAnswer)
{
    OnTerminal terminal(console());
    ASSERT_TRUE(terminal.shows(prompt()));
    terminal.type("status\n");
    ASSERT_TRUE(terminal.shows("hostname: talks")) << terminal.screen();
    ASSERT_TRUE(terminal.shows("#end"));
    ASSERT_TRUE(terminal.shows(prompt()));
    terminal.type(ctrl_d);
    EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(ConsoleTerminal, TakesWhatIsTypedBeforeItIsReady)
{
    OnTerminal terminal(console());
    terminal.type("status\n");
    EXPECT_TRUE(terminal.shows("hostname: talks")) << terminal.screen();
    terminal.type("echo half a li");
    EXPECT_TRUE(terminal.shows("half a li"));
    terminal.type("ne\n");
    EXPECT_TRUE(terminal.shows("half a line\r\n")) << terminal.screen();
}

TEST_F(ConsoleTerminal, FollowsTheLogAboveTheLine)
{
    OnTerminal terminal(console());
    ASSERT_TRUE(terminal.shows("stand-in: ready on port")) << terminal.screen();
    terminal.type("echo be");
    ASSERT_TRUE(terminal.shows("echo be"));
    ASSERT_EQ(l4d2ctl({"console", name, "--", "echo", "by somebody else"}).status, 0);
    ASSERT_TRUE(terminal.shows(" by somebody else\r\n")) << terminal.screen();
    ASSERT_TRUE(terminal.shows(prompt() + "echo be")) << terminal.screen();
    terminal.type("gun\n");
    EXPECT_TRUE(terminal.shows("\x1b[Jbegun\r\n")) << terminal.screen();
}

TEST_F(ConsoleTerminal, CompletesNamesOfTheGame)
{
    OnTerminal terminal(console());
    ASSERT_TRUE(terminal.shows("ready on port"));
    terminal.type("changel\t");
    ASSERT_TRUE(terminal.shows("changelevel ")) << terminal.screen();
    terminal.type("c2m1_highway\n");
    terminal.type("status\n");
    EXPECT_TRUE(terminal.shows("map     : c2m1_highway")) << terminal.screen();
    terminal.type("sv_\t");
    EXPECT_TRUE(terminal.shows("sv_lan  sv_tags")) << terminal.screen();
}

TEST_F(ConsoleTerminal, ClearsTheLineByCtrlCAndEndsByCtrlD)
{
    auto terminal = in_shell();
    ASSERT_TRUE(terminal.shows("ready on port"));
    terminal.type("quit");
    ASSERT_TRUE(terminal.shows("quit"));
    terminal.type(ctrl_c + "echo still here\n");
    EXPECT_TRUE(terminal.shows("\x1b[Jstill here\r\n")) << terminal.screen();
    terminal.type(ctrl_d);
    EXPECT_TRUE(terminal.shows("ended: 0")) << terminal.screen();
    EXPECT_TRUE(terminal.shows("as-before")) << terminal.screen();
    EXPECT_TRUE(game_answers(port));
}

TEST_F(ConsoleTerminal, GivesTheTerminalBackWhateverEndsIt)
{
    for (const std::string signal : {"TERM", "HUP", "INT"}) {
        auto terminal = in_shell();
        ASSERT_TRUE(terminal.shows("ready on port"));
        ASSERT_EQ(run({"kill", "-" + signal, child_of(terminal.pid())}).status, 0);
        EXPECT_TRUE(terminal.shows("ended: 130")) << signal << terminal.screen();
        EXPECT_TRUE(terminal.shows("as-before")) << signal << terminal.screen();
    }
    EXPECT_TRUE(eventually([&] {
        return run({"pgrep", "-f", "left4me-journalctl " + name}).out.empty();
    })) << "nobody follows the log any more";
}

TEST_F(ConsoleTerminal, GoesOnAfterAMistake)
{
    OnTerminal terminal(console());
    ASSERT_TRUE(terminal.shows(prompt()));
    terminal.type(std::string(600, 'x') + "\n");
    ASSERT_TRUE(terminal.shows("longer than")) << terminal.screen();
    terminal.type("status\n");
    EXPECT_TRUE(terminal.shows("hostname: talks"));
}

TEST_F(ConsoleTerminal, ShowsNoControlCharactersOfAnAnswer)
{
    write_file(runtime() + "/upper/left4dead2/evil.txt", "a\x1b[31mred\x07\n");
    output({"chown", "left4me:left4me", runtime() + "/upper/left4dead2/evil.txt"});
    OnTerminal terminal(console());
    ASSERT_TRUE(terminal.shows(prompt()));
    terminal.type("read left4dead2/evil.txt\n");
    EXPECT_TRUE(terminal.shows(R"(a\x1b[31mred\x07)")) << terminal.screen();
    EXPECT_THAT(terminal.screen(), Not(HasSubstr("\x1b[31m")));
}

TEST_F(ConsoleTerminal, IsThereWhenTheServerStopsAndStartsAgain)
{
    OnTerminal terminal(console());
    ASSERT_TRUE(terminal.shows("ready on port"));
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    ASSERT_TRUE(terminal.shows(name + " does not run")) << terminal.screen();
    terminal.type("status\n");
    ASSERT_TRUE(terminal.shows("no answer to 'status': ")) << terminal.screen();
    ASSERT_EQ(l4d2ctl({"start", name}).status, 0);
    ASSERT_TRUE(terminal.shows(name + " takes commands")) << terminal.screen();
    terminal.type("echo again\n");
    EXPECT_TRUE(terminal.shows("\x1b[Jagain\r\n")) << terminal.screen();
    terminal.type("crash\n");
    EXPECT_TRUE(terminal.shows("no answer to 'crash': ")) << terminal.screen();
    EXPECT_TRUE(terminal.shows(name + " takes commands")) << terminal.screen();
}

TEST_F(ConsoleTerminal, TriesARefusedPasswordNoSecondTimeBeforeTheNextStart)
{
    constexpr int not_permitted = 77;
    (void)l4d2ctl({"console", name, "rcon_password", "another"});
    OnTerminal terminal(console());
    ASSERT_TRUE(terminal.shows("refuses its rcon password")) << terminal.screen();
    const auto second = l4d2ctl({"console", name, "status"});
    EXPECT_EQ(second.status, not_permitted);
    EXPECT_THAT(second.err, HasSubstr("next start"));
    EXPECT_EQ(refusals(), 1U);
    ASSERT_EQ(l4d2ctl({"restart", name}).status, 0);
    ASSERT_TRUE(terminal.shows(name + " takes commands")) << terminal.screen();
    terminal.type("status\n");
    EXPECT_TRUE(terminal.shows("hostname: talks")) << terminal.screen();
}

TEST_F(ConsoleTerminal, KeepsWhatWasTypedButNoPasswords)
{
    {
        OnTerminal terminal(console());
        ASSERT_TRUE(terminal.shows("ready on port"));
        terminal.type("echo to be kept\n");
        ASSERT_TRUE(terminal.shows("\x1b[Jto be kept\r\n")) << terminal.screen();
        terminal.type("sv_password sesame\n");
        terminal.type("echo done\n");
        ASSERT_TRUE(terminal.shows("\x1b[Jdone\r\n")) << terminal.screen();
        terminal.type(ctrl_d);
        EXPECT_EQ(terminal.wait(), 0);
    }
    EXPECT_EQ(read_file(history()), "echo to be kept\necho done\n");
    EXPECT_EQ(output({"stat", "-c", "%a %U", history()}), "600 root");
    OnTerminal terminal(console());
    ASSERT_TRUE(terminal.shows("ready on port"));
    terminal.type(up + up);
    EXPECT_TRUE(terminal.shows("echo to be kept")) << terminal.screen();
}

TEST_F(ConsoleTerminal, KeepsItInTheHomeOfWhoeverCalledSudo)
{
    const std::string person = "left4me-sitter";
    const std::string rule = "/etc/sudoers.d/left4me-sitter";
    ASSERT_EQ(run({"useradd", "--create-home", "--shell", "/bin/bash", person}).status, 0);
    write_file(rule, person + " ALL=(root) NOPASSWD: /usr/bin/l4d2ctl\n");
    ASSERT_EQ(run({"chmod", "0440", rule}).status, 0);
    {
        OnTerminal terminal(
            {"runuser", "-u", person, "--", "env", "TERM=xterm", "sudo", "l4d2ctl", "console", name});
        ASSERT_TRUE(terminal.shows("ready on port")) << terminal.screen();
        terminal.type("echo as a person\n");
        EXPECT_TRUE(terminal.shows("as a person\r\n")) << terminal.screen();
        terminal.type(ctrl_d);
        EXPECT_EQ(terminal.wait(), 0);
    }
    const auto kept = std::format("/home/{}/.local/state/left4me/console/{}", person, name);
    EXPECT_EQ(read_file(kept), "echo as a person\n");
    EXPECT_EQ(output({"stat", "-c", "%a %U", kept}), "600 " + person);
    EXPECT_FALSE(exists(history()));
    remove_all(rule);
    run({"userdel", "--remove", "--force", person});
}

TEST_F(ConsoleTerminal, IsDrawnAnewForAnotherSize)
{
    OnTerminal terminal(console());
    ASSERT_TRUE(terminal.shows("ready on port"));
    terminal.type("echo a line that is longer than the terminal will be");
    ASSERT_TRUE(terminal.shows("will be"));
    terminal.resize(24, 60); // the prompt, with this test's name, fits
    ASSERT_TRUE(terminal.shows(prompt())) << terminal.screen();
    terminal.type(" now\n");
    EXPECT_TRUE(terminal.shows("\x1b[Ja line that is longer than the terminal will be now\r\n"))
        << terminal.screen();
}

TEST_F(ConsoleTerminal, MakesNoHistoryOfAServerThatThereIsNot)
{
    OnTerminal terminal({"l4d2ctl", "console", "nobody"});
    ASSERT_TRUE(terminal.shows("there is no server 'nobody'"));
    constexpr int not_found = 66;
    EXPECT_EQ(terminal.wait(), not_found);
    EXPECT_FALSE(exists("/root/.local/state/left4me/console/nobody"));
}

} // namespace
} // namespace left4me::test
