#include "web/live_servers.hpp"

#include "accounts/server_access.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "watch/answer_record.hpp"
#include "web/log_tail.hpp"
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
constexpr std::chrono::seconds between_looks_at_age{30};
/// Of a log that is read from no place.
constexpr std::size_t first_lines = 200;

} // namespace

/// The log of a server that somebody looks at.
struct LiveServers::Log {
    LogFollower follower;
    LogTail tail;
    bool from_a_place; ///< so that what is before it is not known here
    std::vector<std::shared_ptr<void>> watching = {};
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

Stream LiveServers::follow(const WebSession& session)
{
    return {.owner = session.user.name.str(), .begin = [this, session](std::shared_ptr<EventSink> sink) {
                return begin(
                    {.sink = std::move(sink), .session = session, .one = {}, .read = {}, .own = {}});
            }};
}

Stream LiveServers::follow(const WebSession& session, const InstanceName& one,
                           std::optional<JournalCursor> read)
{
    return {.owner = session.user.name.str(),
            .begin = [this, session, one, read](std::shared_ptr<EventSink> sink) {
                return begin(
                    {.sink = std::move(sink), .session = session, .one = one, .read = read, .own = {}});
            }};
}

std::shared_ptr<void> LiveServers::begin(Viewer begun)
{
    const auto viewer = viewers_.insert(viewers_.end(), std::move(begun));
    if (!may_go_on(*viewer))
        viewer->sink->end();
    if (!ticking_)
        wake();
    for (const auto& [name, text] : told_)
        if (viewer->sees(name))
            viewer->sink->send("server", text);
    if (viewer->one) {
        const auto log = logs_.find(*viewer->one);
        if (log == logs_.end() || (log->second->from_a_place && !viewer->read))
            follow_log(*viewer);
        else
            show_log(*log->second, *viewer);
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
    auto signals = ServerSignals::begin(event, [this](const InstanceName&) {
        changed_ = true;
        board_->outdate();
    });
    if (!signals)
        return;
    signals_ = std::move(*signals);
    const auto take = [event] {
        while (sd_event_run(event, 0) > 0) {
        }
    };
    take(); // nothing of a bus wakes its event loop before this has run once
    watching_ = server_.watch(sd_event_get_fd(event), take);
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
    // Sessions end by age, too, which no number tells.
    const bool due = Clock::now() - rights_at_ >= between_looks_at_age;
    const auto generation = Sessions(database_).generation();
    if (!generation || (*generation == generation_ && !due))
        return;
    generation_ = *generation;
    rights_at_ = Clock::now();
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
        return [this, alive, read = board->read_anew()] {
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

void LiveServers::follow_log(const Viewer& viewer)
{
    const auto& name = *viewer.one;
    auto follower =
        LogFollower::start(name, viewer.read ? LogStart(*viewer.read) : LogStart(first_lines));
    if (!follower)
        return viewer.sink->send("log-end", follower.error().message);
    auto& log = *(logs_[name] = std::make_unique<Log>(std::move(*follower), LogTail(viewer.read),
                                                      viewer.read.has_value()));
    for (const auto& watched : log.follower.watched())
        log.watching.push_back(server_.watch(watched.fd, [this, name] { take_log(name); }));
}

void LiveServers::take_log(const InstanceName& name)
{
    const auto found = logs_.find(name);
    if (found == logs_.end())
        return;
    auto& log = *found->second;
    auto lines = log.follower.take();
    if (!lines)
        return end_log(name, lines.error());
    log.tail.add(std::move(*lines));
    for (auto& viewer : viewers_)
        if (viewer.one == name)
            show_log(log, viewer);
}

/// A page that goes on from a place that the journal does not have has to be made anew.
void LiveServers::end_log(const InstanceName& name, const Error& why)
{
    logs_.erase(name);
    for (const auto& viewer : viewers_)
        if (viewer.one == name)
            viewer.sink->send(why.status == ExitStatus::not_found ? "reload" : "log-end", why.message);
}

void LiveServers::show_log(const Log& log, Viewer& viewer)
{
    const auto rest = log.tail.behind(viewer.read);
    if (!rest)
        return viewer.sink->send("reload", "");
    if (rest->text.empty())
        return;
    viewer.sink->send(viewer.read ? "log" : "log-start", rest->text, rest->end->str());
    viewer.read = rest->end;
}

} // namespace left4me::web
