#pragma once

#include "accounts/game_updates.hpp"
#include "web/http_server.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace left4me::web {

/// Has root run the update of the game that waits in the database, and writes down how it ends; one
/// of a program that was here before, too. Of the loop's thread.
class UpdateQueue {
public:
    UpdateQueue(Host host, HttpServer& server, Database& database, std::function<AccountTime()> now)
        : host_(std::move(host)), server_(server), database_(database), now_(std::move(now))
    {
    }
    UpdateQueue(const UpdateQueue&) = delete;
    UpdateQueue& operator=(const UpdateQueue&) = delete;
    ~UpdateQueue() { *alive_ = false; }

    /// There may be something to do: looks now and then until nothing is left.
    void look();

private:
    void go_on();
    void end(const GameUpdate& update, const JobEnd& how);

    Host host_;
    HttpServer& server_;
    Database& database_;
    std::function<AccountTime()> now_;
    std::shared_ptr<void> ticking_;
    bool working_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

} // namespace left4me::web
