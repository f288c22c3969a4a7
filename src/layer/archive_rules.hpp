#pragma once

#include "system/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace left4me {

/// What an archive may be, at most. Larger than any campaign's maps.
constexpr std::uint64_t max_import_bytes = std::uint64_t{32} << 30U;
constexpr std::uint64_t max_import_entries = 500'000;
constexpr std::uint64_t max_import_ratio = 200; ///< of unpacked bytes to packed ones …
constexpr std::uint64_t ratio_counts_from = std::uint64_t{64} << 20U; ///< … beyond so many

/// The path that an entry of that name has, without "." and empty parts; empty for the top
/// itself. A backslash parts names, too: it is what some programs of Windows write, and what
/// the game would take it for. bad_data for an absolute name, "..", control characters, what
/// is no UTF-8, and parts that are too long.
Result<std::string> path_of_entry(std::string_view name);

/// bad_data for a link, at that path, whose target is absolute or leaves the layer.
Result<void> check_link_of_entry(std::string_view path, std::string_view target);

/// bad_data once an archive has given more than the limits above.
Result<void> check_import_size(std::uint64_t entries, std::uint64_t unpacked, std::uint64_t packed);

} // namespace left4me
