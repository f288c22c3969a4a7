#include "accounts/sessions.hpp"

namespace left4me {
namespace {

constexpr std::size_t max_agent_size = 200;
constexpr std::size_t max_address_size = 64;
constexpr std::chrono::minutes seen_to{5}; // so exactly is it known when a session was seen
constexpr std::string_view csrf_purpose = "left4me csrf";

/// What is kept of hostile text: its beginning.
std::string_view cut(std::string_view text, std::size_t size)
{
    return text.substr(0, size);
}

/// Sessions that were seen, or made, at this time or before are over.
std::int64_t idle_since(AccountTime now)
{
    return seconds_of(now - session_idle);
}
std::int64_t old_since(AccountTime now)
{
    return seconds_of(now - session_life);
}

struct FoundSession {
    WebSession session;
    AccountTime seen;
};

} // namespace

bool WebSession::is_csrf(std::string_view given) const
{
    return equal_in_constant_time(csrf, given);
}

/// Those that a clock has dated ahead and that nobody uses would be there for as long.
Result<void> Sessions::prune(UserId user, AccountTime now)
{
    const auto time = seconds_of(now);
    return database_
        .run("UPDATE sessions SET seen = min(seen, ?), created = min(created, ?) "
             "WHERE seen > ? OR created > ?",
             {time, time, time, time})
        .and_then([&](std::int64_t) {
            return database_.run("DELETE FROM sessions WHERE seen <= ? OR created <= ?",
                                 {idle_since(now), old_since(now)});
        })
        .and_then([&](std::int64_t) {
            return database_.run("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions "
                                 "WHERE user = ? ORDER BY seen DESC, id DESC LIMIT -1 OFFSET ?)",
                                 {user.number(), std::int64_t{max_sessions_of_user} - 1});
        })
        .transform([](std::int64_t) {});
}

Result<NewSession> Sessions::start(UserId user, const Client& client, AccountTime now)
{
    const auto token = Token::make();
    if (!token)
        return std::unexpected(token.error());
    const auto hash = token->hash();
    const auto added = database_.in_transaction([&] {
        return prune(user, now).and_then([&] {
            return database_.run("INSERT INTO sessions (hash, user, created, seen, address, agent) "
                                 "SELECT ?, id, ?, ?, ?, ? FROM users WHERE id = ? AND active",
                                 {Blob{hash}, seconds_of(now), seconds_of(now),
                                  cut(client.address, max_address_size),
                                  cut(client.agent, max_agent_size), user.number()});
        });
    });
    if (!added)
        return std::unexpected(added.error());
    return find(token->text().reveal(), now)
        .and_then([&](std::optional<WebSession> session) -> Result<NewSession> {
            if (!session)
                return fail(ExitStatus::not_permitted, "the user may not sign in");
            return NewSession{token->text(), std::move(*session)};
        });
}

Result<std::optional<WebSession>> Sessions::find(std::string_view cookie, AccountTime now)
{
    const auto token = Token::parse(cookie);
    if (!token)
        return std::nullopt;
    const auto hash = token->hash();
    auto found = database_.one(
        "SELECT k.*, s.id, s.created, s.seen FROM sessions s JOIN known_users k ON k.id = s.user "
        "WHERE s.hash = ? AND s.seen > ? AND s.created > ? AND k.active",
        {Blob{hash}, idle_since(now), old_since(now)}, [&](const Row& row) {
            constexpr int at = User::columns;
            return FoundSession{{SessionId::in(row, at), User::in(row), token->derived(csrf_purpose),
                                 time_in(row, at + 1)},
                                time_in(row, at + 2)};
        });
    return found.transform([&](std::optional<FoundSession>& one) -> std::optional<WebSession> {
        if (!one)
            return std::nullopt;
        const bool is_of_the_future = one->seen > now || one->session.created > now;
        if (is_of_the_future || now - one->seen >= seen_to)
            note_seen(one->session.id, now);
        return std::move(one->session);
    });
}

/// With a clock that was put back, it was made now: or it would last for as long as the clock had
/// been ahead. Not worth a wait, be it for another who writes or for the disk; and the next request
/// tries again.
void Sessions::note_seen(SessionId session, AccountTime now)
{
    database_.set_patience(0);
    (void)database_.run("PRAGMA synchronous = NORMAL");
    (void)database_.run("UPDATE sessions SET seen = ?, created = min(created, ?) WHERE id = ?",
                        {seconds_of(now), seconds_of(now), session.number()});
    (void)database_.run("PRAGMA synchronous = FULL");
    database_.set_patience(default_patience);
}

Result<std::vector<ListedSession>> Sessions::list(UserId user, AccountTime now)
{
    return database_.all("SELECT id, address, agent, created, seen FROM sessions "
                         "WHERE user = ? AND seen > ? AND created > ? ORDER BY seen DESC, id DESC",
                         {user.number(), idle_since(now), old_since(now)}, [](const Row& row) {
                             return ListedSession{row.integer(0), row.text(1), row.text(2),
                                                  time_in(row, 3), time_in(row, 4)};
                         });
}

Result<void> Sessions::end(const WebSession& session)
{
    return database_.run("DELETE FROM sessions WHERE id = ?", {session.id.number()})
        .transform([](std::int64_t) {});
}

Result<void> Sessions::end_others(const WebSession& session)
{
    return database_
        .run("DELETE FROM sessions WHERE user = ? AND id != ?",
             {session.user.id.number(), session.id.number()})
        .transform([](std::int64_t) {});
}

Result<bool> Sessions::end_one(UserId user, std::int64_t number)
{
    return database_.run("DELETE FROM sessions WHERE id = ? AND user = ?", {number, user.number()})
        .transform([](std::int64_t ended) { return ended > 0; });
}

Result<std::int64_t> Sessions::generation()
{
    return database_.number("SELECT number FROM generation");
}

Result<bool> Sessions::lives(SessionId session, AccountTime now)
{
    return database_
        .one("SELECT 1 FROM sessions s JOIN users u ON u.id = s.user "
             "WHERE s.id = ? AND s.seen > ? AND s.created > ? AND u.active",
             {session.number(), idle_since(now), old_since(now)}, [](const Row&) { return true; })
        .transform([](const std::optional<bool>& found) { return found.has_value(); });
}

} // namespace left4me
