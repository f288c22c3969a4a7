#include "model/name_grammar.hpp"

#include "system/format.hpp"

namespace left4me {
std::optional<std::string> broken_name_rule(std::string_view text, std::size_t max_size)
{
    if (text.empty())
        return "it is empty";
    if (text.size() > max_size)
        return formatted("it is longer than {} characters", max_size);
    if (!is_lower_or_digit(text.front()))
        return "it must begin with a-z or 0-9";
    for (const char c : text)
        if (!is_lower_or_digit(c) && c != '_' && c != '-')
            return "only a-z, 0-9, '_' and '-' are allowed";
    return std::nullopt;
}

} // namespace left4me
