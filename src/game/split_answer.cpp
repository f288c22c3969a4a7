#include "game/split_answer.hpp"

#include "game/packet_reader.hpp"

#include <algorithm>
#include <bzlib.h>

namespace left4me {
namespace {

constexpr std::uint32_t simple_header = 0xFFFFFFFF;
constexpr std::uint32_t split_header = 0xFFFFFFFE;
constexpr std::uint32_t compressed_id = 0x80000000;

std::unexpected<Error> bad_split(std::string_view what)
{
    return fail(ExitStatus::bad_data, "the game's answer " + std::string(what));
}

/// What the first part of a compressed answer begins with is how long it is, and its CRC, which
/// bzip2 has of its own.
Result<std::string> uncompressed(std::string_view content)
{
    PacketReader packet(content);
    const auto size = packet.number32();
    packet.number32();
    if (packet.is_cut() || size > SplitAnswer::max_size)
        return bad_split("is compressed, and of a size that is not possible");
    std::string text(size, '\0');
    auto length = static_cast<unsigned>(text.size());
    std::string source(packet.rest()); // the library takes no constant
    if (BZ2_bzBuffToBuffDecompress(text.data(), &length, source.data(),
                                   static_cast<unsigned>(source.size()), 0, 0) != BZ_OK)
        return bad_split("is compressed, and damaged");
    text.resize(length);
    return text;
}

/// Without the header that a whole answer begins with once more.
Result<std::optional<std::string>> whole(std::string_view text)
{
    PacketReader packet(text);
    if (packet.number32() != simple_header || packet.is_cut())
        return bad_split("has parts that begin with no header");
    return std::string(packet.rest());
}

} // namespace

Result<SplitAnswer::Part> SplitAnswer::parse_part(std::string_view datagram)
{
    PacketReader packet(datagram);
    Part part;
    part.id = packet.number32();
    part.count = packet.byte();
    part.number = packet.byte();
    packet.number16(); // how long parts are at most
    part.content = packet.rest();
    if (packet.is_cut() || part.number >= part.count)
        return bad_split("has a part whose number is not possible");
    return part;
}

Result<std::optional<std::string>> SplitAnswer::add_part(const Part& part)
{
    if (parts_.size() != part.count || id_ != part.id) {
        parts_.assign(part.count, std::nullopt);
        id_ = part.id;
        size_ = 0;
    }
    auto& place = parts_[part.number];
    if (place)
        return std::nullopt;
    size_ += part.content.size();
    if (size_ > max_size) {
        parts_.clear();
        return bad_split("is larger than any that a game has to give");
    }
    place = std::string(part.content);
    if (!std::ranges::all_of(parts_, &std::optional<std::string>::has_value))
        return std::nullopt;
    return join();
}

Result<std::optional<std::string>> SplitAnswer::join()
{
    std::string text;
    for (const auto& part : parts_)
        text += *part;
    parts_.clear();
    if ((id_ & compressed_id) == 0)
        return whole(text);
    return uncompressed(text).and_then([](const std::string& plain) { return whole(plain); });
}

Result<std::optional<std::string>> SplitAnswer::add(std::string_view datagram)
{
    PacketReader packet(datagram);
    const auto header = packet.number32();
    if (!packet.is_cut() && header == simple_header)
        return std::string(packet.rest());
    if (packet.is_cut() || header != split_header)
        return bad_split("begins with no header");
    return parse_part(packet.rest()).and_then([&](const Part& part) { return add_part(part); });
}

} // namespace left4me
