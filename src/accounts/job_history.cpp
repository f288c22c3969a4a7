#include "accounts/job_history.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <limits>

namespace left4me {
namespace {

/// ?1: who looks; ?2: whether it is an admin; ?3: what the numbers are below, or the number; ?4: how
/// many.
constexpr const char* seen_jobs =
    "SELECT * FROM known_jobs WHERE id < ?3 AND (?2 OR CASE WHEN past "
    "THEN act = 'delete' AND asker = ?1 ELSE server IN (SELECT name FROM servers WHERE owner = ?1 "
    "UNION ALL SELECT server FROM shares WHERE user = ?1) END) ORDER BY id DESC LIMIT ?4";
constexpr const char* seen_job =
    "SELECT * FROM known_jobs WHERE id = ?3 AND (?2 OR NOT past OR (act = 'delete' AND asker = ?1))";

std::int64_t sees_all(const User& user)
{
    return user.role == Role::admin ? 1 : 0;
}

Result<JobId> job_id_in(const Row& row)
{
    return JobId::parse(formatted("{}", row.integer(0)));
}

/// All of them, or what is wrong with one.
template <class Value>
Result<std::vector<Value>> all_or_why(std::vector<Result<Value>> rows)
{
    std::vector<Value> values;
    for (auto& row : rows) {
        if (!row)
            return std::unexpected(row.error());
        values.push_back(std::move(*row));
    }
    return values;
}

} // namespace

Result<JobPage> JobHistory::seen_by(const User& user, std::optional<std::int64_t> before)
{
    const auto below = before.value_or(std::numeric_limits<std::int64_t>::max());
    return database_
        .all(seen_jobs, {user.id.number(), sees_all(user), below, page_length + 1}, ServerJob::in)
        .and_then(all_or_why<ServerJob>)
        .transform([](std::vector<ServerJob> jobs) {
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
    const auto row = database_.one(seen_job, {user.id.number(), sees_all(user), *id}, ServerJob::in);
    if (!row)
        return std::unexpected(row.error());
    if (!*row)
        return std::nullopt;
    if (!**row)
        return std::unexpected((**row).error());
    const auto& job = ***row;
    if (job.past)
        return KnownJob{job, user.role == Role::admin ? ServerRight::own : ServerRight::view};
    return ServerAccess(database_).right(user, job.server).transform([&](const auto& right) {
        return right ? std::optional(KnownJob{job, *right}) : std::nullopt;
    });
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
