#pragma once

#include "accounts/user.hpp"
#include "host/host.hpp"
#include "model/job_request.hpp"
#include "model/job_result.hpp"
#include "model/steam_account.hpp"

#include <optional>
#include <string>

namespace left4me {

/// Somebody asked for the game to be brought up to date.
struct GameUpdate {
    JobId id; ///< with a 0 before its number, so that it is no job's on a server
    std::string user; ///< the name of who asked, who may be gone
    std::optional<SteamAccount> account; ///< whose kept login is used; none: nobody's
    bool validate; ///< each file is to be checked
    AccountTime asked;
    std::optional<AccountTime> begun;
    std::optional<AccountTime> ended;
    JobEnd end; ///< of one that has ended

    [[nodiscard]] bool failed() const { return ended && end.status != 0; }
};

/// One at a time; the last ones are kept.
class GameUpdates {
public:
    explicit GameUpdates(Database& database) : database_(database) {}

    /// busy where one waits or runs already.
    [[nodiscard]] Result<void> add(const Host& host, const UserName& user,
                                   const std::optional<SteamAccount>& account, bool validate,
                                   AccountTime now);

    [[nodiscard]] Result<std::optional<GameUpdate>> last();

    /// From here on it is root's to have it run, or it is lost.
    [[nodiscard]] Result<void> begin(const GameUpdate& update, AccountTime now);
    [[nodiscard]] Result<void> end(const GameUpdate& update, const JobEnd& end, AccountTime now);

private:
    Database& database_;
};

/// What a job is to do for it; installed: there is a game already.
Result<JobRequest> request_for(const GameUpdate& update, bool installed);

} // namespace left4me
