#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace left4me {

/// Reads the fields of a packet of Valve's protocols, little-endian and in order. What is asked
/// for beyond the end is 0 or empty, and from then on the packet is cut: look once, at the end.
class PacketReader {
public:
    explicit PacketReader(std::string_view bytes) : rest_(bytes) {}

    std::uint8_t byte();
    std::uint16_t number16();
    std::uint32_t number32();
    std::uint64_t number64();
    float decimal();
    std::string text(); ///< up to its NUL, which must be there

    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
    [[nodiscard]] bool is_cut() const noexcept { return cut_; }

private:
    std::uint64_t number(std::size_t size);

    std::string_view rest_;
    bool cut_ = false;
};

/// The other way round: appends that number.
void put_number32(std::string& packet, std::uint32_t number);

} // namespace left4me
