#include "web/markup.hpp"

#include "system/utf8.hpp"

namespace left4me::web {
namespace {

/// Neither a control character, but for tabs and ends of lines, nor one that no document may
/// have (HTML, 13.2.3.5).
bool stands_in_html(char32_t code)
{
    if (code < 0x20)
        return code == '\t' || code == '\n';
    const bool control = code >= 0x7f && code < 0xa0;
    const bool none = (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) == 0xfffe;
    // They turn a line around, and with it what it seems to say.
    const bool turns = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return !control && !none && !turns;
}

} // namespace

std::string html_text(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const auto character = first_character(text);
        const auto length = character ? character->length : 1;
        if (!character || !stands_in_html(character->code))
            result += "\xef\xbf\xbd";
        else if (text[0] == '&')
            result += "&amp;";
        else if (text[0] == '<')
            result += "&lt;";
        else if (text[0] == '>')
            result += "&gt;";
        else if (text[0] == '"')
            result += "&quot;";
        else if (text[0] == '\'')
            result += "&#39;";
        else
            result += text.substr(0, length);
        text.remove_prefix(length);
    }
    return result;
}

} // namespace left4me::web
