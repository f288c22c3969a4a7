#include "accounts/jobs.hpp"

#include "accounts/linked_servers.hpp"
#include "accounts/server_access.hpp"
#include "host/asked_job.hpp"
#include "system/format.hpp"

namespace left4me {

Result<std::vector<Job>> Jobs::all(const char* statement, SqlValues values)
{
    return database_.all(statement, values, Job::in).and_then(all_or_why<Job>);
}

/// Behind all that were ever given, also where the database is older than what has run.
Result<std::int64_t> Jobs::free_number(const Host& host)
{
    auto number = database_.number(
        "SELECT 1 + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'jobs'), 0)");
    while (number) {
        const auto taken =
            job_id(*number).and_then([&](const JobId& id) { return is_job_taken(host, id); });
        if (!taken)
            return std::unexpected(taken.error());
        if (!*taken)
            break;
        ++*number;
    }
    return number;
}

Result<JobId> Jobs::add(const Host& host, const JobWork& work, const UserName& user, AccountTime now,
                        const std::optional<JobRequest>& request)
{
    return database_.in_transaction([&]() -> Result<JobId> {
        const auto before =
            all("SELECT * FROM known_jobs WHERE kind = ? AND subject = ? AND ended IS NULL "
                "ORDER BY id DESC LIMIT 1",
                {word_for(kind_of(work)), subject_of(work)});
        if (!before)
            return std::unexpected(before.error());
        if (!before->empty())
            return fail(ExitStatus::busy, formatted("{} goes on, which {} asked for",
                                                    told(before->front().work), before->front().user));
        if (const auto* on = std::get_if<ServerWork>(&work);
            on != nullptr && applies_settings(on->act)) {
            const auto linked = LinkedServers(database_).find(on->server);
            if (!linked)
                return std::unexpected(linked.error());
            if (*linked)
                if (auto first =
                        insert(host, ServerWork{on->server, ServerAct::initialize}, user, now, {});
                    !first)
                    return first;
        }
        return insert(host, work, user, now, request ? request->format() : std::string());
    });
}

Result<JobId> Jobs::insert(const Host& host, const JobWork& work, const UserName& user, AccountTime now,
                           std::string_view request)
{
    const auto number = free_number(host);
    if (!number)
        return std::unexpected(number.error());
    return database_
        .run("INSERT INTO jobs (id, kind, subject, act, user, asked, request, asker) "
             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, (SELECT id FROM users WHERE name = ?5))",
             {*number, word_for(kind_of(work)), subject_of(work), word_for(work),
              std::string_view(user.str()), seconds_of(now), request})
        .and_then([&](std::int64_t) { return job_id(*number); });
}

Result<std::vector<Job>> Jobs::to_do()
{
    return all("SELECT * FROM known_jobs WHERE id IN "
               "(SELECT min(id) FROM jobs WHERE ended IS NULL GROUP BY kind, subject) ORDER BY id",
               {});
}

Result<void> Jobs::begin(const Job& job, AccountTime now)
{
    return database_
        .run("UPDATE jobs SET begun = ? WHERE id = CAST(? AS INTEGER)",
             {seconds_of(now), std::string_view(job.id.str())})
        .transform([](std::int64_t) {});
}

Result<void> Jobs::end(const Job& job, const JobEnd& end, AccountTime now, std::int64_t log)
{
    return database_.in_transaction([&]() -> Result<void> {
        const std::string_view id = job.id.str();
        auto done =
            database_
                .run("UPDATE jobs SET ended = ?, status = ?, error = ?, log = ? "
                     "WHERE id = CAST(? AS INTEGER)",
                     {seconds_of(now), std::int64_t{end.status}, std::string_view(end.error), log, id})
                .transform([](std::int64_t) {});
        if (done && end.status != 0)
            return database_
                .run("UPDATE jobs SET ended = ?, status = ?, error = ? "
                     "WHERE kind = ? AND subject = ? AND ended IS NULL",
                     {seconds_of(now), std::int64_t{end.status}, std::string_view(end.error),
                      word_for(kind_of(job.work)), subject_of(job.work)})
                .transform([](std::int64_t) {});
        const auto* on = job.on_server();
        if (done && on != nullptr && on->act == ServerAct::reset)
            return LinkedServers(database_).set_applied(on->server, 0);
        if (done && on != nullptr && on->act == ServerAct::remove)
            return ServerAccess(database_).forget(on->server);
        return done;
    });
}

Result<void> Jobs::cancel(const Job& job, const UserName& user, AccountTime now)
{
    return database_.in_transaction([&]() -> Result<void> {
        const std::string_view id = job.id.str();
        const std::string_view name = user.str();
        const auto marked = database_.run("UPDATE jobs SET cancelled = ? WHERE id = CAST(? AS INTEGER) "
                                          "AND ended IS NULL AND cancelled = ''",
                                          {name, id});
        if (!marked)
            return std::unexpected(marked.error());
        if (*marked == 0)
            return fail(ExitStatus::bad_data, "It has ended, or is being ended already.");
        return database_
            .run("UPDATE jobs SET cancelled = ?, ended = ?, status = ?, error = 'cancelled' "
                 "WHERE kind = ? AND subject = ? AND id >= CAST(? AS INTEGER) "
                 "AND begun IS NULL AND ended IS NULL",
                 {name, seconds_of(now), std::int64_t{static_cast<int>(ExitStatus::cancelled)},
                  word_for(kind_of(job.work)), subject_of(job.work), id})
            .transform([](std::int64_t) {});
    });
}

Result<JobRequest> Jobs::request_of(const Job& job)
{
    return database_
        .one("SELECT request FROM jobs WHERE id = CAST(? AS INTEGER)", {std::string_view(job.id.str())},
             [](const Row& row) { return row.text(0); })
        .and_then([&](const std::optional<std::string>& text) {
            return JobRequest::parse(kind_of(job.work), text.value_or(std::string()));
        });
}

Result<std::optional<Job>> Jobs::last_of(JobKind kind, std::string_view subject)
{
    return all("SELECT * FROM known_jobs WHERE kind = ? AND subject = ? AND NOT past "
               "ORDER BY id DESC LIMIT 1",
               {word_for(kind), subject})
        .transform([](std::vector<Job> found) {
            return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
        });
}

Result<std::optional<Job>> Jobs::last(const InstanceName& server)
{
    return last_of(JobKind::servers, server.str());
}

Result<std::optional<Job>> Jobs::last(const LayerRef& layer)
{
    return last_of(JobKind::layers, layer.str());
}

Result<std::optional<Job>> Jobs::last_of_game()
{
    return last_of(JobKind::steam, {});
}

Result<std::map<InstanceName, Job>> Jobs::last_of_servers()
{
    return all("SELECT * FROM known_jobs WHERE id IN "
               "(SELECT max(id) FROM jobs WHERE kind = 'servers' AND NOT past GROUP BY subject)",
               {})
        .transform([](std::vector<Job> found) {
            std::map<InstanceName, Job> jobs;
            for (auto& job : found)
                if (const auto* on = job.on_server())
                    jobs.emplace(on->server, job);
            return jobs;
        });
}

Result<std::optional<LayerScript>> Jobs::last_script(const LayerRef& layer)
{
    return all("SELECT * FROM known_jobs WHERE kind = 'layers' AND subject = ? AND act = 'build' "
               "ORDER BY id DESC LIMIT 1",
               {std::string_view(layer.str())})
        .and_then([&](const std::vector<Job>& found) -> Result<std::optional<LayerScript>> {
            if (found.empty())
                return std::nullopt;
            return request_of(found.front()).transform([](const JobRequest& request) {
                return std::optional(script_of(request));
            });
        });
}

} // namespace left4me
