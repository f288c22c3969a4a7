#include "game/rcon.hpp"

#include "game/packet_reader.hpp"
#include "text_case.hpp"

namespace left4me {
namespace {

using testing::HasSubstr;

std::string packet(std::uint32_t id, std::uint32_t kind, std::string_view body)
{
    std::string text;
    put_number32(text, static_cast<std::uint32_t>(body.size() + 10));
    put_number32(text, id);
    put_number32(text, kind);
    return text.append(body).append(2, '\0');
}

constexpr std::uint32_t answer = 0;
constexpr std::uint32_t login_answer = 2;

/// As a server answers a login: an empty answer, then whether.
std::string accepted()
{
    return packet(1, answer, "") + packet(1, login_answer, "");
}

RconSession logged_in()
{
    RconSession session((Secret("sesame")));
    session.take_output();
    EXPECT_TRUE(session.take(accepted()));
    EXPECT_TRUE(session.logged_in());
    return session;
}

TEST(Rcon, LogsInFirst)
{
    RconSession session((Secret("sesame")));
    EXPECT_EQ(session.take_output(), packet(1, 3, "sesame"));
    EXPECT_EQ(session.take_output(), "");
    EXPECT_TRUE(session.take(packet(1, answer, "")));
    EXPECT_FALSE(session.logged_in());
    EXPECT_TRUE(session.take(packet(1, login_answer, "")));
    EXPECT_TRUE(session.logged_in());
    EXPECT_EQ(session.take_answer(), std::nullopt) << "nothing was asked";
}

TEST(Rcon, SaysThatAPasswordIsRefused)
{
    RconSession session((Secret("wrong")));
    const auto taken = session.take(packet(1, answer, "") + packet(0xFFFFFFFF, login_answer, ""));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().status, ExitStatus::not_permitted);
    EXPECT_THAT(taken.error().message, HasSubstr("password"));
    EXPECT_FALSE(session.logged_in());
}

TEST(Rcon, JoinsAnAnswerOfManyPacketsInAnyParts)
{
    auto session = logged_in();
    session.run("cvarlist");
    EXPECT_EQ(session.take_output(), packet(4, 2, "cvarlist") + packet(5, answer, ""));
    const auto bytes = packet(4, answer, std::string(4086, 'a')) + packet(4, answer, "b") +
                       packet(5, answer, "") + packet(5, answer, std::string("\0\1\0\0", 4));
    for (const char byte : bytes) {
        EXPECT_EQ(session.take_answer().has_value(), false);
        ASSERT_TRUE(session.take({&byte, 1}));
        if (const auto whole = session.take_answer()) {
            EXPECT_EQ(*whole, std::string(4086, 'a') + "b");
            return;
        }
    }
    FAIL() << "no answer";
}

TEST(Rcon, TakesNothingOfTheLastAnswerForTheNextOne)
{
    auto session = logged_in();
    session.run("one");
    ASSERT_TRUE(session.take(packet(4, answer, "1") + packet(5, answer, "")));
    EXPECT_EQ(session.take_answer(), "1");
    session.run("two");
    // What the engine sends behind the empty packet, late.
    ASSERT_TRUE(
        session.take(packet(5, answer, "late") + packet(6, answer, "2") + packet(7, answer, "")));
    EXPECT_EQ(session.take_answer(), "2");
    EXPECT_EQ(session.take_answer(), std::nullopt) << "it is given once";
}

TEST(Rcon, BoundsAnAnswer)
{
    auto session = logged_in();
    session.run("flood");
    Result<void> taken;
    for (int i = 0; i < 300 && taken; ++i)
        taken = session.take(packet(4, answer, std::string(4086, 'x')));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().status, ExitStatus::bad_data);
}

TEST(Rcon, RefusesWhatIsNone)
{
    for (const auto& bytes : {std::string("HTTP/1.1 400 Bad Request\r\n"), std::string(8, '\0'),
                              std::string(8, '\xFF'), std::string("\x09\0\0\0\0\0\0\0\0\0\0\0\0", 13)}) {
        RconSession session((Secret("sesame")));
        const auto taken = session.take(bytes);
        ASSERT_FALSE(taken);
        EXPECT_EQ(taken.error().status, ExitStatus::bad_data);
    }
}

TEST(ConsoleCommands, AreOneLine)
{
    EXPECT_TRUE(check_console_command("say \"Grüße\"; status"));
    EXPECT_TRUE(check_console_command(std::string(510, 'x')));
    for (const auto& text : {std::string(), std::string("  "), std::string(511, 'x'),
                             std::string("a\nb"), std::string("a\0b", 3), std::string("a\x7f")}) {
        const auto checked = check_console_command(text);
        ASSERT_FALSE(checked) << text;
        EXPECT_EQ(checked.error().status, ExitStatus::bad_data);
    }
}

} // namespace
} // namespace left4me
