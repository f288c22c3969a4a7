#include "accounts/server_jobs.hpp"

#include "accounts/linked_servers.hpp"
#include "accounts/server_access.hpp"
#include "host/asked_job.hpp"
#include "system/format.hpp"

namespace left4me {
namespace {

std::optional<AccountTime> time_or_none(const Row& row, int column)
{
    return row.is_null(column) ? std::nullopt : std::optional(time_in(row, column));
}

Result<JobId> id_of(std::int64_t number)
{
    return JobId::parse(formatted("{}", number));
}

} // namespace

Result<ServerJob> ServerJob::in(const Row& row)
{
    auto id = id_of(row.integer(0));
    auto server = InstanceName::parse(row.text(1));
    const auto act = parse_server_act(row.text(2));
    if (!id || !server || !act)
        return fail(ExitStatus::bad_data,
                    formatted("job {} is none that this program knows", row.integer(0)));
    return ServerJob{.id = std::move(*id),
                     .server = std::move(*server),
                     .act = *act,
                     .user = row.text(3),
                     .asked = time_in(row, 4),
                     .begun = time_or_none(row, 5),
                     .ended = time_or_none(row, 6),
                     .end = {.status = static_cast<int>(row.integer(7)), .error = row.text(8)},
                     .canceller = row.text(9),
                     .past = row.boolean(10)};
}

Result<std::vector<ServerJob>> ServerJobs::all(const char* statement, SqlValues values)
{
    return database_.all(statement, values, ServerJob::in)
        .and_then([](std::vector<Result<ServerJob>> rows) -> Result<std::vector<ServerJob>> {
            std::vector<ServerJob> jobs;
            for (auto& row : rows) {
                if (!row)
                    return std::unexpected(row.error());
                jobs.push_back(std::move(*row));
            }
            return jobs;
        });
}

/// Behind all that were ever given, also where the database is older than what has run.
Result<std::int64_t> ServerJobs::free_number(const Host& host)
{
    auto number = database_.number(
        "SELECT 1 + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'jobs'), 0)");
    while (number) {
        const auto taken =
            id_of(*number).and_then([&](const JobId& id) { return is_job_taken(host, id); });
        if (!taken)
            return std::unexpected(taken.error());
        if (!*taken)
            break;
        ++*number;
    }
    return number;
}

Result<void> ServerJobs::add(const Host& host, const InstanceName& server, ServerAct act,
                             const UserName& user, AccountTime now)
{
    return database_.in_transaction([&]() -> Result<void> {
        const auto before = all("SELECT * FROM known_jobs WHERE server = ? AND ended IS NULL "
                                "ORDER BY id DESC LIMIT 1",
                                {std::string_view(server.str())});
        if (!before)
            return std::unexpected(before.error());
        if (!before->empty())
            return fail(ExitStatus::busy,
                        formatted("{} of {} goes on, which {} asked for", word_for(before->front().act),
                                  quote(server.str()), before->front().user));
        const auto linked = LinkedServers(database_).find(server);
        if (!linked)
            return std::unexpected(linked.error());
        Result<void> done;
        if (*linked && applies_settings(act))
            done = insert(host, server, ServerAct::initialize, user, now);
        return done.and_then([&] { return insert(host, server, act, user, now); });
    });
}

Result<void> ServerJobs::insert(const Host& host, const InstanceName& server, ServerAct act,
                                const UserName& user, AccountTime now)
{
    const auto number = free_number(host);
    if (!number)
        return std::unexpected(number.error());
    return database_
        .run("INSERT INTO jobs (id, server, act, user, asked, asker) "
             "VALUES (?1, ?2, ?3, ?4, ?5, (SELECT id FROM users WHERE name = ?4))",
             {*number, std::string_view(server.str()), word_for(act), std::string_view(user.str()),
              seconds_of(now)})
        .transform([](std::int64_t) {});
}

Result<std::vector<ServerJob>> ServerJobs::to_do()
{
    return all("SELECT * FROM known_jobs "
               "WHERE id IN (SELECT min(id) FROM jobs WHERE ended IS NULL GROUP BY server) ORDER BY id",
               {});
}

Result<void> ServerJobs::begin(const ServerJob& job, AccountTime now)
{
    return database_
        .run("UPDATE jobs SET begun = ? WHERE id = CAST(? AS INTEGER)",
             {seconds_of(now), std::string_view(job.id.str())})
        .transform([](std::int64_t) {});
}

Result<void> ServerJobs::end(const ServerJob& job, const JobEnd& end, AccountTime now, std::int64_t log)
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
                     "WHERE server = ? AND ended IS NULL",
                     {seconds_of(now), std::int64_t{end.status}, std::string_view(end.error),
                      std::string_view(job.server.str())})
                .transform([](std::int64_t) {});
        if (done && job.act == ServerAct::reset)
            return LinkedServers(database_).set_applied(job.server, 0);
        if (done && job.act == ServerAct::remove)
            return ServerAccess(database_).forget(job.server);
        return done;
    });
}

Result<void> ServerJobs::cancel(const ServerJob& job, const UserName& user, AccountTime now)
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
                 "WHERE server = ? AND id >= CAST(? AS INTEGER) AND begun IS NULL AND ended IS NULL",
                 {name, seconds_of(now), std::int64_t{static_cast<int>(ExitStatus::cancelled)},
                  std::string_view(job.server.str()), id})
            .transform([](std::int64_t) {});
    });
}

Result<std::optional<ServerJob>> ServerJobs::last(const InstanceName& server)
{
    return all("SELECT * FROM known_jobs WHERE server = ? AND NOT past ORDER BY id DESC LIMIT 1",
               {std::string_view(server.str())})
        .transform([](std::vector<ServerJob> found) {
            return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
        });
}

Result<std::map<InstanceName, ServerJob>> ServerJobs::last_of_each()
{
    return all("SELECT * FROM known_jobs "
               "WHERE id IN (SELECT max(id) FROM jobs WHERE NOT past GROUP BY server)",
               {})
        .transform([](std::vector<ServerJob> found) {
            std::map<InstanceName, ServerJob> jobs;
            for (auto& job : found)
                jobs.emplace(job.server, std::move(job));
            return jobs;
        });
}

} // namespace left4me
