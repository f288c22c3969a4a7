#include "web/request_values.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/utf8.hpp"

#include <algorithm>

namespace left4me::web {
namespace {

constexpr std::size_t max_form_fields = 1100;

bool is_readable(std::string_view text)
{
    return all_characters(text, [](char32_t code) {
        return (code >= U' ' || code == U'\t' || code == U'\n' || code == U'\r') && code != 0x7f;
    });
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_blank)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const auto digits = text.substr(i + 1, 2);
            const auto byte =
                digits.size() == 2 ? parse_number<unsigned char>(digits, 16) : std::nullopt;
            if (!byte)
                return std::nullopt;
            result += static_cast<char>(*byte);
            i += 2;
        } else {
            result += plus_is_blank && text[i] == '+' ? ' ' : text[i];
        }
    }
    return is_readable(result) ? std::optional(std::move(result)) : std::nullopt;
}

/// Browsers send the ends of lines as CR LF (HTML, "normalize newlines"), whatever a page had.
std::string with_plain_ends(std::string_view text)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool before_newline = text[i] == '\r' && text.substr(i + 1).starts_with('\n');
        if (!before_newline)
            result += text[i] == '\r' ? '\n' : text[i];
    }
    return result;
}

/// Up to the separator, and it goes from rest.
std::string_view take_until(std::string_view& rest, char separator)
{
    const auto end = std::min(rest.find(separator), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

} // namespace

std::optional<Form> parse_form(std::string_view text)
{
    Form form;
    while (!text.empty()) {
        const auto field = take_until(text, '&');
        const auto equals = field.find('=');
        if (equals == std::string_view::npos || form.size() == max_form_fields)
            return std::nullopt;
        auto name = decoded(field.substr(0, equals), true);
        auto value = decoded(field.substr(equals + 1), true).transform(with_plain_ends);
        if (!name || !value || !form.emplace(std::move(*name), std::move(*value)).second)
            return std::nullopt;
    }
    return form;
}

Form parse_query(std::string_view text)
{
    return parse_form(text).value_or(Form());
}

std::string_view value_of(const Form& form, std::string_view name)
{
    const auto found = form.find(name);
    return found == form.end() ? std::string_view() : found->second;
}

std::optional<std::string_view> cookie_in(std::string_view field, std::string_view name)
{
    std::optional<std::string_view> found;
    while (!field.empty()) {
        auto pair = take_until(field, ';');
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != name)
            continue;
        if (found)
            return std::nullopt;
        found = pair.substr(equals + 1);
    }
    return found;
}

std::optional<std::string> decoded_part(std::string_view part)
{
    return decoded(part, false);
}

std::string encoded_part(std::string_view text)
{
    std::string result;
    for (const char byte : text) {
        const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= 'a' && byte <= 'z') || std::string_view("-._~").contains(byte);
        result += plain ? std::string(1, byte) : formatted("%{:02X}", static_cast<unsigned char>(byte));
    }
    return result;
}

} // namespace left4me::web
