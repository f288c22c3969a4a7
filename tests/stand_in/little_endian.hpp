#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stand_in {

/// Numbers as both of Valve's protocols have them on the wire.
template <std::unsigned_integral Number>
void put_number(std::string& packet, Number number)
{
    for (std::size_t byte = 0; byte < sizeof number; ++byte)
        packet += static_cast<char>(number >> (8 * byte));
}

/// The number in the first four bytes, which must be there.
inline std::uint32_t read_number(std::string_view bytes)
{
    std::uint32_t number = 0;
    for (std::size_t byte = 0; byte < sizeof number; ++byte)
        number |= std::uint32_t{static_cast<std::uint8_t>(bytes[byte])} << (8 * byte);
    return number;
}

} // namespace stand_in
