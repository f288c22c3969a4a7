#include "web/asked_games.hpp"

#include "game/game_console.hpp"
#include "game/query_conversation.hpp"
#include "host/unit_names.hpp"
#include "system/format.hpp"
#include "verbs/console_verbs.hpp"
#include "watch/game_door.hpp"

#include <utility>
#include <variant>

namespace left4me::web {
namespace {

constexpr std::chrono::milliseconds for_a_query{400};
constexpr std::chrono::milliseconds for_another{1000};
constexpr std::chrono::seconds players_are_new{2};
/// Of servers, what is kept in memory.
constexpr std::size_t most_known = 8;

Result<std::vector<Player>> ask_players(const Host& host, const InstanceName& server)
{
    return ask_for_game(host, server, GameLine::queries)
        .and_then([](FileDescriptor socket) {
            return ask_and_wait(QueryConversation::by(std::move(socket), Query::players), for_a_query);
        })
        .and_then([](QueryAnswer answer) -> Result<std::vector<Player>> {
            if (auto* players = std::get_if<std::vector<Player>>(&answer))
                return std::move(*players);
            return fail(ExitStatus::bad_data, "the game answers something else");
        });
}

template <class Known>
void keep(std::map<InstanceName, Known>& all, const InstanceName& server, Known known)
{
    if (all.size() >= most_known && !all.contains(server))
        all.clear();
    all.insert_or_assign(server, std::move(known));
}

} // namespace

Result<std::vector<Player>> AskedGames::players(const InstanceName& server)
{
    const auto now = Clock::now();
    {
        const std::scoped_lock keeping(keeping_);
        if (const auto known = players_.find(server);
            known != players_.end() && now - known->second.asked < players_are_new)
            return known->second.answer;
    }
    auto answer = ask_players(host_, server);
    const std::scoped_lock keeping(keeping_);
    keep(players_, server, {now, answer});
    return answer;
}

Result<std::string> AskedGames::run(const InstanceName& server, std::string_view command)
{
    // One waits for another one, as what is typed does for the names that complete it; a third finds
    // the pool's threads taken, for a moment.
    std::unique_lock next(waiting_, std::try_to_lock);
    const std::unique_lock alone(running_, next ? for_another : std::chrono::milliseconds(0));
    if (next)
        next.unlock();
    if (!alone)
        return fail(ExitStatus::busy, "another command waits for its game's answer");
    return run_alone(server, command);
}

/// Where the console of l4d2ctl was refused that is known, too, by a file that only it can write.
bool AskedGames::has_refused(const InstanceName& server, const UnitStatus& run)
{
    const auto refused = refused_.find(server);
    return refused != refused_.end() && refused->second == run.started;
}

Result<std::string> AskedGames::run_alone(const InstanceName& server, std::string_view command)
{
    const auto door = find_console(host_, server);
    if (!door)
        return std::unexpected(door.error());
    if (has_refused(server, door->server))
        return fail(ExitStatus::not_permitted, "it has refused its rcon password");
    auto connection = ask_for_game(host_, server, GameLine::console);
    if (!connection)
        return std::unexpected(connection.error());
    auto console = GameConsole::open(std::move(*connection), door->password, patience);
    if (!console && console.error().status == ExitStatus::not_permitted)
        keep(refused_, server, door->server.started);
    if (!console)
        return std::unexpected(console.error());
    return console->run(command);
}

Result<std::shared_ptr<const CvarList>> AskedGames::names(const InstanceName& server)
{
    const auto unit = Systemd::connect().and_then(
        [&](Systemd systemd) { return systemd.status(server_unit(server)); });
    if (!unit)
        return std::unexpected(unit.error());
    {
        const std::scoped_lock keeping(keeping_);
        if (const auto known = names_.find(server);
            known != names_.end() && known->second.run == unit->started)
            return known->second.names;
    }
    return run(server, "cvarlist").transform([&](const std::string& answer) {
        auto names = std::make_shared<const CvarList>(answer);
        const std::scoped_lock keeping(keeping_);
        keep(names_, server, {unit->started, names});
        return names;
    });
}

} // namespace left4me::web
