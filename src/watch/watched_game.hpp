#pragma once

#include "host/watched_server.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"
#include "watch/answer_record.hpp"
#include "watch/asked_game.hpp"
#include "watch/event_source.hpp"
#include "watch/hang_judge.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace left4me {

/// How long until a game is asked again, which has been in that state for so long. Often while
/// somebody looks; slower once it has been silent for long.
std::chrono::seconds pause_before_next(AnswerState state, std::chrono::nanoseconds in_state,
                                       bool wanted);

/// What a game's watch asks of the one who keeps it.
struct WatchTasks {
    struct Surroundings {
        bool host_is_starved;
        std::uint64_t dropped_packets; ///< since the boot
    };

    std::function<bool()> is_wanted; ///< somebody looks
    std::function<Surroundings()> look_around;
    std::function<void(const InstanceName&, const AnswerRecord&)> tell;
    std::function<void(const InstanceName&, std::chrono::seconds silence)> hung; ///< to be restarted
};

/// One run of one server, asked as long as it lasts: from its unit's start until that ends or
/// has another main process.
class WatchedGame {
public:
    using Time = std::chrono::nanoseconds; ///< CLOCK_BOOTTIME

    static Result<std::unique_ptr<WatchedGame>> begin(sd_event* event, const InstanceName& name,
                                                      std::uint32_t main_pid,
                                                      const WatchedServer& server,
                                                      const WatchTasks& tasks);
    WatchedGame(const WatchedGame&) = delete; // the event loop knows where it is
    WatchedGame& operator=(const WatchedGame&) = delete;

    [[nodiscard]] const AnswerRecord& record() const { return record_; }

    /// For how long nobody has played, as far as the game says so; none: somebody does, or nobody
    /// knows.
    [[nodiscard]] std::optional<Time> empty_for() const;

    /// Somebody has begun to look.
    void look_soon();

private:
    WatchedGame(sd_event* event, InstanceName name, std::uint32_t main_pid, const WatchedServer& server,
                const WatchTasks& tasks);

    Result<void> connect(GamePort port);
    void ask();
    void take_answer(ServerInfo info);
    void take_silence();
    void judge(Time meant);
    void enter(AnswerState state);
    Result<void> wake_in(std::chrono::nanoseconds pause);
    [[nodiscard]] std::chrono::seconds pause() const;
    static int on_datagram(sd_event_source*, int descriptor, std::uint32_t events, void* self);
    static int on_time(sd_event_source*, std::uint64_t time, void* self);

    sd_event* event_;
    const WatchTasks& tasks_;
    InstanceName name_;
    AnswerRecord record_;
    HangJudge judge_;
    std::optional<AskedGame> game_;
    EventSource socket_source_;
    EventSource timer_;
    bool asking_ = false;
    unsigned tries_ = 0; ///< of the question under way
    Time asked_{};
    Time entered_{}; ///< its state
    std::uint64_t dropped_ = 0;
    std::optional<Time> called_hung_;
    std::optional<Time> empty_since_;
};

} // namespace left4me
