#pragma once

#include "system/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Valve's server queries: https://developer.valvesoftware.com/wiki/Server_queries
///
/// The words of a game that may have been taken over: texts are of any bytes and any length that
/// a datagram has, and numbers are what it likes to say. Who shows them, escapes them.
namespace left4me {

enum class Query : std::uint8_t { info, players, rules };

/// What a server says of itself.
struct ServerInfo {
    std::string name;
    std::string map;
    std::string folder;  ///< of the game: left4dead2
    std::string game;
    std::string version;
    std::string keywords; ///< sv_tags, or empty
    std::uint16_t app_id = 0; ///< 550 is Left 4 Dead 2; 0 where it is longer than 16 bits
    unsigned players = 0;     ///< bots among them
    unsigned max_players = 0;
    unsigned bots = 0;
    bool has_password = false;
    bool is_secure = false; ///< kicks whom VAC has banned
    std::optional<std::uint16_t> port;
    std::optional<std::uint64_t> steam_id;

    bool operator==(const ServerInfo&) const = default;
};

struct Player {
    std::string name; ///< empty while somebody joins
    std::int32_t score = 0;
    float seconds = 0; ///< on the server; never below 0, never NaN

    bool operator==(const Player&) const = default;
};

struct Rule {
    std::string name;
    std::string value;

    bool operator==(const Rule&) const = default;
};

/// A number to send with the same question again: the server wants to see that its answers
/// reach who asks.
struct Challenge {
    std::uint32_t number = 0;

    bool operator==(const Challenge&) const = default;
};

using QueryAnswer = std::variant<Challenge, ServerInfo, std::vector<Player>, std::vector<Rule>>;

/// The datagram to send. The first question of any kind goes without a challenge; most servers
/// answer it with one.
std::string query_packet(Query query, std::optional<Challenge> challenge);

/// What a whole answer says, after its first four bytes (split_answer.hpp): bad_data, with what
/// is wrong, where it is none of A2S. An answer that ends early is refused where a field of
/// ServerInfo is cut; of players and rules, which the engine cuts to what fits into its packets,
/// those that are there are given.
Result<QueryAnswer> parse_query_answer(std::string_view message);

} // namespace left4me
