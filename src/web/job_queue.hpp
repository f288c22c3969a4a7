#pragma once

#include "accounts/jobs.hpp"
#include "web/http_server.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace left4me::web {

/// Has root run the jobs that wait in the database, a few of each kind at a time, and writes down how
/// they end; those of a program that was here before, too. Has those ended that somebody cancelled. Of
/// the loop's thread.
class JobQueue {
public:
    /// ended: is told after each job.
    JobQueue(Host host, HttpServer& server, Database& database, std::function<AccountTime()> now,
             std::function<void()> ended)
        : host_(std::move(host)), server_(server), database_(database), now_(std::move(now)),
          ended_(std::move(ended))
    {
    }
    JobQueue(const JobQueue&) = delete;
    JobQueue& operator=(const JobQueue&) = delete;
    ~JobQueue() { *alive_ = false; }

    /// There may be something to do: looks now and then until nothing is left.
    void look();

private:
    void go_on();
    std::optional<Result<JobRequest>> request_of_new(const Job& job);
    Result<JobRequest> request_of(const Job& job);
    bool stop_is_due(const Job& job);
    void end(const Job& job, const JobEnd& how, std::int64_t log);

    Host host_;
    HttpServer& server_;
    Database& database_;
    std::function<AccountTime()> now_;
    std::function<void()> ended_;
    std::shared_ptr<void> ticking_;
    bool working_ = false;
    std::set<JobId> asked_; ///< of what goes on, by this program
    std::map<JobId, std::int64_t> editions_; ///< that servers are initialised from
    std::map<JobId, std::chrono::steady_clock::time_point> stops_; ///< when it was to end, last
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace left4me::web
