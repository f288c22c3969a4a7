#pragma once

#include "accounts/job.hpp"
#include "host/host.hpp"
#include "model/job_request.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// The queue of jobs: those that wait, run, and have run. One at a time for each server, each layer,
/// and the game.
class Jobs {
public:
    explicit Jobs(Database& database) : database_(database) {}

    /// Into the queue, behind all others: its number. request: what it is to do; of a server's none,
    /// which is made when its turn comes. What puts a server that is made of a blueprint on its
    /// settings is preceded by what makes these. busy where one for the same waits or runs already.
    [[nodiscard]] Result<JobId> add(const Host& host, const JobWork& work, const UserName& user,
                                    AccountTime now, const std::optional<JobRequest>& request = {});

    /// Those that wait or run, of each server and so on the first, in the order in which they were
    /// asked for.
    [[nodiscard]] Result<std::vector<Job>> to_do();

    /// From here on it is root's to have it run, or it is lost.
    [[nodiscard]] Result<void> begin(const Job& job, AccountTime now);

    /// With it end those that are behind a failed one of the same server; a server that was deleted is
    /// forgotten, whose it was, too. log: bytes that it leaves.
    [[nodiscard]] Result<void> end(const Job& job, const JobEnd& end, AccountTime now,
                                   std::int64_t log = 0);

    /// One that waits ends here, with those that wait behind it for the same server; one that runs is
    /// marked (is_to_end). bad_data for one that has ended, or is to end already.
    [[nodiscard]] Result<void> cancel(const Job& job, const UserName& user, AccountTime now);

    /// What one was to do that is no server's; bad_data for those.
    [[nodiscard]] Result<JobRequest> request_of(const Job& job);

    /// The last one of that server, and of each; those of past servers of its name are none.
    [[nodiscard]] Result<std::optional<Job>> last(const InstanceName& server);
    [[nodiscard]] Result<std::map<InstanceName, Job>> last_of_servers();
    [[nodiscard]] Result<std::optional<Job>> last(const LayerRef& layer);
    [[nodiscard]] Result<std::optional<Job>> last_of_game();

    /// The script that this layer was last to be built by here, however that ended.
    [[nodiscard]] Result<std::optional<LayerScript>> last_script(const LayerRef& layer);

private:
    [[nodiscard]] Result<JobId> insert(const Host& host, const JobWork& work, const UserName& user,
                                       AccountTime now, std::string_view request);
    [[nodiscard]] Result<std::int64_t> free_number(const Host& host);
    [[nodiscard]] Result<std::vector<Job>> all(const char* statement, SqlValues values);
    [[nodiscard]] Result<std::optional<Job>> last_of(JobKind kind, std::string_view subject);

    Database& database_;
};

} // namespace left4me
