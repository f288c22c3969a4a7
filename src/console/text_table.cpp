#include "console/text_table.hpp"

#include "system/error.hpp"
#include "system/format.hpp"

#include <algorithm>

namespace left4me {

std::string format_table(std::vector<std::vector<std::string>> rows)
{
    for (auto& row : rows)
        for (auto& cell : row)
            cell = escaped(cell);
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            std::size_t width = 0;
            for (const auto& other : rows)
                width = std::max(width, other[column].size());
            const bool last = column + 1 == row.size();
            text += last ? row[column] + '\n' : formatted("{:<{}}  ", row[column], width);
        }
    }
    return text;
}

} // namespace left4me
