#include "web/layer_order.hpp"

#include <algorithm>
#include <ranges>

namespace left4me::web {
namespace {

std::string_view without_blanks(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

} // namespace

std::vector<LayerLine> layer_lines(std::string_view text)
{
    std::vector<LayerLine> lines;
    for (const auto part : std::views::split(text, '\n')) {
        const auto line = without_blanks(std::string_view(part));
        const auto end = std::min(line.find_first_of(" \t"), line.size());
        if (!line.empty())
            lines.push_back({.ref = std::string(line.substr(0, end)),
                             .alias = std::string(without_blanks(line.substr(end)))});
    }
    return lines;
}

std::string moved_layers(std::string_view text, std::string_view move)
{
    auto lines = layer_lines(text);
    const auto blank = std::min(move.find(' '), move.size());
    const auto how = move.substr(0, blank);
    const auto ref = move.substr(std::min(blank + 1, move.size()));
    const auto line = std::ranges::find(lines, ref, &LayerLine::ref);
    if (line == lines.end())
        return std::string(text);
    if (how == "up" && line != lines.begin())
        std::iter_swap(line, line - 1);
    else if (how == "down" && line + 1 != lines.end())
        std::iter_swap(line, line + 1);
    else if (how == "remove")
        lines.erase(line);
    std::string moved;
    for (const auto& [its_ref, alias] : lines)
        moved += its_ref + (alias.empty() ? "" : " " + alias) + "\n";
    return moved;
}

} // namespace left4me::web
