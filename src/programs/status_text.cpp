#include "programs/status_text.hpp"

#include "console/text_table.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <ranges>

namespace left4me {
namespace {

/// The same facts as the JSON, as people read them; "-" for none.
std::vector<std::string> cells_of(const InstanceStatus& status)
{
    const auto layers = join(status.layers, ", ", [](const LayerStatus& layer) {
        return layer.ref + (layer.current ? "" : " (older)");
    });
    const auto text = [](const auto& value) { return value ? formatted("{}", *value) : "-"; };
    const bool another = status.installed_build && status.installed_build != status.build;
    return {
        status.name.str(),
        formatted("{} ({})", status.active_state, status.problem.value_or(status.sub_state)),
        status.since.transform(rfc3339).value_or("-"),
        text(status.port),
        status.main_pid == 0 ? "-" : formatted("{}", status.main_pid),
        status.memory_bytes.transform(human_bytes).value_or("-"),
        formatted("{}", status.restarts),
        status.needs_restart() ? "yes" : "no",
        text(status.exposure),
        text(status.build) + (another ? formatted(" ({} is installed)", *status.installed_build) : ""),
        layers.empty() ? "-" : layers,
    };
}

const std::string restart_title = "NEEDS RESTART";
const std::string exposure_title = "EXPOSURE";
const std::vector<std::string> titles = {"NAME",         "STATE",  "SINCE",    "PORT",
                                         "PID",          "MEMORY", "RESTARTS", restart_title,
                                         exposure_title, "BUILD",  "LAYERS"};

/// The table's: of many servers the exposure is not asked for.
std::vector<std::string> without_exposure(std::vector<std::string> cells)
{
    cells.erase(cells.begin() + (std::ranges::find(titles, exposure_title) - titles.begin()));
    return cells;
}

/// The first of many, one a line.
std::string own_files_lines(const std::vector<std::string>& paths, std::string_view what)
{
    constexpr std::size_t most_told = 5;
    std::string text;
    for (const auto& path : paths | std::views::take(most_told))
        text += formatted("{:<14} - {} {}\n", "", escaped(path), what);
    if (paths.size() > most_told)
        text += formatted("{:<14} - {} more\n", "", paths.size() - most_told);
    return text;
}

std::string own_files_text(const InstanceStatus& status)
{
    if (!status.own_files ||
        (status.own_files->hiding_newer.empty() && status.own_files->defeating_hide.empty()))
        return "";
    return formatted("{:<14} in the layers' way: l4d2ctl files {}\n", "OWN FILES", status.name.str()) +
           own_files_lines(status.own_files->hiding_newer, "hides what is newer in a layer") +
           own_files_lines(status.own_files->defeating_hide, "is where the spec hides");
}

/// What the game says of itself, in its own words.
std::string answer_text(const InstanceStatus& status)
{
    if (!status.answer)
        return status.active_state == "active" ? formatted("{:<14} no query\n", "ANSWERS") : "";
    const auto& info = *status.answer;
    return formatted("{:<14} {}, {}/{} players: {}\n", "ANSWERS", escaped(info.map), info.players,
                     info.max_players, escaped(info.name));
}

} // namespace

std::string format_status_table(const std::vector<InstanceStatus>& statuses)
{
    std::vector<std::vector<std::string>> rows = {without_exposure(titles)};
    for (const auto& status : statuses)
        rows.push_back(without_exposure(cells_of(status)));
    return format_table(rows);
}

std::string format_status_details(const InstanceStatus& status)
{
    const auto cells = cells_of(status);
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        text += formatted("{:<14} {}\n", titles[i], escaped(cells[i]));
        if (titles[i] == restart_title)
            for (const auto& reason : status.restart_reasons)
                text += formatted("{:<14} - {}\n", "", escaped(reason));
    }
    return text + answer_text(status) + own_files_text(status);
}

} // namespace left4me
