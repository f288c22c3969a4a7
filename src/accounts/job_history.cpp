#include "accounts/job_history.hpp"

#include "accounts/layer_access.hpp"
#include "system/plain_text.hpp"

#include <limits>

namespace left4me {
namespace {

/// ?1: who looks; ?2: whether it is an admin; ?3: what the numbers are below, or the number; ?4: how
/// many.
constexpr const char* seen_jobs =
    "SELECT * FROM known_jobs WHERE id < ?3 AND (?2 OR CASE "
    "WHEN kind = 'layers' THEN subject GLOB 'users/' || ?1 || '/*' "
    "WHEN kind != 'servers' THEN 0 "
    "WHEN past THEN act = 'delete' AND asker = ?1 "
    "ELSE subject IN (SELECT name FROM servers WHERE owner = ?1 "
    "UNION ALL SELECT server FROM shares WHERE user = ?1) END) ORDER BY id DESC LIMIT ?4";
constexpr const char* seen_job =
    "SELECT * FROM known_jobs WHERE id = ?3 AND (?2 OR NOT past OR (act = 'delete' AND asker = ?1))";

std::int64_t sees_all(const User& user)
{
    return user.role == Role::admin ? 1 : 0;
}

Result<JobId> job_id_in(const Row& row)
{
    return job_id(row.integer(0));
}

} // namespace

Result<JobPage> JobHistory::seen_by(const User& user, std::optional<std::int64_t> before)
{
    const auto below = before.value_or(std::numeric_limits<std::int64_t>::max());
    return database_.all(seen_jobs, {user.id.number(), sees_all(user), below, page_length + 1}, Job::in)
        .and_then(all_or_why<Job>)
        .transform([](std::vector<Job> jobs) {
            JobPage page = {.jobs = std::move(jobs), .older = {}};
            if (std::ssize(page.jobs) > page_length) {
                page.jobs.pop_back();
                page.older = parse_number<std::int64_t>(page.jobs.back().id.str());
            }
            return page;
        });
}

Result<std::optional<KnownJob>> JobHistory::find(const User& user, std::string_view number)
{
    const auto id = parse_number<std::int64_t>(number);
    if (!id || *id <= 0 || number.starts_with('0'))
        return std::nullopt;
    const auto row = database_.one(seen_job, {user.id.number(), sees_all(user), *id}, Job::in);
    if (!row)
        return std::unexpected(row.error());
    if (!*row)
        return std::nullopt;
    if (!**row)
        return std::unexpected((**row).error());
    const auto& job = ***row;
    const auto with = [&](std::optional<ServerRight> right) {
        return right ? std::optional(KnownJob{job, *right}) : std::nullopt;
    };
    if (user.role == Role::admin)
        return with(ServerRight::own);
    if (const auto* on = job.on_layer())
        return with(may_change_layer(user, on->layer) ? std::optional(ServerRight::own) : std::nullopt);
    const auto* on = job.on_server();
    if (on == nullptr)
        return std::nullopt;
    return job.past ? Result<std::optional<KnownJob>>(with(ServerRight::view))
                    : ServerAccess(database_).right(user, on->server).transform(with);
}

Result<std::vector<JobId>> JobHistory::not_kept(AccountTime now, const JobsKept& kept)
{
    constexpr std::int64_t at_once = 20;
    return database_
        .all("SELECT id FROM (SELECT id, ended, row_number() OVER newest AS place, "
             "sum(log) OVER newest AS bytes FROM jobs WHERE ended IS NOT NULL "
             "WINDOW newest AS (ORDER BY id DESC)) "
             "WHERE place > ? OR ended < ? OR bytes > ? ORDER BY id LIMIT ?",
             {kept.count, seconds_of(now - kept.age), kept.log_bytes, at_once}, job_id_in)
        .and_then(all_or_why<JobId>);
}

Result<std::set<JobId>> JobHistory::numbers()
{
    return database_.all("SELECT id FROM jobs", {}, job_id_in)
        .and_then(all_or_why<JobId>)
        .transform(
            [](const std::vector<JobId>& ids) { return std::set<JobId>(ids.begin(), ids.end()); });
}

Result<void> JobHistory::forget(const std::vector<JobId>& jobs)
{
    return database_.in_transaction([&]() -> Result<void> {
        for (const auto& id : jobs)
            if (auto done =
                    database_.run("DELETE FROM jobs WHERE id = CAST(? AS INTEGER) AND ended IS NOT NULL",
                                  {std::string_view(id.str())});
                !done)
                return std::unexpected(done.error());
        return {};
    });
}

} // namespace left4me
