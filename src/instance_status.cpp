#include "instance_status.hpp"

#include "helper_call.hpp"
#include "mount_record.hpp"
#include "state_directory.hpp"
#include "text_table.hpp"

#include <algorithm>
#include <format>
#include <nlohmann/json.hpp>

namespace left4me {
namespace {

using nlohmann::ordered_json;

template <class T>
ordered_json or_null(const std::optional<T>& value)
{
    return value ? ordered_json(*value) : ordered_json(nullptr);
}

std::string rfc3339(std::chrono::microseconds since_epoch)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    return std::format("{:%FT%T}Z", std::chrono::sys_time<std::chrono::seconds>(seconds));
}

bool is_current(const Directory& state, const Layer& layer, const MountedDirectory& mounted)
{
    const auto now = state.subdirectory(layer.path()).and_then([](const Directory& directory) {
        return directory.status();
    });
    return now && now->st_dev == mounted.device && now->st_ino == mounted.inode;
}

/// The layers of the record while something is mounted, else those that the
/// next start would mount.
std::vector<LayerStatus> layers_of(const Directory& state, const InstanceName& name,
                                   const std::vector<Layer>& configured)
{
    std::vector<LayerStatus> layers;
    const auto record = read_mount_record(name);
    if (!record) {
        for (const auto& layer : configured)
            layers.push_back({layer.name(), std::nullopt, true});
        return layers;
    }
    for (const auto& mounted : record->layers) {
        const bool last = &mounted == &record->layers.back();
        const auto layer =
            last ? Layer::installation() : Layer::parse("overlays/" + mounted.ref).value();
        layers.push_back({mounted.ref, mounted.version, is_current(state, layer, mounted.directory)});
    }
    return layers;
}

ordered_json to_json(const InstanceStatus& status)
{
    ordered_json layers = ordered_json::array();
    for (const auto& layer : status.layers)
        layers.push_back(
            {{"ref", layer.ref}, {"version", or_null(layer.version)}, {"current", layer.current}});
    return {
        {"name", status.name.str()},
        {"active_state", status.active_state},
        {"sub_state", status.sub_state},
        {"since", or_null(status.since.transform(rfc3339))},
        {"port", or_null(status.port)},
        {"layers", std::move(layers)},
        {"main_pid", status.main_pid},
        {"memory_bytes", or_null(status.memory_bytes)},
        {"restarts", status.restarts},
        {"needs_restart", status.needs_restart},
        {"exposure", or_null(status.exposure)},
    };
}

/// The same facts as the JSON, as people read them; "-" for none.
std::vector<std::string> cells_of(const InstanceStatus& status)
{
    std::string layers;
    for (const auto& layer : status.layers)
        layers += std::format("{}{}{}", layers.empty() ? "" : ", ", layer.ref,
                              layer.current ? "" : " (older)");
    const auto text = [](const auto& value) { return value ? std::format("{}", *value) : "-"; };
    return {
        status.name.str(),
        std::format("{} ({})", status.active_state, status.sub_state),
        status.since.transform(rfc3339).value_or("-"),
        text(status.port),
        status.main_pid == 0 ? "-" : std::format("{}", status.main_pid),
        status.memory_bytes.transform(human_bytes).value_or("-"),
        std::format("{}", status.restarts),
        status.needs_restart ? "yes" : "no",
        text(status.exposure),
        layers.empty() ? "-" : layers,
    };
}

const std::vector<std::string> titles = {"NAME",   "STATE",    "SINCE",         "PORT",     "PID",
                                         "MEMORY", "RESTARTS", "NEEDS RESTART", "EXPOSURE", "LAYERS"};

} // namespace

std::map<std::string, double> parse_exposures(std::string_view json)
{
    std::map<std::string, double> exposures;
    const auto rows = ordered_json::parse(json, nullptr, false);
    if (!rows.is_array())
        return exposures;
    for (const auto& row : rows) {
        const auto name = row.find("unit"); // end() for what is no object
        const auto figure = row.find("exposure");
        if (name == row.end() || !name->is_string() || figure == row.end())
            continue;
        const auto unit = name->get<std::string>();
        if (figure->is_number())
            exposures[unit] = figure->get<double>();
        else if (figure->is_string())
            exposures[unit] = std::strtod(figure->get<std::string>().c_str(), nullptr);
    }
    return exposures;
}

std::map<std::string, double> read_exposures()
{
    constexpr std::size_t limit = 4 * 1024 * 1024;
    return output_of({"/usr/bin/systemd-analyze", "security", "--json=short", "--no-pager"}, limit)
        .transform([](const std::string& json) { return parse_exposures(json); })
        .value_or(std::map<std::string, double>());
}

Result<InstanceStatus> read_status(const InstanceStore& store, UnitControl& units,
                                   const std::map<std::string, double>& exposures,
                                   const InstanceName& name)
{
    const auto exists = store.exists(name);
    if (!exists)
        return std::unexpected(exists.error());
    const auto unit = units.status(server_unit(name));
    if (!unit)
        return std::unexpected(unit.error());
    if (!*exists && unit->active_state == "inactive")
        return fail(ExitStatus::not_found, std::format("there is no server {}", quote(name.str())));

    InstanceStatus status{.name = name,
                          .active_state = unit->active_state,
                          .sub_state = unit->sub_state,
                          .since = unit->active_since,
                          .port = {},
                          .layers = {},
                          .main_pid = unit->main_pid,
                          .memory_bytes = unit->memory_bytes,
                          .restarts = unit->restarts,
                          .needs_restart = false,
                          .exposure = {}};
    const bool running = !unit->is_down();
    const auto config = running ? store.read_live_config(name) : store.read_config(name);
    if (config)
        status.port = config->port.number();
    status.layers = layers_of(store.state(), name, config ? config->lowerdirs : std::vector<Layer>());
    const auto differs = store.differs_from_live(name);
    status.needs_restart =
        running && ((differs && *differs) || std::ranges::any_of(status.layers, [](const auto& layer) {
                        return !layer.current;
                    }));
    if (const auto figure = exposures.find(server_unit(name)); figure != exposures.end())
        status.exposure = figure->second;
    return status;
}

std::string format_status_json(const InstanceStatus& status)
{
    return to_json(status).dump(2) + '\n';
}

std::string format_status_json(const std::vector<InstanceStatus>& statuses)
{
    ordered_json all = ordered_json::array();
    for (const auto& status : statuses)
        all.push_back(to_json(status));
    return all.dump(2) + '\n';
}

std::string format_status_table(const std::vector<InstanceStatus>& statuses)
{
    std::vector<std::vector<std::string>> rows = {titles};
    for (const auto& status : statuses)
        rows.push_back(cells_of(status));
    return format_table(rows);
}

std::string format_status_details(const InstanceStatus& status)
{
    const auto cells = cells_of(status);
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i)
        text += std::format("{:<14} {}\n", titles[i], cells[i]);
    return text;
}

} // namespace left4me
