#include "model/log_line.hpp"

#include <cstdlib>
#include <format>
#include <gmock/gmock.h>

namespace left4me {
namespace {

std::string place(int number)
{
    return std::format("s={};i={};b={};m=1;t=1;x=1", std::string(32, '0'), number, std::string(32, 'b'));
}

struct LogLines : testing::Test {
    void SetUp() override { setenv("TZ", "UTC", 1); }
};

TEST_F(LogLines, AreTakenAsFarAsTheyAreWhole)
{
    auto text =
        std::format("{}\t2026-01-31T12:00:00+00:00 one\n{}\t2026-01-31T12:00:01+00:00 a\tb\n{}\t20",
                    place(1), place(2), place(3));
    const auto lines = take_log_lines(text);
    ASSERT_TRUE(lines) << lines.error().message;
    EXPECT_EQ(text_of(*lines), "2026-01-31T12:00:00+00:00 one\n2026-01-31T12:00:01+00:00 a\tb\n");
    EXPECT_EQ(lines->at(1).place.str(), place(2));
    EXPECT_EQ(text, place(3) + "\t20");
    EXPECT_TRUE(take_log_lines(text)->empty());
}

TEST_F(LogLines, AreRefusedWithoutAPlace)
{
    for (const auto& bad :
         {std::string("2026-01-31T12:00:00+00:00 one\n"), place(1) + "\n", place(1) + " text\n",
          std::string("\t\n"), std::string("\n"), place(1) + "\ttext"})
        EXPECT_FALSE(parse_log_line(bad)) << bad;
    auto text = std::string("x\n");
    EXPECT_EQ(take_log_lines(text).error().status, ExitStatus::bad_data);
}

} // namespace
} // namespace left4me
