#include "web/gzip.hpp"

#include <array>
#include <boost/beast/zlib/inflate_stream.hpp>
#include <gtest/gtest.h>

namespace left4me::web {
namespace {

struct Row {
    const char* name;
    std::string_view field;
    bool taken;
};

struct AcceptEncoding : testing::TestWithParam<Row> {};

TEST_P(AcceptEncoding, TakesGzipWhereItSaysSo)
{
    EXPECT_EQ(takes_gzip(GetParam().field), GetParam().taken);
}

INSTANTIATE_TEST_SUITE_P(
    Of, AcceptEncoding,
    testing::Values(Row{"a_browser", "gzip, deflate, br, zstd", true}, Row{"it_alone", "gzip", true},
                    Row{"another_case", "br , GZip", true}, Row{"a_weight", "gzip;q=0.5", true},
                    Row{"none", "", false}, Row{"identity", "identity", false},
                    Row{"everything", "*", false}, Row{"not_this_one", "gzip;q=0, br", false},
                    Row{"nor_with_digits", "gzip ; Q=0.00", false},
                    Row{"part_of_a_name", "xgzip, gzipx", false}, Row{"commas", ",,,", false}),
    [](const auto& row) { return row.param.name; });

std::string inflated(std::string_view deflated, std::size_t size)
{
    namespace zlib = boost::beast::zlib;
    std::string text(size + 1, '\0');
    zlib::inflate_stream stream;
    zlib::z_params place;
    place.next_in = deflated.data();
    place.avail_in = deflated.size();
    place.next_out = text.data();
    place.avail_out = text.size();
    boost::beast::error_code ended;
    stream.write(place, zlib::Flush::sync, ended);
    EXPECT_EQ(ended, zlib::error::end_of_stream);
    text.resize(place.total_out);
    return text;
}

std::string page_of(int rows)
{
    std::string page = "<table>";
    for (int row = 0; row < rows; ++row)
        page += "<tr><td>coop" + std::to_string(row) + "</td><td>\xc3\xa4\0</td></tr>";
    return page;
}

TEST(Gzip, HasTheTextAndNothingElse)
{
    for (const auto& text : {std::string(), std::string("x"), page_of(1), page_of(5000)}) {
        const auto file = gzipped(text);
        EXPECT_EQ(file.substr(0, 4), std::string("\x1f\x8b\x08\0", 4));
        EXPECT_EQ(inflated(std::string_view(file).substr(10, file.size() - 18), text.size()), text);
    }
}

TEST(Gzip, MakesAPageOfManyRowsSmall)
{
    EXPECT_LT(gzipped(page_of(1000)).size(), page_of(1000).size() / 8);
}

/// The check values of RFC 1952's CRC, and the length: the last eight bytes.
TEST(Gzip, EndsWithItsSumAndItsLength)
{
    const auto file = gzipped("123456789");
    EXPECT_EQ(file.substr(file.size() - 8), std::string("\x26\x39\xf4\xcb\x09\0\0\0", 8));
}

} // namespace
} // namespace left4me::web
