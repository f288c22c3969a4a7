#include "model/rcon_password.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstddef>
#include <sys/random.h>

namespace left4me {
namespace {

constexpr std::string_view variable = "rcon_password";

bool is_same_word(std::string_view word, std::string_view other)
{
    const auto lower = [](unsigned char c) { return std::tolower(c); };
    return std::ranges::equal(word, other, {}, lower, lower);
}

/// The words of the command at the beginning of a line, which is cut off; a quote may hold a
/// semicolon, blanks and //.
std::vector<std::string> take_command(std::string_view& line)
{
    std::vector<std::string> words;
    while (!line.empty() && line.front() != ';') {
        if (line.starts_with("//")) {
            line = {};
        } else if (line.front() == '"') {
            const auto end = std::min(line.find('"', 1), line.size());
            words.emplace_back(line.substr(1, end - 1));
            line.remove_prefix(std::min(end + 1, line.size()));
        } else if (static_cast<unsigned char>(line.front()) <= ' ') {
            line.remove_prefix(1);
        } else {
            std::size_t end = 0;
            while (end < line.size() && static_cast<unsigned char>(line[end]) > ' ' &&
                   line[end] != '"' && line[end] != ';' && !line.substr(end).starts_with("//"))
                ++end;
            words.emplace_back(line.substr(0, end));
            line.remove_prefix(end);
        }
    }
    if (!line.empty())
        line.remove_prefix(1);
    return words;
}

} // namespace

std::optional<std::string> rcon_password_in(std::string_view server_cfg)
{
    std::optional<std::string> password;
    while (!server_cfg.empty()) {
        const auto end = std::min(server_cfg.find('\n'), server_cfg.size());
        auto line = server_cfg.substr(0, end);
        while (!line.empty()) {
            const auto words = take_command(line);
            if (words.size() > 1 && is_same_word(words[0], variable))
                password = words[1];
        }
        server_cfg.remove_prefix(std::min(end + 1, server_cfg.size()));
    }
    if (password && password->empty())
        return std::nullopt;
    return password;
}

std::optional<std::string> rcon_password_of(const std::vector<std::string>& arguments)
{
    std::optional<std::string> password;
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i)
        if (arguments[i].starts_with('+') && is_same_word(arguments[i].substr(1), variable))
            password = arguments[i + 1];
    if (password && password->empty())
        return std::nullopt;
    return password;
}

bool names_rcon_password(std::string_view line)
{
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    std::string plain(line);
    std::erase(plain, '"');
    return !line.starts_with("//") && contains_ignoring_case(plain, variable);
}

bool may_tell_a_secret(std::string_view line)
{
    // A console takes the quotes out of a word: rcon_"pass"word is one word in some of them.
    std::string plain(line);
    std::erase(plain, '"');
    constexpr std::array<std::string_view, 8> marks = {
        "passw", "passphrase", "secret", "token", "apikey", "api_key", "authkey", "setsteamaccount"};
    return std::ranges::any_of(
        marks, [&](std::string_view mark) { return contains_ignoring_case(plain, mark); });
}

Result<std::string> random_rcon_password()
{
    constexpr std::size_t size = 32;
    // As many as 6 bits have, so that each is as likely as any other; none that a console reads.
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::array<unsigned char, size> bytes = {};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        return fail_errno("cannot get a random number", errno);
    std::string password;
    for (const auto byte : bytes)
        password += alphabet[byte % alphabet.size()];
    return password;
}

std::string rcon_password_line(std::string_view password)
{
    return formatted("{} \"{}\"\n", variable, password);
}

} // namespace left4me
