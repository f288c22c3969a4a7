// KEY=value files: the strict ones of left4me, the editable one of the host.

#include "host_settings.hpp"
#include "key_value_lines.hpp"
#include "refusal.hpp"

using namespace std::string_literals;

namespace left4me::test {
namespace {

using Pairs = std::vector<std::tuple<std::string, std::string, std::size_t>>;

Result<Pairs> pairs_of(std::string_view text, LineRules rules)
{
    Pairs pairs;
    auto done = for_each_key_value("f", text, rules, [&](const KeyValue& line) -> Result<void> {
        pairs.emplace_back(line.key, line.value, line.line);
        return {};
    });
    if (!done)
        return std::unexpected(done.error());
    return pairs;
}

TEST(KeyValueLines, TakesValuesLiterally)
{
    EXPECT_EQ(*pairs_of("A=1\nB= x=\"y\" #z \\\nA=\n", LineRules::strict),
              (Pairs{{"A", "1", 1}, {"B", " x=\"y\" #z \\", 2}, {"A", "", 3}}));
    EXPECT_TRUE(pairs_of("", LineRules::strict)->empty());
}

TEST(KeyValueLines, StrictRefusesWhatPeopleAdd)
{
    expect_refusal(pairs_of("A=1\n\nB=2\n", LineRules::strict), ExitStatus::bad_data, "f:2:");
    expect_refusal(pairs_of("# hello\n", LineRules::strict), ExitStatus::bad_data, "f:1:");
    expect_refusal(pairs_of("A=1\nB=2", LineRules::strict), ExitStatus::bad_data, "f:2: the file ends");
    expect_refusal(pairs_of("A=\0\n"s, LineRules::strict), ExitStatus::bad_data, "NUL");
}

TEST(KeyValueLines, EditableKeepsTheLineNumbers)
{
    EXPECT_EQ(*pairs_of("# c\n\nA=1\nB=2", LineRules::editable), (Pairs{{"A", "1", 3}, {"B", "2", 4}}));
    expect_refusal(pairs_of("\nhello\n", LineRules::editable), ExitStatus::bad_data, "f:2: 'hello' is not KEY=value");
}

TEST(HostSettings, HasDefaults)
{
    const auto settings = parse_host_settings("host.env", "");
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->ports.first.number(), 27000);
    EXPECT_EQ(settings->ports.last.number(), 27999);
    EXPECT_TRUE(settings->ports.contains(*GamePort::parse("27999")));
    EXPECT_FALSE(settings->ports.contains(*GamePort::parse("28000")));
}

TEST(HostSettings, ReadsTheRangeAndPassesOverTheRest)
{
    const auto settings = parse_host_settings(
        "host.env", "# x\nLEFT4ME_STEAMCMD=/x\nLEFT4ME_PORT_RANGE_START=27100\nLEFT4ME_PORT_RANGE_END=27100\n");
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->ports.first, settings->ports.last);
}

TEST(HostSettings, RefusesARangeThatIsNone)
{
    expect_refusal(parse_host_settings("host.env", "\nLEFT4ME_PORT_RANGE_END=80\n"), ExitStatus::bad_data,
                   "host.env:2: LEFT4ME_PORT_RANGE_END");
    expect_refusal(parse_host_settings("host.env", "LEFT4ME_PORT_RANGE_END=2000\n"), ExitStatus::bad_data,
                   "is above");
}

} // namespace
} // namespace left4me::test
