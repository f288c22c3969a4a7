#include "system/utf8.hpp"

namespace left4me {

std::optional<Utf8Character> first_character(std::string_view text)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (text.empty())
        return std::nullopt;
    if (byte(0) < 0x80)
        return Utf8Character{byte(0), 1};
    const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
    if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < length)
        return std::nullopt;
    char32_t code = byte(0) & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80)
            return std::nullopt;
        code = code << 6 | (byte(i) & 0x3fU);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (overlong || surrogate || code > 0x10ffff)
        return std::nullopt;
    return Utf8Character{code, length};
}

bool is_utf8(std::string_view text)
{
    return all_characters(text, [](char32_t) { return true; });
}

bool all_characters(std::string_view text, const std::function<bool(char32_t)>& accepts)
{
    while (!text.empty()) {
        const auto first = first_character(text);
        if (!first || !accepts(first->code))
            return false;
        text.remove_prefix(first->length);
    }
    return true;
}

} // namespace left4me
