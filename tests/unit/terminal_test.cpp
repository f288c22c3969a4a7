#include "console/terminal.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace left4me {
namespace {

/// What is left of a stream that comes in these parts.
std::string filtered(const std::vector<std::string>& parts)
{
    TerminalFilter filter;
    std::string all;
    for (auto part : parts) {
        filter(part);
        all += part;
    }
    return all;
}

TEST(TerminalFilter, LeavesTextAlone)
{
    const std::string text = "10 %\r20 %\tdone: Straße, 地図\n";
    EXPECT_EQ(filtered({text}), text);
}

TEST(TerminalFilter, TakesControlCharacters)
{
    EXPECT_EQ(filtered({std::string("\x1b]0;title\a\b\x7f\0", 13)}), "?]0;title????");
}

TEST(TerminalFilter, TakesC1ControlsHoweverTheyComeInParts)
{
    EXPECT_EQ(filtered({"a\xc2\x9b"
                        "2J"}),
              "a\xc2?2J");
    EXPECT_EQ(filtered({"a\xc2", "\x9b"
                                 "2J"}),
              "a\xc2?2J");
    EXPECT_EQ(filtered({"\xc2", "\xa0"}), "\xc2\xa0");
}

} // namespace
} // namespace left4me
