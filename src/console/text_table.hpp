#pragma once

#include <string>
#include <vector>

namespace left4me {

/// Columns as wide as they need to be, two blanks apart. The first row has the titles. What
/// is in a cell is escaped: none can end its line. What makes a row wider than 80 columns goes
/// on below: of the last cell the words, where there is room for them, or all of it. No word
/// is cut, for people copy them.
std::string format_table(std::vector<std::vector<std::string>> rows);

} // namespace left4me
