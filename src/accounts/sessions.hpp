#pragma once

#include "accounts/token.hpp"
#include "accounts/user.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

constexpr std::chrono::days session_idle{7};
constexpr std::chrono::days session_life{30};
constexpr std::size_t max_sessions_of_user = 50; ///< the one that was idle longest ends for another

/// Whom a request comes from, as a list of sessions shows it: hostile text, cut when it is kept.
struct Client {
    std::string address; ///< IPv4 or IPv6, without a port
    std::string agent;   ///< User-Agent
};

/// Who is signed in, by one cookie.
struct WebSession {
    SessionId id;
    User user;
    std::string csrf; ///< what each change of this session brings along; follows from the cookie
    AccountTime created;

    /// In a time that tells nothing.
    [[nodiscard]] bool is_csrf(std::string_view given) const;
};

struct NewSession {
    Secret cookie; ///< the value
    WebSession session;
};

struct ListedSession {
    std::int64_t number; ///< for end_one()
    std::string address;
    std::string agent;
    AccountTime created;
    AccountTime seen; ///< to some minutes
};

/// Sessions in the database, which has their cookies' hashes alone. They end by end…(), after
/// seven idle days and thirty in all; with a user's deactivation, other role, new password or
/// reset, whichever process does that; at the restore of a backup.
class Sessions {
public:
    explicit Sessions(Database& database) : database_(database) {}

    /// For a user who has proved who it is.
    [[nodiscard]] Result<NewSession> start(UserId user, const Client& client, AccountTime now);

    /// Whose cookie it is; none where it is no session's, whatever the text. Notes that it was
    /// seen, every few minutes, and never waits for that: fit for an event loop.
    [[nodiscard]] Result<std::optional<WebSession>> find(std::string_view cookie, AccountTime now);

    [[nodiscard]] Result<std::vector<ListedSession>> list(UserId user, AccountTime now);

    [[nodiscard]] Result<void> end(const WebSession& session);
    [[nodiscard]] Result<void> end_others(const WebSession& session);

    /// One of the user's own, by the number in the list; false where that is none of theirs.
    [[nodiscard]] Result<bool> end_one(UserId user, std::int64_t number);

    /// For open streams: a number that changes whenever a session ends (but by age), somebody
    /// loses a right, a role or a share: also by another process. Cheap: ask it twice a second,
    /// and when it is another, ask lives() and ServerAccess for each stream again.
    [[nodiscard]] Result<std::int64_t> generation();
    [[nodiscard]] Result<bool> lives(SessionId session, AccountTime now);

private:
    [[nodiscard]] Result<void> prune(UserId user, AccountTime now);
    void note_seen(SessionId session, AccountTime now);

    Database& database_;
};

} // namespace left4me
