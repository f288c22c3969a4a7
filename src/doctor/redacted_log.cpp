#include "doctor/redacted_log.hpp"

#include "model/rcon_password.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

namespace left4me {
namespace {

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Of an address, or of a number beside one.
bool is_of_address(char c)
{
    return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '.';
}

/// Four numbers with dots between, at the beginning.
std::size_t size_of_ipv4(std::string_view text)
{
    std::size_t at = 0;
    for (int part = 0; part < 4; ++part) {
        const auto begin = at;
        while (at < text.size() && is_digit(text[at]))
            ++at;
        if (at == begin || at - begin > 3)
            return 0;
        if (part < 3 && (at == text.size() || text[at++] != '.'))
            return 0;
    }
    return at;
}

bool is_own_ipv4(std::string_view address)
{
    return address.starts_with("127.") || address == "0.0.0.0";
}

/// A word of hexadecimal digits and colons; a time of day has two of these, and no "::".
bool is_ipv6(std::string_view word)
{
    if (word.ends_with(':') && !word.ends_with("::"))
        word.remove_suffix(1); // of the sentence
    return word != "::1" && word != "::" &&
           (std::ranges::count(word, ':') > 2 ||
            (word.contains("::") && std::ranges::any_of(word, [](char c) { return c != ':'; })));
}

/// The word at the beginning, of characters that an address may have: what it becomes.
std::string redacted_word(std::string_view word)
{
    if (is_ipv6(word))
        return "[address]";
    for (std::size_t at = 0; at < word.size(); ++at) {
        const bool begins = at == 0 || (!is_digit(word[at - 1]) && word[at - 1] != '.');
        const auto size = begins ? size_of_ipv4(word.substr(at)) : 0;
        if (size != 0 && !is_own_ipv4(word.substr(at, size)))
            return std::string(word.substr(0, at)) + "[address]" + redacted_word(word.substr(at + size));
    }
    // SteamID64 of any account: 17 digits, of which these are the first ones.
    if (word.size() == 17 && word.starts_with("7656119"))
        return "[steam id]";
    return std::string(word);
}

/// "STEAM_1:0:123", "[U:1:123]", "[A-1:857537543(50865)]": its size at the beginning, or 0.
/// https://developer.valvesoftware.com/wiki/SteamID
std::size_t size_of_steam_id(std::string_view text)
{
    constexpr std::string_view old = "STEAM_";
    if (text.starts_with(old)) {
        const auto end = text.find_first_not_of("0123456789:", old.size());
        return std::min(end, text.size());
    }
    if (text.size() < 4 || text[0] != '[' || std::isalpha(static_cast<unsigned char>(text[1])) == 0 ||
        (text[2] != ':' && text[2] != '-'))
        return 0;
    const auto end = text.find_first_not_of("0123456789:-()", 2);
    return end != std::string_view::npos && text[end] == ']' ? end + 1 : 0;
}

std::string redacted_line(std::string_view line)
{
    if (may_tell_a_secret(line))
        return "[a line that may tell a secret]";
    std::string shown;
    while (!line.empty()) {
        if (const auto id = size_of_steam_id(line); id != 0) {
            shown += "[steam id]";
            line.remove_prefix(id);
            continue;
        }
        const auto* end = std::ranges::find_if_not(line, is_of_address);
        const auto word = line.substr(0, static_cast<std::size_t>(end - line.begin()));
        if (word.empty()) {
            shown += line.front();
            line.remove_prefix(1);
            continue;
        }
        shown += redacted_word(word);
        line.remove_prefix(word.size());
    }
    return shown;
}

} // namespace

std::string redacted_log(std::string_view log, const std::vector<std::string>& secrets)
{
    std::string text(log);
    for (const auto& secret : secrets)
        if (!secret.empty())
            for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
                text.replace(at, secret.size(), "[removed]");
    std::string shown;
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = rest.find('\n');
        shown += redacted_line(rest.substr(0, end));
        shown += '\n';
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return shown;
}

} // namespace left4me
