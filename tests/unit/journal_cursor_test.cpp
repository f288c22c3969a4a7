#include "model/journal_cursor.hpp"

#include "text_case.hpp"

#include <format>

namespace left4me {
namespace {

const std::string cursor = "s=0123456789abcdef0123456789abcdef;i=1f;b=fedcba9876543210fedcba9876543210;"
                           "m=2e0c8;t=63c0ffee;x=c0de";

TEST(JournalCursor, IsWhatSystemdWrites)
{
    const auto parsed = JournalCursor::parse(cursor);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->str(), cursor);
}

JournalCursor numbered(const std::string& number, const std::string& sequence = std::string(32, '0'))
{
    return JournalCursor::parse(
               std::format("s={};i={};b=fedcba9876543210fedcba9876543210;m=1;t=1;x=1", sequence, number))
        .value();
}

TEST(JournalCursor, HasTheOrderOfItsNumberInOneSequence)
{
    EXPECT_LT(numbered("9"), numbered("1f"));
    EXPECT_LT(numbered("fffffffffffffffe"), numbered("ffffffffffffffff"));
    const auto other = numbered("1", std::string(32, 'a'));
    EXPECT_FALSE(numbered("1") < other || numbered("1") > other || numbered("1") == other);
}

struct NoJournalCursor : testing::TestWithParam<std::string> {};

TEST_P(NoJournalCursor, IsRefused)
{
    const auto parsed = JournalCursor::parse(GetParam());
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().status, ExitStatus::usage);
    EXPECT_THAT(parsed.error().message, testing::HasSubstr("is no cursor of the journal"));
}

INSTANTIATE_TEST_SUITE_P(JournalCursors, NoJournalCursor,
                         testing::Values("", "s", ";;;;;", "s=1", cursor.substr(0, cursor.size() - 7),
                                         cursor + ";", cursor + ";y=1", cursor + "\n", " " + cursor,
                                         cursor + "g", cursor + "0123456789abcde",
                                         "i=1f;" + cursor.substr(0, 34), "S" + cursor.substr(1),
                                         cursor.substr(0, 5) + "\x1b" + cursor.substr(6)));

} // namespace
} // namespace left4me
