#include "layer/daily_script.hpp"

#include "model/build_run.hpp"
#include "text_case.hpp"

namespace left4me {
namespace {

TEST(DailyScriptTest, ReadsWhatItWrites)
{
    using namespace std::string_literals;
    for (const auto abi : {BuildAbi::native, BuildAbi::multiarch})
        for (const auto& script : {"x"s, "\n"s, "echo 1\necho 2\n"s, "native\nmultiarch\n"s,
                                   "\0\xff\r\n"s, std::string(max_script_size, 's')}) {
            const BuildScript kept = {abi, script};
            EXPECT_EQ(parse_daily_script(format_daily_script(kept)).value(), kept);
        }
}

class BadDailyScriptTest : public testing::TestWithParam<TextCase> {};

TEST_P(BadDailyScriptTest, IsRefused)
{
    EXPECT_THAT(parse_daily_script(GetParam().text), FailsWith(ExitStatus::bad_data, "--daily"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadDailyScriptTest,
    testing::Values(TextCase{"empty", ""}, TextCase{"no_script", "native\n"},
                    TextCase{"no_abi", "echo 1\n"}, TextCase{"no_line", "native"},
                    TextCase{"unknown_abi", "arm64\necho 1\n"}, TextCase{"capitals", "Native\necho 1\n"},
                    TextCase{"blank_before", " native\necho 1\n"},
                    TextCase{"too_long", "native\n" + std::string(max_script_size + 1, 's')}),
    NameOfCase());

} // namespace
} // namespace left4me
