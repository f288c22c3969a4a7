#pragma once

#include "system/error.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace left4me {

/// The package's table of packet rules, as nft lists it.
struct PacketTable {
    std::map<std::string, std::size_t> rules; ///< of each chain, how many
    /// Chains that packets of a slice are sent to, by the slice's cgroup. Rules keep that by
    /// number: one that is gone, and made anew since, has none.
    std::map<std::string, std::set<std::string>> jumps;
    std::map<std::string, std::size_t> accepts; ///< of each chain, rules that accept or return
    bool is_owned = false; ///< by a program that runs: nobody else can take it away
};

/// bad_data for what is not nft's JSON.
Result<PacketTable> parse_packet_table(std::string_view json);

} // namespace left4me
