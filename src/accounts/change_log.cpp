#include "accounts/change_log.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace left4me {
namespace {

constexpr std::size_t longest_change = 400;

/// Names of servers have no blanks: each has one before and one behind it.
std::string servers_text(const std::vector<std::string>& servers)
{
    return servers.empty() ? "" : formatted(" {} ", join(servers, " "));
}

std::vector<std::string> servers_in(std::string_view text)
{
    std::vector<std::string> servers;
    for (const auto part : std::views::split(text, ' '))
        if (!part.empty())
            servers.emplace_back(std::string_view(part));
    return servers;
}

/// A row, and its number.
std::pair<std::int64_t, Change> change_in(const Row& row)
{
    return {row.integer(0),
            {.at = time_in(row, 1),
             .user = row.text(2),
             .role = row.text(3),
             .address = row.text(4),
             .kind = row.text(5),
             .what = row.text(6),
             .about = row.text(7),
             .servers = servers_in(row.text(8)),
             .status = static_cast<unsigned>(row.integer(9))}};
}

} // namespace

Result<void> ChangeLog::add(const Change& change, const ChangesKept& kept)
{
    constexpr std::int64_t between_prunings = 50;
    const auto what = change.what.substr(0, longest_change);
    const auto servers = servers_text(change.servers);
    return database_.in_transaction([&] {
        return database_
            .one("INSERT INTO changes (at, user, role, address, kind, what, about, servers, status) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                 {seconds_of(change.at), std::string_view(change.user), std::string_view(change.role),
                  std::string_view(change.address), std::string_view(change.kind),
                  std::string_view(what), std::string_view(change.about), std::string_view(servers),
                  std::int64_t{change.status}},
                 [](const Row& row) { return row.integer(0); })
            .and_then([&](std::optional<std::int64_t> id) -> Result<void> {
                return id && *id % between_prunings == 0 ? prune(change.at, kept) : Result<void>();
            });
    });
}

/// In bounded pieces: what is left is the next one's.
Result<void> ChangeLog::prune(AccountTime now, const ChangesKept& kept)
{
    return database_
        .run("DELETE FROM changes WHERE id IN (SELECT id FROM changes WHERE id <= "
             "(SELECT id FROM changes WHERE status < 400 ORDER BY id DESC LIMIT 1 OFFSET ?) "
             "AND status < 400 ORDER BY id LIMIT 500)",
             {kept.done})
        .and_then([&](std::int64_t) {
            return database_.run(
                "DELETE FROM changes WHERE id IN (SELECT id FROM changes WHERE id <= "
                "(SELECT id FROM changes WHERE status >= 400 ORDER BY id DESC LIMIT 1 OFFSET ?) "
                "AND status >= 400 ORDER BY id LIMIT 500)",
                {kept.refused});
        })
        .and_then([&](std::int64_t) {
            return database_.run("DELETE FROM changes WHERE id IN "
                                 "(SELECT id FROM changes WHERE at < ? ORDER BY id LIMIT 500)",
                                 {seconds_of(now - kept.age)});
        })
        .transform([](std::int64_t) {});
}

Result<ChangePage> ChangeLog::some(const ChangeFilter& filter, std::optional<std::int64_t> before)
{
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    const auto server =
        servers_text(filter.server.empty() ? std::vector<std::string>() : std::vector{filter.server});
    return database_
        .all("SELECT id, at, user, role, address, kind, what, about, servers, status FROM changes "
             "WHERE id < ?1 AND (?2 = '' OR user = ?2 OR about = ?2) "
             "AND (?3 = '' OR instr(servers, ?3) > 0) AND (?4 = '' OR kind = ?4) "
             "AND at >= ?5 AND at < ?6 ORDER BY id DESC LIMIT ?7",
             {before.value_or(last), std::string_view(filter.user), std::string_view(server),
              std::string_view(filter.kind), filter.from.transform(seconds_of).value_or(0),
              filter.until.transform(seconds_of).value_or(last), page_length + 1},
             change_in)
        .transform([](std::vector<std::pair<std::int64_t, Change>> rows) {
            ChangePage page;
            if (std::ssize(rows) > page_length) {
                rows.pop_back();
                page.older = rows.back().first;
            }
            for (auto& [id, change] : rows)
                page.changes.push_back(std::move(change));
            return page;
        });
}

} // namespace left4me
