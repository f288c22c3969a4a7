#include "system/shown_text.hpp"

#include "system/format.hpp"
#include "system/utf8.hpp"

#include <algorithm>
#include <cstddef>

namespace left4me {
namespace {

/// Length of the UTF-8 sequence at the start of text, or 0 where there is none
/// that may be shown. C1 controls are none.
std::size_t printable_sequence(std::string_view text)
{
    const auto character = first_character(text);
    if (!character || character->code < 0xa0)
        return 0;
    // Line separators and the marks that reverse a line's direction can make a
    // terminal show something else than what is there.
    const auto code = character->code;
    const bool layout = code == 0x2028 || code == 0x2029 || (code >= 0x202a && code <= 0x202e) ||
                        (code >= 0x2066 && code <= 0x2069);
    return layout ? 0 : character->length;
}

/// Length of the character at the start of text, or 0 where it may not be shown as it is.
std::size_t shown_length(std::string_view text)
{
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte < 0x80)
        return byte >= 0x20 && byte < 0x7f ? 1 : 0;
    return printable_sequence(text);
}

std::string escape(std::string_view text, std::string_view kept)
{
    std::string out;
    while (!text.empty()) {
        auto length = shown_length(text);
        if (length == 0 && kept.contains(text.front()))
            length = 1;
        out += text.substr(0, length);
        if (length == 0) {
            const auto byte = static_cast<unsigned char>(text.front());
            out += byte == '\n' ? "\\n" : byte == '\t' ? "\\t" : formatted("\\x{:02x}", byte);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

} // namespace

std::string escaped(std::string_view text)
{
    return escape(text, "");
}

std::string escaped_lines(std::string_view text)
{
    return escape(text, "\n");
}

std::string escaped_json(std::string_view json)
{
    std::string out;
    while (!json.empty()) {
        const auto character = first_character(json);
        const auto length = character ? character->length : 1;
        if (json.front() == '\n' || shown_length(json) > 0)
            out += json.substr(0, length);
        else
            out += formatted("\\u{:04x}", character ? static_cast<unsigned>(character->code) : 0xfffd);
        json.remove_prefix(length);
    }
    return out;
}

} // namespace left4me
