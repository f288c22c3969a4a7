#include "model/layer_ref.hpp"

#include "model/name_grammar.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <ranges>

namespace left4me {
namespace {

constexpr std::size_t max_ref_size = 3900; // PATH_MAX less the state directory

bool letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::optional<std::string> broken_ref_part_rule(std::string_view part)
{
    if (part.empty())
        return "it has an empty part";
    if (part == "..")
        return "'..' is not allowed";
    if (part.size() > max_path_part_size)
        return formatted("a part is longer than {} characters", max_path_part_size);
    if (!letter_or_digit(part.front()))
        return "each part must begin with a letter or a digit";
    if (!std::ranges::all_of(
            part, [](char c) { return letter_or_digit(c) || c == '.' || c == '_' || c == '-'; }))
        return "only letters, digits, '.', '_', '-' and '/' are allowed";
    return std::nullopt;
}

std::optional<std::string> broken_ref_rule(std::string_view text)
{
    if (text.empty())
        return "it is empty";
    if (text.front() == '/')
        return "it must be relative to overlays/";
    if (text.size() > max_ref_size)
        return formatted("it is longer than {} characters", max_ref_size);
    for (const auto part : std::views::split(text, '/'))
        if (auto rule = broken_ref_part_rule(std::string_view(part)))
            return rule;
    return std::nullopt;
}

} // namespace

Result<LayerRef> LayerRef::parse(std::string_view text)
{
    if (const auto rule = broken_ref_rule(text))
        return fail(ExitStatus::bad_data, formatted("{} is not a layer: {}", quote(text), *rule));
    return LayerRef(text);
}

bool LayerRef::overlaps(const LayerRef& other) const
{
    const auto& [shorter, longer] =
        text_.size() < other.text_.size() ? std::tie(text_, other.text_) : std::tie(other.text_, text_);
    return longer.starts_with(shorter) &&
           (longer.size() == shorter.size() || longer[shorter.size()] == '/');
}

} // namespace left4me
