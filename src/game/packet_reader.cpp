#include "game/packet_reader.hpp"

#include <bit>
#include <cstddef>

namespace left4me {
namespace {

constexpr std::size_t bits_per_byte = 8;

} // namespace

std::uint64_t PacketReader::number(std::size_t size)
{
    if (rest_.size() < size) {
        cut_ = true;
        rest_ = {};
        return 0;
    }
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i)
        number |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (bits_per_byte * i);
    rest_.remove_prefix(size);
    return number;
}

std::uint8_t PacketReader::byte()
{
    return static_cast<std::uint8_t>(number(sizeof(std::uint8_t)));
}

std::uint16_t PacketReader::number16()
{
    return static_cast<std::uint16_t>(number(sizeof(std::uint16_t)));
}

std::uint32_t PacketReader::number32()
{
    return static_cast<std::uint32_t>(number(sizeof(std::uint32_t)));
}

std::uint64_t PacketReader::number64()
{
    return number(sizeof(std::uint64_t));
}

float PacketReader::decimal()
{
    return std::bit_cast<float>(number32());
}

std::string PacketReader::text()
{
    const auto end = rest_.find('\0');
    if (end == std::string_view::npos) {
        cut_ = true;
        rest_ = {};
        return {};
    }
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
}

void put_number32(std::string& packet, std::uint32_t number)
{
    for (std::size_t i = 0; i < sizeof number; ++i)
        packet += static_cast<char>(number >> (bits_per_byte * i));
}

} // namespace left4me
