#include "system/key_value_lines.hpp"

#include "text_case.hpp"

#include <vector>

namespace left4me {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;

struct Read {
    std::vector<std::string> settings; ///< "LINE KEY|VALUE"
    Result<void> result;
};

Read read(std::string_view text, LineRules rules)
{
    Read read;
    read.result = for_each_key_value("f", text, rules, [&](const KeyValue& setting) -> Result<void> {
        read.settings.push_back(std::to_string(setting.line) + " " + std::string(setting.key) + "|" +
                                std::string(setting.value));
        return {};
    });
    return read;
}

TEST(KeyValueLines, EmptyTextHasNoSettings)
{
    EXPECT_TRUE(read("", LineRules::strict).result);
    EXPECT_TRUE(read("", LineRules::editable).result);
}

TEST(KeyValueLines, ValuesAreLiteralAndGoToTheEndOfTheLine)
{
    const auto got = read("A= x \"y\" #z\\\nB==$HOME=%i\nC=\nA=again\r\n", LineRules::strict);
    EXPECT_THAT(got.result, Succeeds());
    EXPECT_THAT(got.settings, ElementsAre("1 A| x \"y\" #z\\", "2 B|=$HOME=%i", "3 C|", "4 A|again\r"));
}

TEST(KeyValueLines, EditableSkipsCommentsAndBlanksAndForgivesTheLastNewline)
{
    const auto got = read("# c\n\nA=1\n#B=2\nC=3", LineRules::editable);
    EXPECT_THAT(got.result, Succeeds());
    EXPECT_THAT(got.settings, ElementsAre("3 A|1", "5 C|3"));
}

TEST(KeyValueLines, EndsAtTheFirstErrorOfTake)
{
    int calls = 0;
    const auto result =
        for_each_key_value("f", "A=1\nB=2\n", LineRules::strict, [&](const KeyValue&) -> Result<void> {
            ++calls;
            return fail(ExitStatus::busy, "enough");
        });
    EXPECT_THAT(result, FailsWith(ExitStatus::busy, "enough"));
    EXPECT_EQ(calls, 1);
}

class BadStrictLine : public testing::TestWithParam<TextCase> {};
TEST_P(BadStrictLine, IsBadDataWithFileAndLine)
{
    EXPECT_THAT(read(GetParam().text, LineRules::strict).result,
                FailsWith(ExitStatus::bad_data, GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(
    KeyValueLines, BadStrictLine,
    testing::Values(TextCase{"no_equals", "A=1\nB\n", "f:2: 'B' is not KEY=value"},
                    TextCase{"blank", "A=1\n\nB=2\n", "f:2: '' is not KEY=value"},
                    TextCase{"comment", "# c\n", "f:1: '# c' is not KEY=value"},
                    TextCase{"cut", "A=1\nB=2", "f:2: the file ends in the middle"},
                    TextCase{"nul_in_value", "A=1\0\n"s, "f:1: NUL is not allowed"},
                    TextCase{"nul_in_key", "A=1\n\0B=2\n"s, "f:2: NUL is not allowed"},
                    TextCase{"control_characters_escaped", "\x1b[2J\n", "'\\x1b[2J'"}),
    NameOfCase());

class BadEditableLine : public testing::TestWithParam<TextCase> {};
TEST_P(BadEditableLine, IsBadDataWithFileAndLine)
{
    EXPECT_THAT(read(GetParam().text, LineRules::editable).result,
                FailsWith(ExitStatus::bad_data, GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(KeyValueLines, BadEditableLine,
                         testing::Values(TextCase{"no_equals", "\n#\nB", "f:3: 'B' is not KEY=value"},
                                         TextCase{"spaces", "  \n", "f:1: '  ' is not KEY=value"},
                                         TextCase{"nul", "A=1\0"s, "f:1: NUL is not allowed"}),
                         NameOfCase());

} // namespace
} // namespace left4me
