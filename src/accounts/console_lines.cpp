#include "accounts/console_lines.hpp"

#include "model/rcon_password.hpp"

#include <algorithm>
#include <limits>

namespace left4me {
namespace {

constexpr std::string_view hidden_line = "(a line that may have a secret in it)\n";
constexpr std::string_view cut_line = "(and more, which is not kept)\n";

} // namespace

std::string kept_answer(std::string_view answer)
{
    std::string kept;
    while (!answer.empty()) {
        const auto end = answer.find('\n');
        const auto line = answer.substr(0, end == std::string_view::npos ? end : end + 1);
        const auto shown = may_tell_a_secret(line) ? hidden_line : line;
        if (kept.size() + shown.size() > ConsoleLines::max_answer_size)
            return kept.append(cut_line);
        kept += shown;
        answer.remove_prefix(line.size());
    }
    return kept;
}

Result<void> ConsoleLines::add(const InstanceName& server, const UserName& user,
                               std::string_view command, std::string_view answer, AccountTime now)
{
    if (may_tell_a_secret(command))
        return {};
    const auto kept = kept_answer(answer);
    const std::string_view name = server.str();
    return database_.in_transaction([&] {
        return database_
            .run("INSERT INTO console (server, user, at, command, answer) VALUES (?, ?, ?, ?, ?)",
                 {name, std::string_view(user.str()), seconds_of(now), Blob{command}, Blob{kept}})
            .and_then([&](std::int64_t) {
                return database_.run(
                    "DELETE FROM console WHERE id IN (SELECT id FROM (SELECT id, "
                    "sum(length(command) + length(answer)) OVER behind AS size, "
                    "count(*) OVER behind AS place FROM console WHERE server = ?1 "
                    "WINDOW behind AS (ORDER BY id DESC)) WHERE size > ?2 OR place > ?3)",
                    {name, max_size, most});
            })
            .transform([](std::int64_t) {});
    });
}

Result<std::vector<ConsoleLine>> ConsoleLines::last(const InstanceName& server, std::int64_t count,
                                                    std::optional<std::int64_t> before)
{
    return database_
        .all("SELECT id, user, at, command, answer FROM console WHERE server = ? AND id < ? "
             "ORDER BY id DESC LIMIT ?",
             {std::string_view(server.str()), before.value_or(std::numeric_limits<std::int64_t>::max()),
              count},
             [](const Row& row) {
                 return ConsoleLine{.number = row.integer(0),
                                    .user = row.text(1),
                                    .at = time_in(row, 2),
                                    .command = row.text(3),
                                    .answer = row.text(4)};
             })
        .transform([](std::vector<ConsoleLine> lines) {
            std::ranges::reverse(lines);
            return lines;
        });
}

} // namespace left4me
