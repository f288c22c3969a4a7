#include "accounts/console_lines.hpp"

#include "accounts/server_access.hpp"
#include "accounts_test.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ConsoleLinesTest : public AccountsTest {
protected:
    void say(const std::string& command, const std::string& answer)
    {
        EXPECT_THAT(lines.add(server, owner.name, command, answer, now), Succeeds());
    }
    [[nodiscard]] std::vector<std::string> commands(std::optional<std::int64_t> before = {})
    {
        std::vector<std::string> all;
        const auto kept = lines.last(server, 1000, before);
        for (const auto& line : *kept)
            all.push_back(line.command);
        return all;
    }

    ConsoleLines lines{database};
    const InstanceName server = InstanceName::parse("coop1").value();
    const User owner = add("owner");
    const User friend_ = add("friend");
};

TEST_F(ConsoleLinesTest, AreThereForTheNextProgramInTheirOrder)
{
    say("status", std::string("a\0\xff\n", 4));
    say("say hi", "");
    const auto kept = ConsoleLines(other).last(server, 10).value();
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].command, "status");
    EXPECT_EQ(kept[0].answer, std::string("a\0\xff\n", 4));
    EXPECT_EQ(kept[0].user, "owner");
    EXPECT_EQ(kept[0].at, now);
    EXPECT_EQ(kept[1].command, "say hi");
    EXPECT_THAT(commands(kept[1].number), ElementsAre("status"));
    EXPECT_EQ(lines.last(server, 1).value().front().command, "say hi");
    EXPECT_THAT(lines.last(InstanceName::parse("coop2").value(), 10).value(), IsEmpty());
}

TEST_F(ConsoleLinesTest, KeepNoSecret)
{
    for (const auto* command : {"rcon_password x", "RCON_Password x", "say hi;rcon_password x",
                                "rcon_\"pass\"word x", "sv_password x", "alias a \"rcon_password x\"",
                                "sm_cvar rcon_password x", "sv_setsteamaccount x"})
        say(command, "said");
    EXPECT_THAT(commands(), IsEmpty());
    say("find rcon", "one\n\"rcon_password\" = \"hidden\"\ntwo\n");
    const auto answer = lines.last(server, 1).value().front().answer;
    EXPECT_THAT(answer, HasSubstr("one\n"));
    EXPECT_THAT(answer, HasSubstr("two\n"));
    EXPECT_THAT(answer, Not(HasSubstr("hidden")));
}

TEST_F(ConsoleLinesTest, AreBounded)
{
    for (int i = 0; i < ConsoleLines::most + 5; ++i)
        say("echo " + std::to_string(i), "");
    EXPECT_EQ(commands().size(), static_cast<std::size_t>(ConsoleLines::most));
    EXPECT_EQ(commands().front(), "echo 5");

    const std::string huge(100'000, 'a');
    say("huge", huge);
    EXPECT_LT(lines.last(server, 1).value().front().answer.size(), 100U);
    const std::string line(1000, 'a');
    std::string answer;
    for (int i = 0; i < 15; ++i)
        answer += line + "\n";
    for (int i = 0; i < 30; ++i)
        say("large", answer);
    const auto size = database.number("SELECT sum(length(command) + length(answer)) FROM console");
    EXPECT_LE(size.value(), ConsoleLines::max_size);
    EXPECT_GT(size.value(), ConsoleLines::max_size / 2);
}

TEST_F(ConsoleLinesTest, GoWithTheServerAndWithItsOwner)
{
    ServerAccess access(database);
    say("of nobody", "");
    ASSERT_THAT(access.set_owner(server, owner.id), Succeeds());
    EXPECT_THAT(commands(), IsEmpty());
    say("of the owner", "");
    ASSERT_THAT(access.set_owner(server, owner.id), Succeeds());
    EXPECT_THAT(commands(), ElementsAre("of the owner"));
    ASSERT_THAT(access.set_owner(server, friend_.id), Succeeds());
    EXPECT_THAT(commands(), IsEmpty());
    say("of the friend", "");
    ASSERT_THAT(access.forget(server), Succeeds());
    EXPECT_THAT(commands(), IsEmpty());
    say("of nobody again", "");
    ASSERT_THAT(access.forget(server), Succeeds());
    EXPECT_THAT(commands(), IsEmpty());
}

} // namespace
} // namespace left4me
