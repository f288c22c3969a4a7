#include "model/game_port.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using namespace std::string_literals;

struct PortCase {
    std::string text;
    std::uint16_t number;
};
class GoodPort : public testing::TestWithParam<PortCase> {};
TEST_P(GoodPort, IsItsNumber)
{
    const auto port = GamePort::parse(GetParam().text);
    ASSERT_THAT(port, Succeeds());
    EXPECT_EQ(port->number(), GetParam().number);
}
INSTANTIATE_TEST_SUITE_P(GamePort, GoodPort,
                         testing::Values(PortCase{"1024", 1024}, PortCase{"27015", 27015},
                                         PortCase{"65535", 65535}),
                         [](const auto& row) { return row.param.text; });

class BadPort : public testing::TestWithParam<TextCase> {};
TEST_P(BadPort, IsBadData)
{
    EXPECT_THAT(
        GamePort::parse(GetParam().text),
        FailsWith(ExitStatus::bad_data,
                  quote(GetParam().text) + " is not a port: it must be a number from 1024 to 65535"));
}
INSTANTIATE_TEST_SUITE_P(
    GamePort, BadPort,
    testing::Values(TextCase{"empty", ""}, TextCase{"zero", "0"}, TextCase{"privileged", "1023"},
                    TextCase{"above_16_bits", "65536"}, TextCase{"wraps_in_16_bits", "92551"},
                    TextCase{"wraps_in_32_bits", "4294994311"},
                    TextCase{"far_above", "99999999999999999999"}, TextCase{"leading_zero", "027015"},
                    TextCase{"plus", "+27015"}, TextCase{"negative", "-27015"},
                    TextCase{"negative_wrap", "-38521"}, TextCase{"leading_space", " 27015"},
                    TextCase{"trailing_space", "27015 "}, TextCase{"newline", "27015\n"},
                    TextCase{"carriage_return", "27015\r"}, TextCase{"nul", "27015\0"s},
                    TextCase{"hexadecimal", "0x6987"}, TextCase{"exponent", "2e4"},
                    TextCase{"fraction", "27015.0"}, TextCase{"grouped", "27_015"},
                    TextCase{"word", "port"}, TextCase{"two", "27015 27016"},
                    TextCase{"range", "27015-27016"},
                    TextCase{"fullwidth_digits", "\uff12\uff17\uff10\uff11\uff15"}),
    NameOfCase());

TEST(PortRange, ContainsBothEnds)
{
    const auto port = [](const char* text) { return GamePort::parse(text).value(); };
    const PortRange range{port("27000"), port("27999")};
    EXPECT_TRUE(range.contains(port("27000")));
    EXPECT_TRUE(range.contains(port("27500")));
    EXPECT_TRUE(range.contains(port("27999")));
    EXPECT_FALSE(range.contains(port("26999")));
    EXPECT_FALSE(range.contains(port("28000")));
}

} // namespace
} // namespace left4me
