#include "web/player_pages.hpp"

#include "game/connected_players.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "web/console_trouble.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace left4me::web {
namespace {

/// As much of a name as leaves the page a small one.
std::string_view shown_name(std::string_view name)
{
    constexpr std::size_t longest = 96;
    return name.empty() ? "(joining)" : name.substr(0, longest);
}

// --- who plays --------------------------------------------------------------------------------

Markup players_table(const std::vector<Player>& players)
{
    constexpr std::size_t most = 32;
    Markup rows;
    for (std::size_t i = 0; i < std::min(players.size(), most); ++i)
        rows += html(
            R"(<tr><th scope="row"><bdi>{}</bdi></th><td data-label="Score">{}</td><td data-label="Played">{}</td></tr>)",
            shown_name(players[i].name), players[i].score, played_for(players[i].seconds));
    const auto more = players.size() > most
                          ? html("<p>And {} more, by what the game says.</p>", players.size() - most)
                          : Markup();
    return html(
        R"(<table class="list"><thead><tr><th scope="col">Player</th><th scope="col">Score</th><th scope="col">Played</th></tr></thead><tbody>{}</tbody></table>{})",
        rows, more);
}

/// A game that is known to be silent, or to be empty, is not asked.
Markup who_plays(AskedGames& games, const InstanceStatus& status)
{
    if (!status.runs())
        return html("<p>It does not run.</p>");
    if (!status.is_asked())
        return html("<p>Nobody knows: its game answers no such questions.</p>");
    if (!status.watched || status.watched->state != AnswerState::answers)
        return html("<p>The game does not answer now.</p>");
    if (status.answer && status.answer->players == 0)
        return html("<p>Nobody plays.</p>");
    const auto players = games.players(status.name);
    if (!players)
        return html("<p>The game does not say now.</p>");
    return players->empty() ? html("<p>Nobody plays.</p>") : players_table(*players);
}

// --- kicking ----------------------------------------------------------------------------------

/// How long somebody may be kept out, as the form has it.
struct BanTime {
    std::string_view minutes; ///< for the game; "0": for ever
    std::string_view text;
};
constexpr std::array<BanTime, 4> ban_times = {
    {{"60", "an hour"}, {"1440", "a day"}, {"10080", "a week"}, {"0", "for good"}}};

Markup kick_row(const InstanceName& server, const ConnectedPlayer& player, const Markup& token)
{
    const auto name = shown_name(player.name);
    if (player.is_bot())
        return html(
            R"(<tr><th scope="row"><bdi>{}</bdi></th><td data-label="Steam ID">a bot</td><td></td><td></td></tr>)",
            name);
    Markup times;
    for (const auto& [minutes, text] : ban_times)
        times += html(R"(<option value="{}">{}</option>)", minutes, text);
    return html(
        R"(<tr><th scope="row"><bdi>{}</bdi></th><td data-label="Steam ID"><code>{}</code></td><td data-label="There for">{}</td><td><form class="levers" method="post" action="{}">{}<input type="hidden" name="player" value="{}"><input type="hidden" name="steam" value="{}"><button name="act" value="kick" aria-label="Kick {}">Kick</button><select name="minutes" aria-label="Keep {} out for">{}</select><button name="act" value="ban" aria-label="Ban {}">Ban</button></form></td></tr>)",
        name, player.unique_id, player.connected, Links::kick(server), token, player.user_id,
        player.unique_id, name, name, times, name);
}

Markup kick_table(const InstanceName& server, const std::vector<ConnectedPlayer>& players,
                  const Markup& token)
{
    if (players.empty())
        return html("<p>Nobody is there.</p>");
    Markup rows;
    for (const auto& player : players)
        rows += kick_row(server, player, token);
    return html(
        R"(<table class="list"><thead><tr><th scope="col">Player</th><th scope="col">Steam ID</th><th scope="col">There for</th><th scope="col"><span class="unseen">Send them away</span></th></tr></thead><tbody>{}</tbody></table><p class="hint">A ban for good is kept in the game's banned_user.cfg, which the game reads where the configuration says: exec banned_user.cfg.</p>)",
        rows);
}

constexpr std::array<Done, 2> kicks = {{
    {"kick", "The player is kicked."},
    {"ban", "The player is banned, and kicked."},
}};

/// What a page of it needs of its visit, which is gone by then.
struct KickView {
    WebSession session;
    InstanceName server;
    Markup told;
};

Response kick_response(const KickView& view, const Result<std::string>& list, unsigned status = 200)
{
    const auto& name = view.server;
    Markup content;
    if (list) {
        content = kick_table(name, connected_players_in(*list), token_field(view.session.csrf));
    } else {
        const auto trouble = console_trouble(list.error());
        content = message(trouble.text);
        status = trouble.status;
    }
    return page(
        {.title = "Kick or ban", .session = &view.session},
        html(
            R"(<p class="way"><a href="{}">{}</a></p><h1>Kick or ban</h1>{}{}<p><a href="{}">Look again</a></p>)",
            Links::server(name), name.str(), view.told, content, Links::kick(name)),
        status);
}

/// What a form asks for.
struct Kick {
    std::uint32_t user_id;
    std::string unique_id; ///< whom the form was made for
    std::string_view word; ///< "kick" or "ban"
    std::string_view minutes; ///< of a ban
};

std::optional<Kick> kick_in(const Form& form)
{
    const auto user_id = parse_number<std::uint32_t>(value_of(form, "player"));
    const auto word = std::ranges::find(kicks, value_of(form, "act"), &Done::word);
    const auto minutes = std::ranges::find(ban_times, value_of(form, "minutes"), &BanTime::minutes);
    if (!user_id || word == kicks.end() || (word->word == "ban" && minutes == ban_times.end()))
        return std::nullopt;
    return Kick{.user_id = *user_id,
                .unique_id = std::string(value_of(form, "steam")),
                .word = word->word,
                .minutes = minutes == ban_times.end() ? "" : minutes->minutes};
}

/// Made of numbers alone.
std::vector<std::string> commands_of(const Kick& kick)
{
    if (kick.word == "kick")
        return {formatted("kickid {}", kick.user_id)};
    std::vector<std::string> commands = {formatted("banid {} {} kick", kick.minutes, kick.user_id)};
    if (kick.minutes == "0")
        commands.emplace_back("writeid");
    return commands;
}

Response kicked(AskedGames& games, const KickView& view, const Kick& kick)
{
    auto list = games.run(view.server, "status");
    if (!list)
        return kick_response(view, list);
    const auto players = connected_players_in(*list);
    const auto player = std::ranges::find(players, kick.user_id, &ConnectedPlayer::user_id);
    if (player == players.end() || player->unique_id != kick.unique_id) {
        auto gone = view;
        gone.told = message("That player is not there any more, so nothing was done.");
        return kick_response(gone, list, conflict);
    }
    for (const auto& command : commands_of(kick))
        if (const auto done = games.run(view.server, command); !done)
            return kick_response(view, done);
    return see_other(Links::kick(view.server, kick.word));
}

} // namespace

std::string played_for(float seconds)
{
    constexpr float most = 30.0F * 24 * 3600;
    const auto whole = static_cast<unsigned>(std::clamp(std::floor(seconds), 0.0F, most));
    const auto minutes = whole / 60 % 60;
    return whole < 3600 ? formatted("{}:{:02}", minutes, whole % 60)
                        : formatted("{}:{:02}:{:02}", whole / 3600, minutes, whole % 60);
}

Markup players_section(AskedGames& games, const InstanceStatus& status, ServerRight right)
{
    const auto kick =
        right >= ServerRight::operate && status.runs()
            ? html(R"(<p><a class="lever" href="{}">Kick or ban…</a></p>)", Links::kick(status.name))
            : Markup();
    return html(
        R"(<section aria-labelledby="players" data-again="{}"><h2 id="players">Who plays</h2>{}{}</section>)",
        Links::players(status.name), who_plays(games, status), kick);
}

Answer players_page(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    return Work{[board = site.board, games = site.games, session = visit.session, name = server.name(),
                 right = server.right()] {
        const auto all = board->read();
        if (!all)
            return giving(trouble_page(all.error()));
        const auto found = std::ranges::find((*all)->statuses, name, &InstanceStatus::name);
        if (found == (*all)->statuses.end())
            return giving(missing_page(session));
        return giving(page(
            {.title = "Players", .session = &session},
            html(
                R"(<p class="way"><a href="{}">{}</a></p><h1>Players</h1>{}<p><a href="{}">Look again</a></p>)",
                Links::server(name), name.str(), players_section(*games, *found, right),
                Links::players(name))));
    }};
}

Answer kick_page(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    return Work{[games = site.games, view = KickView{.session = visit.session,
                                                     .server = server.name(),
                                                     .told = done_message(visit.visit.request, kicks)}] {
        return giving(kick_response(view, games->run(view.server, "status")));
    }};
}

Answer kick_form(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    auto kick = kick_in(visit.visit.form);
    if (!kick)
        return refusal_page(visit.session, unprocessable, "Nobody was chosen, so nothing was done.");
    return Work{[games = site.games, kick = std::move(*kick),
                 view = KickView{.session = visit.session, .server = server.name(), .told = {}}] {
        return giving(kicked(*games, view, kick));
    }};
}

} // namespace left4me::web
