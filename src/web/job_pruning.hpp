#pragma once

#include "accounts/job_history.hpp"
#include "web/http_server.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace left4me::web {

/// Forgets jobs that are not kept any more (JobsKept), a few at a time: root has what they left
/// removed, then their rows go. What lies on the host for as long without a row goes, too. Of the
/// loop's thread.
class JobPruning {
public:
    JobPruning(Host host, HttpServer& server, Database& database, std::function<AccountTime()> now)
        : host_(std::move(host)), server_(server), database_(database), now_(std::move(now))
    {
    }
    JobPruning(const JobPruning&) = delete;
    JobPruning& operator=(const JobPruning&) = delete;
    ~JobPruning() { *alive_ = false; }

    /// There may be something to forget: goes on until nothing is left, or nothing goes.
    void look();

private:
    void go_on();

    Host host_;
    HttpServer& server_;
    Database& database_;
    std::function<AccountTime()> now_;
    std::shared_ptr<void> ticking_;
    bool working_ = false;
    int in_vain_ = 0; ///< turns, one after the other
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// Places of jobs that no row of the database has, and that nothing was put into since then; the oldest
/// some of them. Blocks.
Result<std::vector<JobId>> ownerless_places(const Host& host, const std::set<JobId>& known,
                                            AccountTime since);

} // namespace left4me::web
