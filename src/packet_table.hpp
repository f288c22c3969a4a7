#pragma once

#include "error.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace left4me {

/// The package's table of packet rules, as nft lists it.
struct PacketTable {
    std::map<std::string, std::size_t> rules; ///< of each chain, how many
    bool knows_the_slice; ///< rules keep the slice's cgroup by number: it may be an older one's
};
/// bad_data for what is not nft's JSON.
Result<PacketTable> parse_packet_table(std::string_view json);

} // namespace left4me
