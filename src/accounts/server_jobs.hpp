#pragma once

#include "accounts/user.hpp"
#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "model/job_request.hpp"
#include "model/job_result.hpp"
#include "model/server_act.hpp"

#include <cstddef>
#include <cstdint>
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
    std::string canceller = {}; ///< the name of who had it ended; empty: nobody
    bool past = false;          ///< its server is no more: another one of that name has no such job

    /// A row that begins with the columns of known_jobs; bad_data where somebody else has written it.
    static Result<ServerJob> in(const Row& row);

    /// Cancelled is what did not come to its own end after somebody had asked for that.
    [[nodiscard]] bool was_cancelled() const { return ended && end.status != 0 && !canceller.empty(); }
    [[nodiscard]] bool failed() const { return ended && end.status != 0 && canceller.empty(); }
    /// It runs, and somebody asked that it ends.
    [[nodiscard]] bool is_to_end() const { return begun && !ended && !canceller.empty(); }
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
    /// forgotten, whose it was, too. log: bytes that it leaves.
    [[nodiscard]] Result<void> end(const ServerJob& job, const JobEnd& end, AccountTime now,
                                   std::int64_t log = 0);

    /// One that waits ends here, with those that wait behind it for the same server; one that runs is
    /// marked (is_to_end). bad_data for one that has ended, or is to end already.
    [[nodiscard]] Result<void> cancel(const ServerJob& job, const UserName& user, AccountTime now);

    /// The last one of that server, and of each; those of past servers of its name are none.
    [[nodiscard]] Result<std::optional<ServerJob>> last(const InstanceName& server);
    [[nodiscard]] Result<std::map<InstanceName, ServerJob>> last_of_each();

private:
    [[nodiscard]] Result<void> insert(const Host& host, const InstanceName& server, ServerAct act,
                                      const UserName& user, AccountTime now);
    [[nodiscard]] Result<std::int64_t> free_number(const Host& host);
    [[nodiscard]] Result<std::vector<ServerJob>> all(const char* statement, SqlValues values);

    Database& database_;
};

} // namespace left4me
