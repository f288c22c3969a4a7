#include "game/a2s.hpp"

#include "game/packet_reader.hpp"
#include "system/format.hpp"

#include <cmath>
#include <utility>

namespace left4me {
namespace {

using namespace std::string_view_literals;

constexpr auto header_of_requests = "\xFF\xFF\xFF\xFF"sv;
constexpr auto info_question = "TSource Engine Query\0"sv;
constexpr std::uint32_t no_challenge = 0xFFFFFFFF;

constexpr char challenge_kind = 'A';
constexpr char info_kind = 'I';
constexpr char players_kind = 'D';
constexpr char rules_kind = 'E';

// Which fields follow the version, in this order.
constexpr std::uint8_t has_port = 0x80;
constexpr std::uint8_t has_steam_id = 0x10;
constexpr std::uint8_t has_spectators = 0x40;
constexpr std::uint8_t has_keywords = 0x20;

std::unexpected<Error> bad_query_answer(std::string_view what)
{
    return fail(ExitStatus::bad_data, formatted("the game's answer {}", what));
}

void read_extra(PacketReader& packet, ServerInfo& info)
{
    if (packet.rest().empty())
        return; // by an older engine
    const auto extra = packet.byte();
    if ((extra & has_port) != 0)
        info.port = packet.number16();
    if ((extra & has_steam_id) != 0)
        info.steam_id = packet.number64();
    if ((extra & has_spectators) != 0) {
        packet.number16();
        packet.text();
    }
    if ((extra & has_keywords) != 0)
        info.keywords = packet.text();
    // Next would be the game's whole number, which nobody here needs.
}

Result<QueryAnswer> read_info(PacketReader packet)
{
    ServerInfo info;
    packet.byte(); // the protocol's version
    info.name = packet.text();
    info.map = packet.text();
    info.folder = packet.text();
    info.game = packet.text();
    info.app_id = packet.number16();
    info.players = packet.byte();
    info.max_players = packet.byte();
    info.bots = packet.byte();
    packet.byte(); // dedicated, listening or a proxy
    packet.byte(); // its system
    info.has_password = packet.byte() != 0;
    info.is_secure = packet.byte() != 0;
    info.version = packet.text();
    read_extra(packet, info);
    if (packet.is_cut())
        return bad_query_answer("ends in the middle of what the server says of itself");
    return info;
}

Result<QueryAnswer> read_players(PacketReader packet)
{
    std::vector<Player> players;
    for (unsigned count = packet.byte(); count > 0 && !packet.rest().empty(); --count) {
        Player player;
        packet.byte(); // its place, always 0 by today's engines
        player.name = packet.text();
        player.score = static_cast<std::int32_t>(packet.number32());
        const auto seconds = packet.decimal();
        player.seconds = std::isfinite(seconds) && seconds > 0 ? seconds : 0;
        if (packet.is_cut())
            break;
        players.push_back(std::move(player));
    }
    return players;
}

Result<QueryAnswer> read_rules(PacketReader packet)
{
    std::vector<Rule> rules;
    for (unsigned count = packet.number16(); count > 0 && !packet.rest().empty(); --count) {
        Rule rule;
        rule.name = packet.text();
        rule.value = packet.text();
        if (packet.is_cut())
            break;
        rules.push_back(std::move(rule));
    }
    return rules;
}

Result<QueryAnswer> read_challenge(PacketReader packet)
{
    const Challenge challenge = {packet.number32()};
    if (packet.is_cut())
        return bad_query_answer("ends in the middle of its challenge");
    return challenge;
}

} // namespace

std::string query_packet(Query query, std::optional<Challenge> challenge)
{
    std::string packet(header_of_requests);
    if (query == Query::info)
        packet += info_question;
    else
        packet += query == Query::players ? 'U' : 'V';
    // What a server is, it may tell at once; the others want a number in any case.
    if (challenge || query != Query::info)
        put_number32(packet, challenge ? challenge->number : no_challenge);
    return packet;
}

Result<QueryAnswer> parse_query_answer(std::string_view message)
{
    if (message.empty())
        return bad_query_answer("is empty");
    const PacketReader packet(message.substr(1));
    switch (message.front()) {
    case challenge_kind:
        return read_challenge(packet);
    case info_kind:
        return read_info(packet);
    case players_kind:
        return read_players(packet);
    case rules_kind:
        return read_rules(packet);
    default:
        return bad_query_answer(formatted("begins with {}, which is nothing that was asked for",
                                          quote(message.substr(0, 1))));
    }
}

} // namespace left4me
