#include "accounts/game_updates.hpp"

#include "host/asked_job.hpp"
#include "system/format.hpp"

namespace left4me {
namespace {

Result<JobId> id_of(std::int64_t number)
{
    return JobId::parse(formatted("0{}", number));
}

std::optional<AccountTime> time_or_none(const Row& row, int column)
{
    return row.is_null(column) ? std::nullopt : std::optional(time_in(row, column));
}

/// bad_data where somebody else has written it.
Result<GameUpdate> update_in(const Row& row)
{
    const auto number = row.integer(0);
    const auto name = row.text(2);
    auto account =
        name.empty() ? Result<SteamAccount>(SteamAccount::anonymous()) : SteamAccount::parse(name);
    auto id = id_of(number);
    if (!id || !account)
        return fail(ExitStatus::bad_data,
                    formatted("update {} is none that this program knows", number));
    return GameUpdate{.id = std::move(*id),
                      .user = row.text(1),
                      .account = name.empty() ? std::nullopt : std::optional(std::move(*account)),
                      .validate = row.boolean(3),
                      .asked = time_in(row, 4),
                      .begun = time_or_none(row, 5),
                      .ended = time_or_none(row, 6),
                      .end = {.status = static_cast<int>(row.integer(7)), .error = row.text(8)}};
}

/// Behind all that were ever given, also where the database is older than what has run.
Result<std::int64_t> free_number(Database& database, const Host& host)
{
    auto number = database.number(
        "SELECT 1 + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'game_updates'), 0)");
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

} // namespace

Result<void> GameUpdates::add(const Host& host, const UserName& user,
                              const std::optional<SteamAccount>& account, bool validate, AccountTime now)
{
    constexpr std::int64_t kept = 20;
    return database_.in_transaction([&]() -> Result<void> {
        const auto before = last();
        if (!before)
            return std::unexpected(before.error());
        if (*before && !(*before)->ended)
            return fail(ExitStatus::busy,
                        formatted("an update goes on, which {} asked for", (*before)->user));
        const auto number = free_number(database_, host);
        if (!number)
            return std::unexpected(number.error());
        const std::string_view name = account ? std::string_view(account->str()) : "";
        return database_
            .run("INSERT INTO game_updates (id, user, account, validate, asked) VALUES (?, ?, ?, ?, ?)",
                 {*number, std::string_view(user.str()), name, std::int64_t{validate}, seconds_of(now)})
            .and_then([&](std::int64_t) {
                return database_.run("DELETE FROM game_updates WHERE id <= ?", {*number - kept});
            })
            .transform([](std::int64_t) {});
    });
}

Result<std::optional<GameUpdate>> GameUpdates::last()
{
    return database_
        .one("SELECT id, user, account, validate, asked, begun, ended, status, error "
             "FROM game_updates ORDER BY id DESC LIMIT 1",
             {}, update_in)
        .and_then([](std::optional<Result<GameUpdate>> found) -> Result<std::optional<GameUpdate>> {
            if (!found)
                return std::nullopt;
            return std::move(*found).transform(
                [](GameUpdate update) { return std::optional(std::move(update)); });
        });
}

Result<void> GameUpdates::begin(const GameUpdate& update, AccountTime now)
{
    return database_
        .run("UPDATE game_updates SET begun = ? WHERE id = CAST(? AS INTEGER)",
             {seconds_of(now), std::string_view(update.id.str())})
        .transform([](std::int64_t) {});
}

Result<void> GameUpdates::end(const GameUpdate& update, const JobEnd& end, AccountTime now)
{
    return database_
        .run("UPDATE game_updates SET ended = ?, status = ?, error = ? WHERE id = CAST(? AS INTEGER)",
             {seconds_of(now), std::int64_t{end.status}, std::string_view(end.error),
              std::string_view(update.id.str())})
        .transform([](std::int64_t) {});
}

Result<JobRequest> request_for(const GameUpdate& update, bool installed)
{
    std::string text = installed ? "update\n" : "install\n";
    if (update.account)
        text += formatted("--user\n{}\n", update.account->str());
    if (update.validate)
        text += "--validate\n";
    return JobRequest::parse(JobKind::steam, text);
}

} // namespace left4me
