#include "watch/watched_game.hpp"

#include <cstring>
#include <sys/epoll.h>
#include <utility>

namespace left4me {
namespace {

using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr seconds answer_patience{1}; ///< until a question is sent again
constexpr unsigned max_tries = 3;

std::chrono::sys_seconds clock_time()
{
    return std::chrono::floor<seconds>(std::chrono::system_clock::now());
}

} // namespace

seconds pause_before_next(AnswerState state, nanoseconds in_state, bool wanted)
{
    constexpr seconds often{5};
    constexpr seconds seldom{60};
    constexpr minutes load_time{10};
    switch (state) {
    case AnswerState::loading:
        return in_state < minutes(2) ? seconds(1) : in_state < load_time || wanted ? often : seldom;
    case AnswerState::silent:
        return in_state < load_time || wanted ? often : seldom;
    case AnswerState::answers:
    case AnswerState::unasked:
        break;
    }
    return wanted ? often : seldom;
}

WatchedGame::WatchedGame(sd_event* event, InstanceName name, std::uint32_t main_pid,
                         const WatchedServer& server, const WatchTasks& tasks)
    : event_(event), tasks_(tasks), name_(std::move(name)), judge_(server.settings.hang_after),
      entered_(boot_time())
{
    record_.main_pid = main_pid;
    record_.since = clock_time();
    record_.state = server.settings.query == WatchSettings::Query::none ? AnswerState::unasked
                                                                        : AnswerState::loading;
}

Result<std::unique_ptr<WatchedGame>> WatchedGame::begin(sd_event* event, const InstanceName& name,
                                                        std::uint32_t main_pid,
                                                        const WatchedServer& server,
                                                        const WatchTasks& tasks)
{
    std::unique_ptr<WatchedGame> game(new WatchedGame(event, name, main_pid, server, tasks));
    if (game->record_.state != AnswerState::unasked)
        if (auto connected = game->connect(server.port); !connected)
            return std::unexpected(connected.error());
    tasks.tell(name, game->record_);
    return game;
}

Result<void> WatchedGame::connect(GamePort port)
{
    return AskedGame::connect(port).and_then([&](AskedGame game) -> Result<void> {
        game_ = std::move(game);
        sd_event_source* source = nullptr;
        int result = sd_event_add_io(event_, &source, game_->descriptor(), EPOLLIN, on_datagram, this);
        socket_source_.reset(source);
        if (result >= 0) {
            source = nullptr;
            result = sd_event_add_time(event_, &source, CLOCK_BOOTTIME, 0, 0, on_time, this);
            timer_.reset(source);
        }
        if (result < 0)
            return fail_errno("cannot wait for a game's answers", -result);
        return {};
    });
}

std::optional<WatchedGame::Time> WatchedGame::empty_for() const
{
    return empty_since_.transform([](Time since) { return boot_time() - since; });
}

void WatchedGame::look_soon()
{
    constexpr seconds just_now{4};
    if (game_ && !asking_ && boot_time() - asked_ > just_now)
        ask();
}

void WatchedGame::ask()
{
    asking_ = true;
    tries_ = 1;
    asked_ = boot_time();
    record_.asked = clock_time();
    game_->ask();
    (void)wake_in(answer_patience);
}

void WatchedGame::take_answer(ServerInfo info)
{
    asking_ = false;
    judge_.answered();
    if (info.players > info.bots)
        empty_since_.reset();
    else if (!empty_since_)
        empty_since_ = boot_time();
    record_.info = std::move(info);
    record_.answered = clock_time();
    enter(AnswerState::answers);
    tasks_.tell(name_, record_);
    (void)wake_in(pause());
}

void WatchedGame::take_silence()
{
    asking_ = false;
    empty_since_.reset();
    if (record_.state == AnswerState::answers)
        enter(AnswerState::silent);
    const auto until_next = pause();
    judge(until_next);
    tasks_.tell(name_, record_);
    (void)wake_in(until_next);
}

void WatchedGame::judge(Time meant)
{
    constexpr minutes until_called_again{10};
    // A watch that is late by this is no watch that was away.
    constexpr seconds slack{5};
    const auto around = tasks_.look_around();
    const auto now = boot_time();
    const bool dropped = std::exchange(dropped_, around.dropped_packets) != around.dropped_packets;
    judge_.unanswered(
        asked_, now, meant + max_tries * answer_patience + slack,
        {.host_is_starved = around.host_is_starved, .packets_dropped = dropped && judge_.is_silent()});
    if (!judge_.is_hung() || (called_hung_ && now - *called_hung_ < until_called_again))
        return;
    called_hung_ = now;
    tasks_.hung(name_, std::chrono::floor<seconds>(judge_.silence()));
}

void WatchedGame::enter(AnswerState state)
{
    if (std::exchange(record_.state, state) == state)
        return;
    record_.since = clock_time();
    entered_ = boot_time();
}

seconds WatchedGame::pause() const
{
    return pause_before_next(record_.state, boot_time() - entered_, tasks_.is_wanted());
}

Result<void> WatchedGame::wake_in(nanoseconds pause)
{
    int result = sd_event_source_set_time_relative(
        timer_.get(), static_cast<std::uint64_t>(std::chrono::ceil<microseconds>(pause).count()));
    if (result >= 0)
        result = sd_event_source_set_enabled(timer_.get(), SD_EVENT_ONESHOT);
    return result < 0 ? fail_errno("cannot set a timer", -result) : Result<void>();
}

int WatchedGame::on_datagram(sd_event_source* /*source*/, int /*descriptor*/, std::uint32_t /*events*/,
                             void* self)
{
    auto& game = *static_cast<WatchedGame*>(self);
    if (auto info = game.game_->receive())
        game.take_answer(std::move(*info));
    return 0;
}

int WatchedGame::on_time(sd_event_source* /*source*/, std::uint64_t /*time*/, void* self)
{
    auto& game = *static_cast<WatchedGame*>(self);
    if (!game.asking_)
        game.ask();
    else if (game.tries_++ < max_tries) {
        game.game_->ask_again();
        (void)game.wake_in(answer_patience);
    } else
        game.take_silence();
    return 0;
}

} // namespace left4me
