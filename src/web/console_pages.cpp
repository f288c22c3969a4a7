#include "web/console_pages.hpp"

#include "accounts/console_lines.hpp"
#include "game/rcon.hpp"
#include "model/rcon_password.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "web/console_trouble.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"
#include "web/shown_server.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace left4me::web {
namespace {

/// Without a script, and before the game has said its own.
constexpr std::array common_commands = {
    "banid",   "changelevel",     "cvarlist", "echo",   "exec",      "find",        "help",
    "kick",    "kickid",          "map",      "maps *", "meta list", "mp_gamemode", "removeid",
    "say",     "sm plugins list", "stats",    "status", "sv_tags",   "users",       "version",
    "writeid", "z_difficulty"};

constexpr std::size_t shown_lines = 30;

/// What a page needs of its visit, which is gone by then.
struct ConsoleView {
    WebSession session;
    InstanceName server;
    std::vector<ConsoleLine> lines; ///< one more than is shown, where there are older ones
    bool at_end;         ///< else older ones are looked at
    Markup told = {};    ///< what became of a command
    std::string typed = {}; ///< of one that was not given to the game
};

Result<ConsoleView> console_view(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    const auto query = parse_query(visit.visit.request.query);
    const auto before = parse_number<std::int64_t>(value_of(query, Links::console_place));
    return ConsoleLines(site.database)
        .last(server.name(), std::int64_t{shown_lines + 1}, before)
        .transform([&](std::vector<ConsoleLine> lines) {
            return ConsoleView{.session = visit.session,
                               .server = server.name(),
                               .lines = std::move(lines),
                               .at_end = !before};
        });
}

Markup answer_part(std::string_view answer, std::size_t most)
{
    if (answer.empty())
        return html(R"(<p class="hint">No answer.</p>)");
    const auto shown = answer.substr(0, most);
    return html(R"(<pre class="said">
{}{}</pre>)",
                shown,
                shown.size() < answer.size() ? "\n(and more: l4d2ctl console shows all of it)" : "");
}

Markup line_item(const ConsoleLine& line, std::size_t most)
{
    return html(R"(<li><p><code data-typed="">{}</code> <span class="hint">{}, {}</span></p>{}</li>)",
                line.command, line.user, moment(line.at), answer_part(line.answer, most));
}

/// The last of them, as many as leave the page a small one.
Markup transcript(const ConsoleView& view)
{
    constexpr std::size_t longest_answer = std::size_t{6} * 1024;
    constexpr std::size_t most = std::size_t{14} * 1024;
    constexpr std::size_t around = 160; ///< bytes of markup
    auto first = view.lines.size();
    const auto oldest = first - std::min(first, shown_lines);
    for (std::size_t size = 0; first > oldest; --first) {
        const auto& line = view.lines[first - 1];
        size += line.command.size() + std::min(line.answer.size(), longest_answer) + around;
        if (size > most && first < view.lines.size())
            break;
    }
    Markup items;
    for (auto i = first; i < view.lines.size(); ++i)
        items += line_item(view.lines[i], longest_answer);
    if (items.empty())
        return html("<p>Nothing was said here yet.</p>");
    const auto earlier = first == 0 ? Markup()
                                    : html(R"(<p><a href="{}">What was said before</a></p>)",
                                           Links::console(view.server, view.lines[first].number));
    return html(R"({}<ol class="transcript" aria-label="What was said">{}</ol>)", earlier, items);
}

Markup choices(const ConsoleView& view)
{
    std::set<std::string_view> all(common_commands.begin(), common_commands.end());
    for (const auto& line : view.lines)
        all.insert(line.command);
    Markup options;
    for (const auto choice : all)
        options += html(R"(<option value="{}"></option>)", choice);
    return html(R"(<datalist id="choices">{}</datalist>)", options);
}

Markup command_form(const ConsoleView& view)
{
    return html(
        R"(<form class="command" method="post" action="{}">{}<label>Command <input name="command" value="{}" list="choices" data-names="{}" autocapitalize="none" autocomplete="off" spellcheck="false" required maxlength="{}" autofocus></label><button class="main">Send</button></form>{}<p class="hint">What was typed is kept here for all who may command this server, but for lines with a word such as password or token.</p>)",
        Links::console(view.server), token_field(view.session.csrf), view.typed,
        Links::command_names(view.server), RconSession::max_command_size, choices(view));
}

Response console_response(const ConsoleView& view, const Markup& state, unsigned status = 200)
{
    const auto latest =
        view.at_end ? Markup()
                    : html(R"(<p><a href="{}">To the last ones</a></p>)", Links::console(view.server));
    return page({.title = "Console", .session = &view.session},
                html(R"(<p class="way"><a href="{}">{}</a></p><h1>Console</h1>{}{}{}{}{})",
                     Links::server(view.server), view.server.str(), state, transcript(view), latest,
                     view.told, command_form(view)),
                status);
}

Markup state_line(const InstanceStatus& status)
{
    const auto state = state_of(status);
    return html(R"(<p class="answer"><span class="state {}">{}</span> {}</p>)", mood_word(state.mood),
                state.word, sentence_of(status));
}

/// The page again, with why nothing was done.
Response refused_command(ConsoleView view, const ConsoleTrouble& why, const std::string& command)
{
    view.told = message(why.text);
    if (!may_tell_a_secret(command))
        view.typed = command;
    return console_response(view, {}, why.status);
}

/// On the loop's thread, which has the database.
Answer answered(Site& site, ConsoleView view, const std::string& command,
                const Result<std::string>& answer, AccountTime now)
{
    if (!answer)
        return refused_command(std::move(view), console_trouble(answer.error()), command);
    if (may_tell_a_secret(command)) {
        constexpr std::size_t most = std::size_t{8} * 1024;
        view.told =
            message("That line may have a secret in it, so neither it nor the answer is kept.", true);
        view.told += answer_part(*answer, most);
        return console_response(view, {});
    }
    const auto kept =
        ConsoleLines(site.database).add(view.server, view.session.user.name, command, *answer, now);
    return kept ? Answer(see_other(Links::console(view.server))) : trouble_page(kept.error());
}

} // namespace

Answer console_page(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    auto view = console_view(site, visit, server);
    if (!view)
        return trouble_page(view.error());
    return Work{[board = site.board, view = std::move(*view)] {
        const auto all = board->read();
        if (!all)
            return giving(trouble_page(all.error()));
        const auto found = std::ranges::find((*all)->statuses, view.server, &InstanceStatus::name);
        return giving(found == (*all)->statuses.end() ? missing_page(view.session)
                                                      : console_response(view, state_line(*found)));
    }};
}

Answer console_form(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    auto view = console_view(site, visit, server);
    if (!view)
        return trouble_page(view.error());
    const std::string command(value_of(visit.visit.form, "command"));
    if (const auto checked = check_console_command(command); !checked)
        return refused_command(
            std::move(*view),
            {formatted("Nothing was done: {}.", checked.error().message), unprocessable}, command);
    return Work{[&site, games = site.games, view = std::move(*view), command,
                 now = visit.visit.now]() -> std::function<Answer()> {
        auto answer = games->run(view.server, command);
        return [&site, view, command, now, answer = std::move(answer)]() -> Answer {
            return answered(site, view, command, answer, now);
        };
    }};
}

Answer command_names(Site& site, const SignedVisit& /*visit*/, const SeenServer& server)
{
    return Work{[games = site.games, name = server.name()] {
        const auto names = games->names(name);
        return giving({.status = names ? 200U : console_trouble(names.error()).status,
                       .fields = {{"Content-Type", "text/plain; charset=utf-8"}},
                       .body = names ? join((*names)->names(), "\n") : std::string()});
    }};
}

} // namespace left4me::web
