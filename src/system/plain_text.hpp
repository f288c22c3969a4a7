#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace left4me {

/// Columns as wide as they need to be, two blanks apart. The first row has the titles.
std::string format_table(const std::vector<std::vector<std::string>>& rows);

/// "1.5 GiB"; bytes below a KiB as they are.
std::string human_bytes(std::uint64_t bytes);

} // namespace left4me
