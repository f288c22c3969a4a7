#include "host/host_settings.hpp"

#include "host/web_host.hpp"
#include "temporary_host.hpp"
#include "text_case.hpp"

namespace left4me {
namespace {

struct RangeCase {
    std::string name;
    std::string text;
    int first;
    int last;
};
void PrintTo(const RangeCase& row, std::ostream* out)
{
    *out << quote(row.text);
}
class GoodSettings : public testing::TestWithParam<RangeCase> {};
TEST_P(GoodSettings, GiveTheRange)
{
    const auto settings = parse_host_settings("host.env", GetParam().text);
    ASSERT_THAT(settings, Succeeds());
    EXPECT_EQ(settings->ports.first.number(), GetParam().first);
    EXPECT_EQ(settings->ports.last.number(), GetParam().last);
}
INSTANTIATE_TEST_SUITE_P(
    HostSettings, GoodSettings,
    testing::Values(
        RangeCase{"empty_has_defaults", "", 27000, 27999},
        RangeCase{"comments_only", "# a\n\n#LEFT4ME_PORT_RANGE_START=1\n", 27000, 27999},
        RangeCase{"both", "LEFT4ME_PORT_RANGE_START=30000\nLEFT4ME_PORT_RANGE_END=30010\n", 30000,
                  30010},
        RangeCase{"one_port", "LEFT4ME_PORT_RANGE_START=30000\nLEFT4ME_PORT_RANGE_END=30000\n", 30000,
                  30000},
        RangeCase{"end_alone", "LEFT4ME_PORT_RANGE_END=27010\n", 27000, 27010},
        RangeCase{"end_first", "LEFT4ME_PORT_RANGE_END=65535\nLEFT4ME_PORT_RANGE_START=1024\n", 1024,
                  65535},
        RangeCase{"no_last_newline", "LEFT4ME_PORT_RANGE_START=27500", 27500, 27999},
        RangeCase{"keys_of_others", "LEFT4ME_STEAMCMD=/usr/games/steamcmd\nX=y\n", 27000, 27999}),
    NameOfCase());

TEST(HostSettings, HaveTheNameOfTheWebProgram)
{
    const TemporaryHost host;
    EXPECT_EQ(web_host(*host).value(), "") << "there is no file";
    const auto name_of = [&](const std::string& text) {
        host.write("etc/host.env", text);
        EXPECT_THAT((*host).settings(), Succeeds());
        return web_host(*host).value();
    };
    EXPECT_EQ(name_of("LEFT4ME_STEAMCMD=/a\n"), "");
    EXPECT_EQ(name_of("LEFT4ME_WEB_HOST=\n"), "");
    EXPECT_EQ(name_of("LEFT4ME_WEB_HOST=l4d.example.org\n"), "l4d.example.org");
    EXPECT_EQ(name_of("LEFT4ME_WEB_HOST=l4d.example.org:8443\n"), "l4d.example.org:8443");
    EXPECT_TRUE((*host).settings()->unknown.empty());
    host.write("etc/host.env", "LEFT4ME_WEB_HOST=http://a\n");
    EXPECT_THAT(web_host(*host), FailsWith(ExitStatus::bad_data, "is no name of a host"));
}

class BadSettings : public testing::TestWithParam<TextCase> {};
TEST_P(BadSettings, AreBadDataWithThePlace)
{
    EXPECT_THAT(parse_host_settings("host.env", GetParam().text),
                FailsWith(ExitStatus::bad_data, GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(
    HostSettings, BadSettings,
    testing::Values(
        TextCase{"word", "#\nLEFT4ME_PORT_RANGE_START=many\n",
                 "host.env:2: LEFT4ME_PORT_RANGE_START: 'many' is not a port"},
        TextCase{"privileged", "LEFT4ME_PORT_RANGE_END=80\n",
                 "host.env:1: LEFT4ME_PORT_RANGE_END: '80'"},
        TextCase{"quoted", "LEFT4ME_PORT_RANGE_END=\"27100\"\n", "host.env:1: LEFT4ME_PORT_RANGE_END"},
        TextCase{"empty_value", "LEFT4ME_PORT_RANGE_END=\n", "'' is not a port"},
        TextCase{"dos_line", "LEFT4ME_PORT_RANGE_END=27100\r\n", "'27100\\x0d' is not a port"},
        TextCase{"reversed", "LEFT4ME_PORT_RANGE_START=27500\nLEFT4ME_PORT_RANGE_END=27400\n",
                 "LEFT4ME_PORT_RANGE_START is above LEFT4ME_PORT_RANGE_END"},
        TextCase{"start_above_default_end", "LEFT4ME_PORT_RANGE_START=28000\n",
                 "LEFT4ME_PORT_RANGE_START is above LEFT4ME_PORT_RANGE_END"},
        TextCase{"web_address", "LEFT4ME_WEB_HOST=https://a.example\n", "is no name of a host"},
        TextCase{"web_capitals", "LEFT4ME_WEB_HOST=A.example\n", "is no name of a host"},
        TextCase{"web_port_alone", "LEFT4ME_WEB_HOST=:80\n", "is no name of a host"},
        TextCase{"web_no_port", "LEFT4ME_WEB_HOST=a.example:\n", "is no name of a host"},
        TextCase{"web_port_0", "LEFT4ME_WEB_HOST=a.example:0\n", "is no name of a host"},
        TextCase{"no_setting", "LEFT4ME_PORT_RANGE_START\n",
                 "host.env:1: 'LEFT4ME_PORT_RANGE_START' is not"}),
    NameOfCase());

} // namespace
} // namespace left4me
