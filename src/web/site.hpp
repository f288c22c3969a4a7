#pragma once

#include "accounts/database.hpp"
#include "accounts/sessions.hpp"
#include "model/instance_name.hpp"
#include "model/job_name.hpp"
#include "model/journal_cursor.hpp"
#include "system/error.hpp"
#include "web/asked_games.hpp"
#include "web/http.hpp"
#include "web/status_board.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace left4me::web {

/// A file that browsers load beside the pages, as it was when the program was started.
struct Asset {
    std::string type;
    std::string body;
    std::string tag; ///< of these bytes (ETag)
};

struct Assets {
    Asset style;
    Asset script;
    Asset icon;
};

/// All of them, from the directory that the package installs them in.
Result<Assets> load_assets(const std::string& directory);

/// What handlers work with. Of the loop's thread, but for board, games and open_database.
struct Site {
    Host host;
    Database& database;
    Assets assets;
    std::shared_ptr<StatusBoard> board;
    std::shared_ptr<AskedGames> games;
    /// For work on the pool, which has a connection of its own.
    std::function<Result<Database>()> open_database;
    /// Streams of what LiveServers tells: of all servers, or of one and its log from that place.
    std::function<Stream(const WebSession&)> follow_all;
    std::function<Stream(const WebSession&, const InstanceName&, std::optional<JournalCursor>)>
        follow_one;
    /// Of what LiveJobs tells of one job, its log from that place.
    std::function<Stream(const WebSession&, const JobId&, std::uint64_t)> follow_job;
    std::int64_t servers_of_user; ///< so many may be made by who is no admin
    /// Something was put into the queue of jobs.
    std::function<void()> jobs_wait;
};

} // namespace left4me::web
