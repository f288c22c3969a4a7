#include "web/layer_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace left4me::web {
namespace {

constexpr const char* three = "top\r\n  competitive/base   base \n\nstandard";

TEST(LayerOrder, MovesALineWithItsAlias)
{
    EXPECT_EQ(moved_layers(three, "up competitive/base"), "competitive/base base\ntop\nstandard\n");
    EXPECT_EQ(moved_layers(three, "down competitive/base"), "top\nstandard\ncompetitive/base base\n");
    EXPECT_EQ(moved_layers(three, "remove competitive/base"), "top\nstandard\n");
}

TEST(LayerOrder, KeepsToItsEnds)
{
    EXPECT_EQ(moved_layers("a\nb\n", "up a"), "a\nb\n");
    EXPECT_EQ(moved_layers("a\nb\n", "down b"), "a\nb\n");
    EXPECT_EQ(moved_layers("a", "remove a"), "");
}

TEST(LayerOrder, StaysForAnythingElse)
{
    for (const auto* move : {"", " ", "up", "up ", "up c", "left top", "up competitive", "up base"})
        EXPECT_EQ(moved_layers(three, move).contains("  competitive/base   base "),
                  std::string_view(move) != "left top")
            << move;
    EXPECT_EQ(moved_layers("", "up a"), "");
    EXPECT_EQ(moved_layers(three, "left top"), "top\ncompetitive/base base\nstandard\n");
}

TEST(LayerOrder, ReadsWhatIsNoLayerEither)
{
    const auto lines = layer_lines("a b c\n<b>\n");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].ref, "a");
    EXPECT_EQ(lines[0].alias, "b c");
    EXPECT_EQ(lines[1].ref, "<b>");
}

} // namespace
} // namespace left4me::web
