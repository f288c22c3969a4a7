// What a stranger or a script wrote, in the answers of the programs.

#include "programs/json_text.hpp"
#include "programs/layer_text.hpp"
#include "programs/workshop_text.hpp"
#include "system/shown_text.hpp"
#include "text_case.hpp"

#include <nlohmann/json.hpp>

namespace left4me {
namespace {

using nlohmann::json;

const auto maps = LayerRef::parse("maps").value();
const std::string steering = "a\x1b]0;owned\a\u009b2J\x7f\u202e\nmaps  9";

LayerChangeRecord record()
{
    return {steering, {}, {}, 1, steering, {7, 8}};
}

LayerState layer()
{
    return {maps, 1, {7, 8}, {}, {}, false, record()};
}

/// It is on one line, and nothing in it is for a terminal.
void expect_harmless(const std::string& text, std::size_t lines)
{
    EXPECT_EQ(escaped_lines(text), text);
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(text, '\n')), lines) << text;
}

TEST(ShownWords, OfALayersHistoryAreHarmless)
{
    expect_harmless(format_layer_table({layer()}), 2);
    expect_harmless(format_layer_details(layer()), 12);
    expect_harmless(format_history_table({{record()}, {1}}), 5);
}

TEST(ShownWords, InJsonAreTheSameWords)
{
    const auto text = format_layer_json(layer());
    EXPECT_EQ(escaped_lines(text), text);
    EXPECT_EQ(json::parse(text)["last_change"]["how"], steering);
    const auto past = format_history_json({{record()}, {1}});
    EXPECT_EQ(escaped_lines(past), past);
    EXPECT_EQ(json::parse(past)[0]["problem"], steering);
}

TEST(ShownWords, OfAWorkshopListInJsonAreTheSameWords)
{
    LayerItems items = {maps, {}};
    items.list.items.push_back({.id = WorkshopId::parse("7").value(),
                                .direct = true,
                                .title = steering,
                                .sha256 = {},
                                .dead = steering});
    const auto text = format_workshop_json(items);
    EXPECT_EQ(escaped_lines(text), text);
    EXPECT_EQ(json::parse(text)["items"][0]["title"], steering);
}

} // namespace
} // namespace left4me
