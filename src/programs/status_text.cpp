#include "programs/status_text.hpp"

#include "console/text_table.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <optional>
#include <ranges>

namespace left4me {
namespace {

/// "-" for none.
template <class Value>
std::string shown(const std::optional<Value>& value)
{
    return value ? formatted("{}", *value) : "-";
}

std::string memory_of(const InstanceStatus& status)
{
    return status.memory_bytes.transform(human_bytes).value_or("-");
}

/// What systemd-analyze security's figure means stands beside it.
std::string exposure_of(const InstanceStatus& status)
{
    return status.exposure
               ? formatted("{} (of 10, by systemd-analyze security; less is better)", *status.exposure)
               : "-";
}

/// Of the game's ends systemd counts those since it was started by hand.
std::string restarts_of(const InstanceStatus& status)
{
    auto text = formatted("{}", status.restarts);
    if (!status.hung.empty())
        text += formatted("; hung {} times within a day, last at {}", status.hung.size(),
                          local_minute(status.hung.back().time_since_epoch()));
    return text;
}

std::string restart_of(const InstanceStatus& status)
{
    return status.needs_restart() ? "yes" : "no";
}

/// "yes", "loading", "no"; "-" for one that is asked nothing, "?" where nobody knows.
std::string answers_of(const InstanceStatus& status)
{
    if (status.active_state != "active")
        return "-";
    if (!status.watched)
        return "?";
    switch (status.watched->state) {
    case AnswerState::loading:
        return "loading";
    case AnswerState::answers:
        return "yes";
    case AnswerState::silent:
        return "no";
    case AnswerState::unasked:
        break;
    }
    return "-";
}

/// Names of maps are short; what a game says may be anything.
std::string map_of(const InstanceStatus& status)
{
    constexpr std::size_t most = 24;
    if (!status.answer)
        return "-";
    const auto& map = status.answer->map;
    return map.size() <= most ? map : map.substr(0, most) + "…";
}

std::string players_of(const InstanceStatus& status)
{
    return status.answer ? formatted("{}/{}", status.answer->players, status.answer->max_players) : "-";
}

std::string waiting_of(const WaitingRestart& waiting)
{
    return waiting.latest ? formatted("restarts when empty, by {}",
                                      local_minute(waiting.latest->time_since_epoch()))
                          : "restarts when empty";
}

/// What an operator may want to do something about.
std::string notes_on(const InstanceStatus& status)
{
    std::vector<std::string> notes;
    if (status.problem)
        notes.push_back(*status.problem);
    if (status.watched && status.watched->state == AnswerState::silent)
        notes.push_back(
            formatted("no answer since {}", local_minute(status.watched->since.time_since_epoch())));
    if (!status.hung.empty())
        notes.push_back(formatted("hung at {}", local_minute(status.hung.back().time_since_epoch())));
    if (status.waiting)
        notes.push_back(waiting_of(*status.waiting));
    else if (status.needs_restart())
        notes.emplace_back("needs a restart");
    return join(notes, "; ");
}

/// The first of many, one a line.
void add_lines(const std::vector<std::string>& paths, std::string_view what,
               std::vector<std::vector<std::string>>& rows)
{
    constexpr std::size_t most_told = 5;
    for (const auto& path : paths | std::views::take(most_told))
        rows.push_back({"", formatted("- {} {}", path, what)});
    if (paths.size() > most_told)
        rows.push_back({"", formatted("- {} more", paths.size() - most_told)});
}

void add_own_files(const InstanceStatus& status, std::vector<std::vector<std::string>>& rows)
{
    if (!status.own_files ||
        (status.own_files->hiding_newer.empty() && status.own_files->defeating_hide.empty()))
        return;
    rows.push_back({"OWN FILES", formatted("in the layers' way: l4d2ctl files {}", status.name.str())});
    add_lines(status.own_files->hiding_newer, "hides what is newer in a layer", rows);
    add_lines(status.own_files->defeating_hide, "is where the spec hides", rows);
}

/// What the game says of itself, in its own words.
void add_answer(const InstanceStatus& status, std::vector<std::vector<std::string>>& rows)
{
    if (status.answer)
        rows.push_back(
            {"ANSWERS", formatted("{}, {}/{} players: {}", status.answer->map, status.answer->players,
                                  status.answer->max_players, status.answer->name)});
    else if (status.active_state == "active")
        rows.push_back({"ANSWERS", status.is_asked() ? "no query" : "it is not asked (query: none)"});
}

/// How long it may be silent.
std::string hung_after(const InstanceStatus& status)
{
    if (!status.watch)
        return "-";
    if (!status.is_asked() || status.watch->hang_after.count() == 0)
        return "never";
    return formatted("{} s without an answer", status.watch->hang_after.count());
}

} // namespace

std::string format_status_table(const std::vector<InstanceStatus>& statuses)
{
    std::vector<std::vector<std::string>> rows = {
        {"NAME", "STATE", "PORT", "ANSWERS", "MAP", "PLAYERS", "NOTES"}};
    for (const auto& status : statuses)
        rows.push_back({status.name.str(),
                        status.active_state == "active" ? status.sub_state : status.active_state,
                        shown(status.port), answers_of(status), map_of(status), players_of(status),
                        notes_on(status)});
    return format_table(rows);
}

std::string format_status_details(const InstanceStatus& status)
{
    const auto layers = join(status.layers, ", ", [](const LayerStatus& layer) {
        return layer.ref + (layer.current ? "" : " (older)");
    });
    const bool another = status.installed_build && status.installed_build != status.build;
    std::vector<std::vector<std::string>> rows = {
        {"NAME", status.name.str()},
        {"STATE", formatted("{} ({})", status.active_state, status.problem.value_or(status.sub_state))},
        {"SINCE", status.since.transform(local_rfc3339).value_or("-")},
        {"PORT", shown(status.port)},
        {"PID", status.main_pid == 0 ? "-" : formatted("{}", status.main_pid)},
        {"MEMORY", memory_of(status)},
        {"RESTARTS", restarts_of(status)},
        {"NEEDS RESTART", restart_of(status)},
    };
    for (const auto& reason : status.restart_reasons)
        rows.push_back({"", "- " + reason});
    if (status.waiting)
        rows.push_back({"WAITS", waiting_of(*status.waiting)});
    rows.push_back({"EXPOSURE", exposure_of(status)});
    rows.push_back(
        {"BUILD", shown(status.build) +
                      (another ? formatted(" ({} is installed)", *status.installed_build) : "")});
    rows.push_back({"LAYERS", layers.empty() ? "-" : layers});
    add_answer(status, rows);
    rows.push_back({"HUNG AFTER", hung_after(status)});
    add_own_files(status, rows);
    return format_table(rows);
}

} // namespace left4me
