#include "verbs/instance_status.hpp"

#include "host/helper_call.hpp"
#include "host/mount_record.hpp"
#include "host/places.hpp"
#include "host/unit_names.hpp"
#include "system/file_times.hpp"
#include "system/plain_text.hpp"
#include "verbs/restart_reasons.hpp"

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

/// Those of a unit's files that were changed after its start. dpkg gives a file's inode a new
/// time whenever it is unpacked, and the contents the time of the package: of the package's
/// own files its postinst keeps copies, written when they became others.
std::vector<std::string> files_changed_since(const UnitOrigin& origin, std::chrono::microseconds start)
{
    auto files = origin.drop_ins;
    files.insert(files.begin(), origin.fragment);
    std::erase_if(files, [&](const std::string& file) {
        const auto directory = path::units + "/";
        if (!file.starts_with(directory))
            return file_changed(file).value_or(start) <= start;
        const auto copy = std::format("{}/units/{}", path::run, file.substr(directory.size()));
        return std::max(file_written(file).value_or(start), file_written(copy).value_or(start)) <= start;
    });
    return files;
}

/// differs_from_live and the layers tell of the configuration; the rest of the programs.
RestartFacts restart_facts(const InstanceStore& store, const InstanceStatus& status,
                           const UnitStatus& server, const UnitStatus& overlay,
                           const Inspections& inspections)
{
    RestartFacts facts;
    facts.settings_differ = store.differs_from_live(status.name).value_or(false);
    for (const auto& layer : status.layers)
        if (!layer.current)
            facts.newer_layers.push_back(layer.ref);
    facts.needs_reload = server.origin.needs_reload || overlay.origin.needs_reload;
    if (server.started)
        facts.newer_files = files_changed_since(server.origin, *server.started);
    if (overlay.active_since)
        std::ranges::move(files_changed_since(overlay.origin, *overlay.active_since),
                          std::back_inserter(facts.newer_files));
    const auto inspection = inspections.find(status.name);
    if (inspection != inspections.end() && inspection->second.main_pid == server.main_pid)
        facts.inspection = inspection->second;
    return facts;
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
        {"needs_restart", status.needs_restart()},
        {"restart_reasons", status.restart_reasons},
        {"exposure", or_null(status.exposure)},
    };
}

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

Result<InstanceStatus> read_status(const InstanceStore& store, Systemd& systemd,
                                   const std::map<std::string, double>& exposures,
                                   const Inspections& inspections, const InstanceName& name)
{
    const auto exists = store.exists(name);
    if (!exists)
        return std::unexpected(exists.error());
    const auto unit = systemd.status(server_unit(name));
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
                          .restart_reasons = {},
                          .exposure = {}};
    const auto config = status.runs() ? store.read_live_config(name) : store.read_config(name);
    if (config)
        status.port = config->port.number();
    status.layers = layers_of(store.state(), name, config ? config->lowerdirs : std::vector<Layer>());
    if (status.runs()) {
        const auto overlay = systemd.status(overlay_unit(name));
        if (!overlay)
            return std::unexpected(overlay.error());
        status.restart_reasons =
            restart_reasons(restart_facts(store, status, *unit, *overlay, inspections));
    }
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

} // namespace left4me
