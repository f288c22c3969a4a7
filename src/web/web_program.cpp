#include "web/web_program.hpp"

#include "accounts/web_database.hpp"
#include "host/web_host.hpp"
#include "system/companion.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/service_log.hpp"
#include "web/http_server.hpp"
#include "web/job_pruning.hpp"
#include "web/job_queue.hpp"
#include "web/live_jobs.hpp"
#include "web/live_servers.hpp"
#include "web/router.hpp"
#include "web/routes.hpp"
#include "web/site.hpp"
#include "web/web_settings.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace left4me::web {
namespace {

/// Often enough for WatchdogSec= of the unit.
constexpr std::chrono::seconds sign_of_life{15};
constexpr std::chrono::minutes between_prunings{10};

/// How many there are. In a pid namespace of its own (PrivatePIDs=) this process is the first one, and
/// the number that systemd wrote down for it (LISTEN_PID) is the one outside.
int given_sockets()
{
    const int count = sd_listen_fds(0);
    if (count != 0 || getpid() != 1)
        return count;
    const char* text = std::getenv("LISTEN_FDS"); // NOLINT(concurrency-mt-unsafe): one thread
    return text == nullptr ? 0 : parse_number<int>(text).value_or(-EINVAL);
}

Result<std::vector<int>> listeners()
{
    const int count = given_sockets();
    if (count < 0)
        return fail_errno("cannot take the sockets of left4me-web.socket", -count);
    std::vector<int> sockets;
    for (int socket = SD_LISTEN_FDS_START; socket < SD_LISTEN_FDS_START + count; ++socket) {
        if (sd_is_socket(socket, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
            return fail(ExitStatus::bad_data,
                        "left4me-web.socket has what is no TCP socket that listens");
        (void)fcntl(socket, F_SETFD, FD_CLOEXEC);
        sockets.push_back(socket);
    }
    if (sockets.empty())
        return fail(ExitStatus::usage,
                    "left4me-web.service runs it, with the socket of left4me-web.socket");
    return sockets;
}

Result<WebSettings> settings()
{
    const char* credentials =
        std::getenv("CREDENTIALS_DIRECTORY"); // NOLINT(concurrency-mt-unsafe): one thread
    if (credentials == nullptr)
        return fail(ExitStatus::usage, "left4me-web.service runs it, with web.env as a credential");
    return Directory::open(credentials)
        .transform_error([](Error error) {
            // systemd mounts them where it is not seen to: containers begin with private mounts.
            if (error.status == ExitStatus::not_found)
                error.message += "; in a container, root has to run: mount --make-rshared /";
            return error;
        })
        .and_then([](const Directory& directory) {
            return directory.read_file("web.env", max_web_settings_size);
        })
        .and_then([](const std::string& text) { return parse_web_settings("web.env", text); });
}

Result<void> serve_with(const Host& host, std::vector<int> sockets, const std::string& web_host,
                        const WebSettings& how, Site& site)
{
    for (const auto& unknown : how.unknown)
        log_line(formatted("web.env, {}: no setting", unknown));
    HttpServer server({.listeners = std::move(sockets),
                       .rules = {.hosts = known_hosts(web_host)},
                       .proxy = how.proxy,
                       .limits = {}});
    const auto now = [] {
        return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    };
    LiveServers live(host, server, site.board, site.database, now);
    site.follow_all = [&](const WebSession& session) { return live.follow(session); };
    site.follow_one = [&](const WebSession& session, const InstanceName& one,
                          std::optional<JournalCursor> read) {
        return live.follow(session, one, std::move(read));
    };
    LiveJobs live_jobs(host, server, site.database, now);
    site.follow_job = [&](const WebSession& session, const JobId& id, std::uint64_t read) {
        return live_jobs.follow(session, id, read);
    };
    JobPruning pruning(host, server, site.database, now);
    JobQueue jobs(host, server, site.database, now, [&] { site.board->outdate(); });
    site.jobs_wait = [&] { jobs.look(); };
    jobs.look(); // those of before
    pruning.look();
    const auto again = server.every(between_prunings, [&] { pruning.look(); });
    Router router(site, all_routes(), now);
    const auto alive = server.every(sign_of_life, [] { sd_notify(0, "WATCHDOG=1"); });
    sd_notify(0, "READY=1");
    return server.serve([&](const Request& request) { return router.answer(request); });
}

} // namespace

Result<void> serve_web(const Host& host)
{
    // Before anything is opened that is not to be there twice.
    const auto companion = start_companion();
    if (!companion)
        return std::unexpected(companion.error());
    auto sockets = listeners();
    if (!sockets)
        return std::unexpected(sockets.error());
    const auto how = settings();
    if (!how)
        return std::unexpected(how.error());
    const auto its_name = web_host(host);
    if (!its_name)
        return std::unexpected(its_name.error());
    auto assets = load_assets(LEFT4ME_WEBDIR);
    if (!assets)
        return std::unexpected(assets.error());
    auto database = open_web_database(host);
    if (!database)
        return std::unexpected(database.error());
    // Another program may write for longer than a page is waited for.
    database->set_patience(200);
    Site site = {.host = host,
                 .database = *database,
                 .assets = std::move(*assets),
                 .board = std::make_shared<StatusBoard>(board_of(host), marks_of(host)),
                 .games = std::make_shared<AskedGames>(host),
                 .open_database = [host] { return open_web_database(host); },
                 .follow_all = {},
                 .follow_one = {},
                 .follow_job = {},
                 .servers_of_user = how->servers_of_user,
                 .jobs_wait = {}};
    auto served = serve_with(host, std::move(*sockets), *its_name, *how, site);
    if (served)
        await_companion(*companion);
    return served;
}

} // namespace left4me::web
