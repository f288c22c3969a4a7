// A game's console that has been taken over, and the record of what a game last said: whatever
// comes, in whatever parts, what is kept is bounded.
#include "game/connected_players.hpp"
#include "game/rcon.hpp"
#include "property.hpp"
#include "watch/answer_record.hpp"

namespace left4me {
namespace {

void check_session(std::string_view bytes)
{
    RconSession session(Secret("password"));
    require(!session.take_output().empty(), "it begins with the login");
    bool asked = false;
    constexpr std::size_t longest = 255;
    while (!bytes.empty()) {
        // The first byte is how many come at once.
        const auto size = std::min<std::size_t>(static_cast<unsigned char>(bytes.front()), longest);
        const auto part = bytes.substr(1, size);
        bytes.remove_prefix(1 + part.size());
        if (const auto taken = session.take(part); !taken) {
            require(taken.error().status == ExitStatus::bad_data ||
                        taken.error().status == ExitStatus::not_permitted,
                    "a refusal is one of these");
            return;
        }
        if (session.logged_in() && !asked) {
            session.run("status");
            asked = true;
            require(session.take_output().size() < 100, "a command is sent, and one more to end it");
        }
        if (const auto answer = session.take_answer()) {
            require(asked, "an answer is one to a command");
            require(answer->size() <= RconSession::max_answer_size, "an answer is bounded");
            asked = false;
        }
    }
}

void check_record(std::string_view text)
{
    const auto record = parse_answer_record(text);
    if (!record)
        return require_refusal(record.error(), ExitStatus::bad_data);
    const auto again = parse_answer_record(format_answer_record(*record));
    require(again.has_value(), "a record can be written");
    require(format_answer_record(*again) == format_answer_record(*record), "and read again");
}

void check_players(std::string_view answer)
{
    const auto players = connected_players_in(answer);
    require(players.size() <= max_connected_players, "so many players and no more");
    for (const auto& player : players) {
        require(!player.name.contains('\n'), "a name is of one line");
        require(player.unique_id.find_first_of(" \"<>&;'") == std::string::npos,
                "a Steam ID has nothing in it that ends a word");
    }
}

} // namespace
} // namespace left4me

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    left4me::check_session(left4me::text_of(data, size));
    left4me::check_record(left4me::text_of(data, size));
    left4me::check_players(left4me::text_of(data, size));
    return 0;
}
