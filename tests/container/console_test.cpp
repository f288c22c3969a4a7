// l4d2ctl console, and the password by which it speaks with a game.

#include "support.hpp"

#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The value that server.cfg sets rcon_password to.
std::string password_in(const std::string& server_cfg)
{
    const std::string begin = "rcon_password \"";
    const auto at = server_cfg.find(begin);
    if (at == std::string::npos)
        return {};
    const auto value = at + begin.size();
    return server_cfg.substr(value, server_cfg.find('"', value) - value);
}

class Console : public ServerTest {
protected:
    void start_without_password()
    {
        initialize(spec("config: ['hostname \"talks\"']\n"));
        start();
        ASSERT_TRUE(game_is_ready());
    }

    [[nodiscard]] Outcome console(const Words& command, const std::string& input = {}) const
    {
        Words words = {"console", name};
        words.insert(words.end(), command.begin(), command.end());
        return l4d2ctl(words, input);
    }
};

TEST_F(Console, GivesOneCommandAndPrintsItsAnswer)
{
    start_without_password();
    const auto answered = console({"status"});
    EXPECT_EQ(answered.status, 0) << answered.err;
    EXPECT_THAT(answered.out, AllOf(HasSubstr("hostname: talks"), HasSubstr("#end")));
    EXPECT_EQ(answered.err, "");
    EXPECT_EQ(console({"--", "echo", "-1", "two  words"}).out, "-1 two words\n");
}

TEST_F(Console, GivesEachLineOfItsInput)
{
    start_without_password();
    const auto answered = console({}, "echo one\n\necho two\r\necho three");
    EXPECT_EQ(answered.status, 0) << answered.err;
    EXPECT_EQ(answered.out, "one\ntwo\nthree\n");
}

TEST_F(Console, TakesAnAnswerOfManyPacketsAndOfAnyBytes)
{
    start_without_password();
    write_file(state + "/runtime/" + name + "/upper/left4dead2/long.txt",
               std::string(60'000, 'x') + "\x1b[2J\xFF");
    output(
        {"chown", "-R", "left4me:left4me", state + "/runtime/" + name + "/upper/left4dead2/long.txt"});
    const auto answered = console({"read", "left4dead2/long.txt"});
    EXPECT_EQ(answered.status, 0) << answered.err;
    EXPECT_THAT(answered.out, testing::StartsWith(std::string(60'000, 'x') + "\x1b[2J\xFF"));
}

TEST_F(Console, GoesOnAfterALineThatIsNoCommandAndSaysSoAtTheEnd)
{
    constexpr int bad_data = 65;
    start_without_password();
    const auto answered = console({}, "echo one\necho \x1b[2J\necho two\n");
    EXPECT_EQ(answered.status, bad_data);
    EXPECT_EQ(answered.out, "one\ntwo\n");
    EXPECT_THAT(answered.err, HasSubstr("control characters"));
}

TEST_F(Console, SaysWhyItCannot)
{
    EXPECT_THAT(l4d2ctl({"console", "nobody", "status"}).err, HasSubstr("there is no server 'nobody'"));
    initialize(spec(""));
    const auto down = console({"status"});
    EXPECT_EQ(down.status, 3);
    EXPECT_THAT(down.err, HasSubstr("l4d2ctl start " + name));
    constexpr int usage = 64;
    EXPECT_EQ(console({"--", "a\nb"}).status, usage);
    EXPECT_EQ(console({""}).status, usage);
}

TEST_F(Console, SaysThatTheGameEndedByItsCommand)
{
    constexpr int unavailable = 69;
    start_without_password();
    const auto answered = console({"crash"});
    EXPECT_EQ(answered.status, unavailable) << answered.out;
    EXPECT_THAT(answered.err, HasSubstr("closed the connection"));
}

TEST_F(Console, TellsARefusedPasswordFromASilentGame)
{
    constexpr int not_permitted = 77;
    start_without_password();
    ASSERT_EQ(console({"rcon_password", "another"}).status, 69) << "it drops who knew the old one";
    const auto refused = console({"status"});
    EXPECT_EQ(refused.status, not_permitted);
    EXPECT_THAT(refused.err, HasSubstr("refuses its rcon password"));
}

TEST_F(Console, HasAPasswordOfItsOwnThatStaysAndIsNowhereElse)
{
    start_without_password();
    const auto password = password_in(read_file(instance() + "/server.cfg"));
    EXPECT_EQ(password.size(), 32U);
    EXPECT_EQ(output({"stat", "-c", "%a", instance()}), "700");

    initialize(spec("config: ['hostname \"talks\"']\n"));
    EXPECT_EQ(password_in(read_file(instance() + "/server.cfg")), password);
    EXPECT_FALSE(status().at("needs_restart"));

    ASSERT_EQ(console({"status"}).status, 0);
    EXPECT_THAT(output({"journalctl", "--boot", "--no-pager"}), Not(HasSubstr(password)));
    EXPECT_THAT(l4d2ctl({"spec", name}).out, Not(HasSubstr(password)));
    EXPECT_THAT(output({"bash", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' '\\n'"}),
                Not(HasSubstr(password)));
}

TEST_F(Console, UsesThePasswordOfTheSpec)
{
    initialize(spec("config: ['rcon_password \"of the spec\"']\n"));
    EXPECT_EQ(read_file(instance() + "/server.cfg"), "rcon_password \"of the spec\"\n");
    start();
    ASSERT_TRUE(game_is_ready());
    EXPECT_EQ(console({"echo", "one"}).out, "one\n");
}

} // namespace
} // namespace left4me::test
