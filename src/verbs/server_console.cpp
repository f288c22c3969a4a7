#include "verbs/server_console.hpp"

#include "system/format.hpp"
#include "verbs/console_verbs.hpp"

#include <algorithm>
#include <utility>

namespace left4me {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Nothing tells that a game has begun to listen.
constexpr std::chrono::seconds between_tries{1};

/// Of a paste, for one.
constexpr std::size_t max_waiting = 1000;

} // namespace

Result<void> ServerConsole::begin()
{
    const auto door = find_console(host_, name_);
    if (!door && door.error().status != ExitStatus::not_permitted)
        return std::unexpected(door.error());
    connect();
    return {};
}

void ServerConsole::run(std::string command)
{
    const Asked asked = {Kind::answer, std::move(command)};
    if (!game_)
        give_up(asked, "the game takes no commands now");
    else if (asked_.size() >= max_waiting)
        give_up(asked, "too many wait for the game's answers");
    else
        asked_.push_back(asked);
    give_next();
}

void ServerConsole::ask_names()
{
    if (!game_ || std::exchange(names_asked_, true))
        return;
    asked_.push_back({Kind::names, "cvarlist"});
    give_next();
}

pollfd ServerConsole::watched() const
{
    return game_ ? game_->watched() : pollfd{-1, 0, 0};
}

int ServerConsole::patience() const
{
    if (!events_.empty())
        return 0;
    const auto until = game_ ? game_->until() : std::optional(next_try_);
    if (!until)
        return -1;
    const auto left = std::chrono::ceil<milliseconds>(*until - Clock::now());
    return static_cast<int>(std::max(left, milliseconds(0)).count());
}

std::vector<ServerConsole::Event> ServerConsole::go_on(short happened)
{
    if (game_)
        serve(happened);
    if (!game_ && Clock::now() >= next_try_)
        connect();
    return std::exchange(events_, {});
}

void ServerConsole::serve(short happened)
{
    if (auto served = game_->serve(happened); !served)
        return lose(served.error());
    if (!game_->logged_in())
        return;
    if (!std::exchange(greeted_, true) && !trouble_.empty()) {
        tell(Kind::notice, formatted("{} takes commands", name_.str()));
        trouble_.clear();
    }
    if (given_)
        if (auto answer = game_->take_answer()) {
            given_ = false;
            tell(asked_.front().kind, std::move(*answer));
            asked_.pop_front();
        }
    give_next();
}

void ServerConsole::give_next()
{
    if (!game_ || !game_->logged_in() || given_ || asked_.empty())
        return;
    given_ = true;
    if (auto asked = game_->ask(asked_.front().command); !asked)
        lose(asked.error());
}

void ServerConsole::connect()
{
    next_try_ = Clock::now() + between_tries;
    auto door = find_console(host_, name_);
    if (!door)
        return tell_trouble(door.error().message);
    auto game = GameConsole::begin(door->port, door->password);
    if (!game)
        return tell_trouble(
            formatted("{} takes no commands yet: {}", name_.str(), game.error().message));
    game_.emplace(std::move(*game));
    server_ = std::move(door->server);
    greeted_ = false;
}

/// The next try tells what has become of the server.
void ServerConsole::lose(Error error)
{
    game_.reset();
    next_try_ = Clock::now();
    const auto lost = note_refusal(host_, name_, server_, std::move(error));
    if (asked_.empty() || lost.status == ExitStatus::not_permitted)
        tell_trouble(formatted("{}: {}", name_.str(), lost.message));
    for (const auto& asked : std::exchange(asked_, {}))
        give_up(asked, lost.message);
    given_ = false;
    // One that was lost is told of again, once it is back.
    if (trouble_.empty())
        trouble_ = lost.message;
}

void ServerConsole::give_up(const Asked& asked, std::string_view why)
{
    if (asked.kind == Kind::names)
        names_asked_ = false;
    else
        tell(Kind::notice, formatted("no answer to {}: {}", quote(asked.command), why));
}

void ServerConsole::tell_trouble(const std::string& text)
{
    if (std::exchange(trouble_, text) != text)
        tell(Kind::notice, text);
}

} // namespace left4me
