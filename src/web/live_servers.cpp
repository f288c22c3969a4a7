#include "web/live_servers.hpp"

#include "accounts/server_access.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "watch/answer_record.hpp"
#include "web/shown_server.hpp"

#include <algorithm>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace left4me::web {
namespace {

using std::chrono_literals::operator""ms;
using Clock = std::chrono::steady_clock;

constexpr auto tick_length = 500ms;
constexpr std::chrono::seconds between_reads{1};
constexpr std::size_t kept_lines = 200;
constexpr std::size_t kept_bytes = std::size_t{128} * 1024;

/// The last lines of a text.
void keep_end(std::string& text)
{
    std::size_t from = text.size() > kept_bytes ? text.size() - kept_bytes : 0;
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    for (std::size_t more = lines; more > kept_lines; --more)
        from = std::max(from, text.find('\n', from) + 1);
    text.erase(0, from);
}

} // namespace

/// The log of a server that somebody looks at.
struct LiveServers::Log {
    LogFollower follower;
    std::vector<std::shared_ptr<void>> watching = {};
    std::string end = {}; ///< its last lines
    bool begun = false;
};

std::string live_text(const InstanceStatus& status)
{
    const auto state = state_of(status);
    const nlohmann::json text = {{"name", status.name.str()},
                                 {"state", state.word},
                                 {"mood", mood_word(state.mood)},
                                 {"sentence", sentence_of(status)},
                                 {"map", map_of(status)},
                                 {"players", players_of(status)},
                                 {"since", status.since.transform(local_minute).value_or("–")},
                                 {"notes", join(notes_on(status), "; ")}};
    return text.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

LiveServers::LiveServers(Host host, HttpServer& server, std::shared_ptr<StatusBoard> board,
                         Database& database, std::function<AccountTime()> now)
    : host_(std::move(host)), server_(server), board_(std::move(board)), database_(database),
      now_(std::move(now))
{
}

LiveServers::~LiveServers()
{
    *alive_ = false;
}

bool LiveServers::Viewer::sees(const InstanceName& name) const
{
    if (one)
        return *one == name;
    return session.user.role == Role::admin || own.contains(name);
}

Stream LiveServers::follow(const WebSession& session, std::optional<InstanceName> one)
{
    return {.owner = session.user.name.str(),
            .begin = [this, session, one](std::shared_ptr<EventSink> sink) {
                return begin(std::move(sink), session, one);
            }};
}

std::shared_ptr<void> LiveServers::begin(std::shared_ptr<EventSink> sink, const WebSession& session,
                                         const std::optional<InstanceName>& one)
{
    viewers_.push_back({.sink = std::move(sink), .session = session, .one = one, .own = {}});
    const auto viewer = std::prev(viewers_.end());
    if (!may_go_on(*viewer))
        viewer->sink->end();
    if (!ticking_)
        wake();
    for (const auto& [name, text] : told_)
        if (viewer->sees(name))
            viewer->sink->send("server", text);
    if (one) {
        const auto log = logs_.find(*one);
        if (log == logs_.end())
            follow_log(*one);
        else if (log->second->begun)
            viewer->sink->send("log-start", log->second->end);
    }
    return {nullptr, [this, viewer, alive = alive_](void*) {
                if (*alive)
                    leave(viewer);
            }};
}

void LiveServers::leave(Viewers::iterator viewer)
{
    const auto one = viewer->one;
    viewers_.erase(viewer);
    if (one && std::ranges::none_of(viewers_, [&](const auto& other) { return other.one == one; }))
        logs_.erase(*one);
    if (viewers_.empty())
        sleep();
}

/// Somebody looks: listens to systemd, and looks at the time.
void LiveServers::wake()
{
    generation_ = Sessions(database_).generation().value_or(0);
    changed_ = true;
    ticking_ = server_.every(tick_length, [this] { tick(); });
    sd_event* event = nullptr;
    if (sd_event_new(&event) < 0)
        return; // what the watch tells is seen all the same
    event_.reset(event);
    auto signals = ServerSignals::begin(event, [this](const InstanceName&) { changed_ = true; });
    if (!signals)
        return;
    signals_ = std::move(*signals);
    watching_ = server_.watch(sd_event_get_fd(event), [event] {
        while (sd_event_run(event, 0) > 0) {
        }
    });
}

void LiveServers::sleep()
{
    watching_.reset();
    signals_.reset();
    event_.reset();
    ticking_.reset();
    told_.clear();
}

void LiveServers::tick()
{
    look_for_lost_rights();
    look_for_answers();
    read_if_due();
}

void LiveServers::look_for_lost_rights()
{
    const auto generation = Sessions(database_).generation();
    if (!generation || *generation == generation_)
        return;
    generation_ = *generation;
    for (auto& viewer : viewers_)
        if (!may_go_on(viewer))
            viewer.sink->end();
}

bool LiveServers::may_go_on(Viewer& viewer)
{
    const auto lives = Sessions(database_).lives(viewer.session.id, now_());
    if (!lives.value_or(false))
        return false;
    ServerAccess access(database_);
    if (viewer.one)
        return access.right(viewer.session.user, *viewer.one).value_or(std::nullopt).has_value();
    const auto own = access.servers_of(viewer.session.user).value_or(std::vector<InstanceName>());
    viewer.own = {own.begin(), own.end()};
    return true;
}

/// The watch writes a record anew with each question: by their times one sees that there is
/// something to be read.
void LiveServers::look_for_answers()
{
    std::string seen;
    if (const auto answers = open_answers(host_))
        for (const auto& [name, text] : told_) {
            struct stat status = {};
            if (fstatat(answers->descriptor(), answer_record_name(name).c_str(), &status,
                        AT_SYMLINK_NOFOLLOW) == 0)
                seen +=
                    formatted("{}:{}.{} ", name.str(), status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
        }
    changed_ = changed_ || seen != answers_;
    answers_ = std::move(seen);
}

void LiveServers::read_if_due()
{
    if (!changed_ || reading_ || Clock::now() - read_at_ < between_reads)
        return;
    changed_ = false;
    reading_ = true;
    read_at_ = Clock::now();
    server_.run([this, alive = alive_, board = board_]() -> std::function<void()> {
        return [this, alive, read = board->read()] {
            if (!*alive)
                return;
            reading_ = false;
            if (read)
                publish(**read);
        };
    });
}

void LiveServers::publish(const ServerBoard& board)
{
    for (const auto& status : board.statuses) {
        auto text = live_text(status);
        auto& told = told_[status.name];
        if (told == text)
            continue;
        told = std::move(text);
        for (const auto& viewer : viewers_)
            if (viewer.sees(status.name))
                viewer.sink->send("server", told);
    }
}

void LiveServers::follow_log(const InstanceName& name)
{
    auto follower = LogFollower::start(name, kept_lines);
    if (!follower)
        return; // the page has what it was made with
    auto& log = *(logs_[name] = std::make_unique<Log>(std::move(*follower)));
    for (const auto& watched : log.follower.watched())
        log.watching.push_back(server_.watch(watched.fd, [this, name] { take_log(name); }));
}

void LiveServers::take_log(const InstanceName& name)
{
    const auto found = logs_.find(name);
    if (found == logs_.end())
        return;
    auto& log = *found->second;
    const auto lines = log.follower.take();
    const auto tell = [&](std::string_view event, std::string_view text) {
        for (const auto& viewer : viewers_)
            if (viewer.one == name)
                viewer.sink->send(event, text);
    };
    if (!lines) {
        tell("log-end", lines.error().message);
        logs_.erase(found);
        return;
    }
    if (lines->empty())
        return;
    log.end += *lines;
    keep_end(log.end);
    tell(log.begun ? "log" : "log-start", log.begun ? *lines : log.end);
    log.begun = true;
}

} // namespace left4me::web
