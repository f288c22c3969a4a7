#include "console/text_table.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <string_view>

namespace left4me {

std::string format_table(const std::vector<std::vector<std::string>>& rows)
{
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            std::size_t width = 0;
            for (const auto& other : rows)
                width = std::max(width, other[column].size());
            const bool last = column + 1 == row.size();
            text += last ? row[column] + '\n' : std::format("{:<{}}  ", row[column], width);
        }
    }
    return text;
}

std::string human_bytes(std::uint64_t bytes)
{
    constexpr std::array<std::string_view, 4> units = {"B", "KiB", "MiB", "GiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    constexpr double step = 1024;
    for (; value >= step && unit + 1 < units.size(); ++unit)
        value /= step;
    return unit == 0 ? std::format("{} B", bytes) : std::format("{:.1f} {}", value, units.at(unit));
}

} // namespace left4me
