#include "programs/status_text.hpp"

#include "console/text_table.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>

namespace left4me {
namespace {

/// The same facts as the JSON, as people read them; "-" for none.
std::vector<std::string> cells_of(const InstanceStatus& status)
{
    const auto layers = join(status.layers, ", ", [](const LayerStatus& layer) {
        return layer.ref + (layer.current ? "" : " (older)");
    });
    const auto text = [](const auto& value) { return value ? formatted("{}", *value) : "-"; };
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
        layers.empty() ? "-" : layers,
    };
}

const std::string restart_title = "NEEDS RESTART";
const std::string exposure_title = "EXPOSURE";
const std::vector<std::string> titles = {"NAME",   "STATE",    "SINCE",       "PORT",         "PID",
                                         "MEMORY", "RESTARTS", restart_title, exposure_title, "LAYERS"};

/// The table's: of many servers the exposure is not asked for.
std::vector<std::string> without_exposure(std::vector<std::string> cells)
{
    cells.erase(cells.begin() + (std::ranges::find(titles, exposure_title) - titles.begin()));
    return cells;
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
    return text;
}

} // namespace left4me
