#pragma once

#include "accounts/sessions.hpp"
#include "host/host.hpp"
#include "model/job_name.hpp"
#include "web/http_server.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>

namespace left4me::web {

/// Tells the open page of a job what it writes to its log, as it comes, and to load the page again
/// when it has ended. Nothing is read while nobody looks. Streams of who was signed
/// out, or may not see the job any more, end within a second. Of the loop's thread.
class LiveJobs {
public:
    /// now: the clock of sessions.
    LiveJobs(Host host, HttpServer& server, Database& database, std::function<AccountTime()> now)
        : host_(std::move(host)), server_(server), database_(database), now_(std::move(now))
    {
    }
    LiveJobs(const LiveJobs&) = delete;
    LiveJobs& operator=(const LiveJobs&) = delete;
    ~LiveJobs() { *alive_ = false; }

    /// An event "log" for lines from that place on, each with the place (as the event's id) to go on
    /// from, and "reload" at last.
    Stream follow(const WebSession& session, const JobId& id, std::uint64_t read);

private:
    struct Viewer {
        std::shared_ptr<EventSink> sink;
        WebSession session;
        JobId id;
        std::uint64_t read;
        bool told = false; ///< to load the page again
    };
    using Viewers = std::list<Viewer>;

    std::shared_ptr<void> begin(Viewer begun);
    void show(Viewer& viewer);

    Host host_;
    HttpServer& server_;
    Database& database_;
    std::function<AccountTime()> now_;
    Viewers viewers_;
    std::shared_ptr<void> ticking_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace left4me::web
