#include "console/text_table.hpp"

#include "system/error.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace left4me {
namespace {

constexpr std::size_t max_width = 80;
constexpr std::size_t between = 2;

/// Characters, as far as each is a column wide.
std::size_t width_of(std::string_view text)
{
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

/// The words of a text, in lines that begin at a column and go no further than max_width; the
/// first one is there already.
std::string in_lines(std::string_view text, std::size_t begin)
{
    std::string lines;
    auto column = begin;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (column > begin && column + 1 + width_of(word) > max_width) {
            lines += '\n' + std::string(begin, ' ');
            column = begin;
        } else if (column > begin) {
            lines += ' ';
            ++column;
        }
        lines += word;
        column += width_of(word);
    }
    return lines;
}

/// The last cell, behind the others, which end at a column.
std::string last_cell(const std::string& text, std::size_t column)
{
    constexpr std::size_t enough = 24; // to read it in lines of that
    constexpr std::size_t indent = 4;
    if (column + width_of(text) <= max_width)
        return text;
    if (column + enough <= max_width)
        return in_lines(text, column);
    return '\n' + std::string(indent, ' ') + in_lines(text, indent);
}

/// The first column gives way to those between it and the last: a longer name in it has a line
/// of its own.
void narrow(std::vector<std::size_t>& widths)
{
    constexpr std::size_t least = 8;
    std::size_t all = 0;
    for (std::size_t column = 0; column + 1 < widths.size(); ++column)
        all += widths[column] + between;
    if (all > max_width + between && widths.front() > least)
        widths.front() -= std::min(widths.front() - least, all - between - max_width);
}

} // namespace

std::string format_table(std::vector<std::vector<std::string>> rows)
{
    std::vector<std::size_t> widths;
    for (auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t column = 0; column < row.size(); ++column) {
            row[column] = escaped(row[column]);
            widths[column] = std::max(widths[column], width_of(row[column]));
        }
    }
    narrow(widths);
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        std::size_t end = 0;
        for (std::size_t column = 0; column + 1 < row.size(); ++column) {
            const auto width = width_of(row[column]);
            line += row[column];
            line += width <= widths[column] ? std::string(widths[column] - width + between, ' ')
                                            : '\n' + std::string(widths[column] + between, ' ');
            end += widths[column] + between;
        }
        const auto last = last_cell(row.back(), end);
        if (last.empty() || last.front() == '\n')
            line.erase(line.find_last_not_of(' ') + 1);
        text += line + last + '\n';
    }
    return text;
}

} // namespace left4me
