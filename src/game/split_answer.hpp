#pragma once

#include "system/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// Puts an answer together that may come in several datagrams, in any order, some of them twice,
/// and compressed by bzip2 (https://developer.valvesoftware.com/wiki/Server_queries, "Protocol").
/// Keeps the parts of one answer at a time; a part of another takes their place, so that
/// one that never becomes whole is in nobody's way. All of it is bounded by max_size, compressed
/// or not, whatever a datagram says of sizes.
class SplitAnswer {
public:
    static constexpr std::size_t max_size = 128U * 1024; ///< bytes; thousands of rules

    /// The answer without its first four bytes, once it is whole; none as long as parts are
    /// missing. bad_data for what is no datagram of these, and for a set that does not fit
    /// together; the next one begins anew.
    Result<std::optional<std::string>> add(std::string_view datagram);

private:
    struct Part {
        std::uint32_t id = 0;
        std::uint8_t count = 0;
        std::uint8_t number = 0;
        std::string_view content;
    };

    static Result<Part> parse_part(std::string_view datagram);
    Result<std::optional<std::string>> add_part(const Part& part);
    Result<std::optional<std::string>> join();

    std::uint32_t id_ = 0;
    std::size_t size_ = 0;
    std::vector<std::optional<std::string>> parts_;
};

} // namespace left4me
