#include "doctor/tcp_listeners.hpp"

#include "system/plain_text.hpp"

#include <arpa/inet.h>
#include <array>
#include <optional>
#include <sstream>

namespace left4me {
namespace {

template <class Number>
std::optional<Number> hexadecimal(std::string_view text)
{
    constexpr int base = 16;
    return parse_number<Number>(text, base);
}

/// "0100007F", four bytes a word as the machine has them; IPv6 has four words.
std::optional<Listener> parse_address(std::string_view text)
{
    constexpr std::size_t digits = 8;
    std::array<std::uint32_t, 4> words = {};
    if (text.size() != digits && text.size() != digits * words.size())
        return std::nullopt;
    for (std::size_t i = 0; i < text.size() / digits; ++i) {
        const auto word = hexadecimal<std::uint32_t>(text.substr(i * digits, digits));
        if (!word)
            return std::nullopt;
        words[i] = *word;
    }
    const bool short_one = text.size() == digits;
    std::array<char, INET6_ADDRSTRLEN> written = {};
    inet_ntop(short_one ? AF_INET : AF_INET6, words.data(), written.data(), written.size());
    const std::string address = written.data();
    const bool loopback =
        address == "::1" || address.starts_with("127.") || address.starts_with("::ffff:127.");
    return Listener{address, 0, 0, loopback};
}

} // namespace

std::vector<Listener> parse_listeners(std::string_view table)
{
    std::vector<Listener> listeners;
    std::istringstream lines{std::string(table)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string number, local, remote, state, queues, timer, retransmits;
        std::uint32_t uid = 0;
        const bool whole =
            !!(words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> uid);
        const auto colon = local.find(':');
        if (!whole || state != "0A" || colon == std::string::npos) // TCP_LISTEN
            continue;
        auto listener = parse_address(std::string_view(local).substr(0, colon));
        const auto port = hexadecimal<std::uint16_t>(std::string_view(local).substr(colon + 1));
        if (!listener || !port)
            continue;
        listener->port = *port;
        listener->uid = uid;
        listeners.push_back(std::move(*listener));
    }
    return listeners;
}

} // namespace left4me
