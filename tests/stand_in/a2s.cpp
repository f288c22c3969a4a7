#include "a2s.hpp"

#include "little_endian.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <random>

namespace stand_in {

namespace {

using namespace std::string_view_literals;

// https://developer.valvesoftware.com/wiki/Server_queries
constexpr auto single_packet = "\xFF\xFF\xFF\xFF"sv;
constexpr auto info_request = "TSource Engine Query\0"sv;
constexpr char player_request = 'U';
constexpr char rules_request = 'V';
constexpr char challenge_request = 'W';
constexpr char challenge_reply = 'A';
constexpr char info_reply = 'I';
constexpr char player_reply = 'D';
constexpr char rules_reply = 'E';

constexpr std::uint8_t protocol_version = 17;
constexpr std::uint16_t app_id = 550;
constexpr std::uint8_t has_port = 0x80;
constexpr std::uint8_t has_keywords = 0x20;

/// What a single, unsplit packet may carry; names and rules beyond it are left out.
constexpr std::size_t max_reply_bytes = 1400;
constexpr std::size_t max_text_bytes = 255;

/// Texts end at a NUL, so they must have none.
void put_text(std::string& reply, std::string_view text)
{
    reply += text.substr(0, std::min(text.find('\0'), max_text_bytes));
    reply += '\0';
}

/// As the engine does, only what is meant for players: a password is not.
bool is_public(std::string_view cvar)
{
    return (cvar.starts_with("sv_") || cvar.starts_with("mp_")) && !cvar.contains("password");
}

std::uint16_t port_number(std::string_view text)
{
    std::uint16_t port = 0;
    std::from_chars(text.data(), text.data() + text.size(), port);
    return port;
}

} // namespace

QueryResponder::QueryResponder(const GameState& game) : game_(game)
{
    std::random_device random;
    key_ = std::uint64_t{random()} << 32 | random();
}

void QueryResponder::answer(std::string_view request, const sockaddr_in& from, std::string& reply) const
{
    reply.clear();
    if (game_.cvar("stand_in_silent") == "1")
        return;
    if (!request.starts_with(single_packet) || request.size() == single_packet.size())
        return;
    request.remove_prefix(single_packet.size());

    const bool is_info = request.starts_with(info_request);
    const char kind = request.front();
    if (!is_info && kind != player_request && kind != rules_request && kind != challenge_request)
        return;
    request.remove_prefix(is_info ? info_request.size() : 1);

    reply += single_packet;
    const std::uint32_t challenge = challenge_of(from);
    if (request.size() < sizeof challenge || read_number(request) != challenge) {
        reply += challenge_reply;
        put_number(reply, challenge);
    } else if (is_info) {
        info(reply);
    } else if (kind == player_request) {
        players(reply);
    } else {
        rules(reply);
    }
}

std::uint32_t QueryResponder::challenge_of(const sockaddr_in& from) const
{
    // One round of splitmix64 over address, port and key.
    std::uint64_t mix = key_ ^ (std::uint64_t{from.sin_addr.s_addr} << 16 | from.sin_port);
    mix = (mix ^ (mix >> 30)) * 0xbf58476d1ce4e5b9;
    mix = (mix ^ (mix >> 27)) * 0x94d049bb133111eb;
    return static_cast<std::uint32_t>(mix >> 32);
}

void QueryResponder::info(std::string& reply) const
{
    reply += info_reply;
    put_number(reply, protocol_version);
    put_text(reply, game_.cvar("hostname"));
    put_text(reply, game_.map);
    put_text(reply, game_.directory);
    put_text(reply, "Left 4 Dead 2"sv);
    put_number(reply, app_id);
    put_number(reply, static_cast<std::uint8_t>(game_.players.size()));
    put_number(reply, static_cast<std::uint8_t>(GameState::max_players));
    put_number(reply, std::uint8_t{0}); // bots
    reply += 'd';                       // dedicated
    reply += 'l';                       // on Linux
    put_number(reply, static_cast<std::uint8_t>(!game_.cvar("sv_password").empty()));
    put_number(reply, static_cast<std::uint8_t>(game_.is_secure()));
    put_text(reply, "2.2.4.3"sv);
    put_number(reply, static_cast<std::uint8_t>(has_port | has_keywords));
    const auto said = game_.cvar("stand_in_says_port");
    put_number(reply, port_number(said.empty() ? game_.cvar("hostport") : said));
    put_text(reply, game_.cvar("sv_tags"));
}

void QueryResponder::players(std::string& reply) const
{
    reply += player_reply;
    const std::size_t count_at = reply.size();
    std::uint8_t count = 0;
    put_number(reply, count);
    const auto now = std::chrono::steady_clock::now();
    for (const Player& player : game_.players) {
        if (reply.size() + player.name.size() + 10 > max_reply_bytes)
            break;
        const std::chrono::duration<float> connected = now - player.joined;
        put_number(reply, count);
        put_text(reply, player.name);
        put_number(reply, std::uint32_t{0}); // score
        put_number(reply, std::bit_cast<std::uint32_t>(connected.count()));
        ++count;
    }
    reply[count_at] = static_cast<char>(count);
}

void QueryResponder::rules(std::string& reply) const
{
    std::string list;
    std::uint16_t count = 0;
    for (const auto& [name, value] : game_.cvars) {
        if (!is_public(name))
            continue;
        if (list.size() + name.size() + value.size() + 16 > max_reply_bytes)
            break;
        put_text(list, name);
        put_text(list, value);
        ++count;
    }
    reply += rules_reply;
    put_number(reply, count);
    reply += list;
}

} // namespace stand_in
