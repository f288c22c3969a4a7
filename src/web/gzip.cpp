#include "web/gzip.hpp"

#include "system/plain_text.hpp"
#include "system/trimmed.hpp"

#include <algorithm>
#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>
#include <cstddef>
#include <cstdint>
#include <ranges>

namespace left4me::web {
namespace {

namespace zlib = boost::beast::zlib;

std::uint32_t crc_of(std::string_view text)
{
    boost::crc_32_type crc; // the one of RFC 1952, 8
    crc.process_bytes(text.data(), text.size());
    return crc.checksum();
}

void put_number(std::string& to, std::uint32_t number)
{
    for (unsigned shift = 0; shift < 32; shift += 8)
        to.push_back(static_cast<char>((number >> shift) & 0xffU));
}

/// "q=0", "Q=0.00": it is not wanted.
bool is_no(std::string_view weight)
{
    return weight.size() > 2 && equal_ignoring_case(weight.substr(0, 2), "q=") &&
           weight.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

} // namespace

bool takes_gzip(std::string_view accept_encoding)
{
    return std::ranges::any_of(accept_encoding | std::views::split(','), [](const auto& part) {
        const std::string_view coding(part.begin(), part.end());
        const auto end = std::min(coding.find(';'), coding.size());
        const auto weight = end < coding.size() ? trimmed(coding.substr(end + 1)) : std::string_view();
        return equal_ignoring_case(trimmed(coding.substr(0, end)), "gzip") && !is_no(weight);
    });
}

std::string gzipped(std::string_view text)
{
    // A file of deflate, without a time or a name, of an unknown system.
    std::string file("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    const auto head = file.size();
    zlib::deflate_stream stream;
    file.resize(head + stream.upper_bound(text.size()));
    zlib::z_params place;
    place.next_in = text.data();
    place.avail_in = text.size();
    place.next_out = file.data() + head;
    place.avail_out = file.size() - head;
    boost::beast::error_code ended; // "end of stream", for there is room for all of it
    stream.write(place, zlib::Flush::finish, ended);
    file.resize(head + place.total_out);
    put_number(file, crc_of(text));
    put_number(file, static_cast<std::uint32_t>(text.size()));
    return file;
}

} // namespace left4me::web
