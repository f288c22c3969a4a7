#pragma once

#include "accounts/database.hpp"
#include "accounts/sessions.hpp"
#include "host/log_follower.hpp"
#include "watch/server_signals.hpp"
#include "web/http_server.hpp"
#include "web/status_board.hpp"

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <systemd/sd-event.h>

namespace left4me::web {

/// Tells open pages how servers are, as that changes, and what they write to their logs. Nothing is
/// read while nobody looks; one follower reads a log, however many look at it. Streams of who was
/// signed out, or may not see a server any more, end within a second. Of the loop's thread.
class LiveServers {
public:
    /// now: the clock of sessions.
    LiveServers(Host host, HttpServer& server, std::shared_ptr<StatusBoard> board, Database& database,
                std::function<AccountTime()> now);
    LiveServers(const LiveServers&) = delete;
    LiveServers& operator=(const LiveServers&) = delete;
    ~LiveServers();

    /// An event "server" for each server that this session may see, and again whenever one is another:
    /// JSON.
    Stream follow(const WebSession& session);

    /// Of that server alone, and its log from there: "log-start" with its end where it is read from
    /// no place, then "log", each with the place (as the event's id) to go on from. "log-end" where
    /// it cannot be followed now.
    Stream follow(const WebSession& session, const InstanceName& one, std::optional<JournalCursor> read);

private:
    struct Viewer {
        std::shared_ptr<EventSink> sink;
        WebSession session;
        std::optional<InstanceName> one;
        std::optional<JournalCursor> read; ///< of its log, up to there
        std::set<InstanceName> own;

        [[nodiscard]] bool sees(const InstanceName& name) const;
    };
    struct Log;
    using Viewers = std::list<Viewer>;

    std::shared_ptr<void> begin(Viewer viewer);
    void leave(Viewers::iterator viewer);
    void wake();
    void sleep();
    void tick();
    void look_for_lost_rights();
    [[nodiscard]] bool may_go_on(Viewer& viewer);
    void look_for_answers();
    void read_if_due();
    void publish(const ServerBoard& board);
    void follow_log(const Viewer& viewer);
    void take_log(const InstanceName& name);
    void end_log(const InstanceName& name, const Error& why);
    static void show_log(const Log& log, Viewer& viewer);

    struct EndEvent {
        void operator()(sd_event* event) const noexcept { sd_event_unref(event); }
    };

    Host host_;
    HttpServer& server_;
    std::shared_ptr<StatusBoard> board_;
    Database& database_;
    std::function<AccountTime()> now_;
    Viewers viewers_;
    std::map<InstanceName, std::string> told_; ///< of each server, last
    std::map<InstanceName, std::unique_ptr<Log>> logs_;
    std::int64_t generation_ = 0;
    std::chrono::steady_clock::time_point rights_at_;
    std::string answers_; ///< by which one sees that the watch has written
    bool changed_ = true;
    bool reading_ = false;
    std::chrono::steady_clock::time_point read_at_;
    std::unique_ptr<sd_event, EndEvent> event_;
    std::unique_ptr<ServerSignals> signals_;
    std::shared_ptr<void> watching_; ///< the signals
    std::shared_ptr<void> ticking_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// What pages are told of a server: JSON of one line.
std::string live_text(const InstanceStatus& status);

} // namespace left4me::web
