#pragma once

#include <string>
#include <vector>

namespace left4me {

/// Columns as wide as they need to be, two blanks apart. The first row has the titles.
std::string format_table(const std::vector<std::vector<std::string>>& rows);

} // namespace left4me
