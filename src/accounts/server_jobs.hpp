#pragma once

#include "accounts/user.hpp"
#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "model/job_request.hpp"
#include "model/job_result.hpp"
#include "model/server_act.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// What somebody asked to be done to a server.
struct ServerJob {
    JobId id;
    InstanceName server;
    ServerAct act;
    std::string user; ///< the name of who asked, who may be gone
    AccountTime asked;
    std::optional<AccountTime> begun; ///< none: it waits
    std::optional<AccountTime> ended;
    JobEnd end; ///< of one that has ended

    [[nodiscard]] bool failed() const { return ended && end.status != 0; }
};

/// Jobs on servers: those that wait, run, and have run. One at a time for each server.
class ServerJobs {
public:
    explicit ServerJobs(Database& database) : database_(database) {}

    /// Into the queue, behind all others. What puts a server that is made of a blueprint on its
    /// settings is preceded by what makes these. busy where one for that server waits or runs already.
    [[nodiscard]] Result<void> add(const Host& host, const InstanceName& server, ServerAct act,
                                   const UserName& user, AccountTime now);

    /// Those that wait or run, of each server the first, in the order in which they were asked for.
    [[nodiscard]] Result<std::vector<ServerJob>> to_do();

    /// From here on it is root's to have it run, or it is lost.
    [[nodiscard]] Result<void> begin(const ServerJob& job, AccountTime now);

    /// With it end those that are behind a failed one of the same server; a server that was deleted is
    /// forgotten, whose it was, too.
    [[nodiscard]] Result<void> end(const ServerJob& job, const JobEnd& end, AccountTime now);

    /// The last one of that server, and of each.
    [[nodiscard]] Result<std::optional<ServerJob>> last(const InstanceName& server);
    [[nodiscard]] Result<std::map<InstanceName, ServerJob>> last_of_each();

    static constexpr std::int64_t kept = 1000; ///< of those that have ended, about so many

private:
    [[nodiscard]] Result<void> insert(const Host& host, const InstanceName& server, ServerAct act,
                                      const UserName& user, AccountTime now);
    [[nodiscard]] Result<std::int64_t> free_number(const Host& host);
    [[nodiscard]] Result<std::vector<ServerJob>> all(const char* statement, SqlValues values);

    Database& database_;
};

} // namespace left4me
