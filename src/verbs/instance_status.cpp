#include "verbs/instance_status.hpp"

#include "game/query_conversation.hpp"
#include "host/helper_call.hpp"
#include "host/instance_store.hpp"
#include "host/mount_record.hpp"
#include "host/places.hpp"
#include "host/server_condition.hpp"
#include "host/server_inspection.hpp"
#include "host/server_state.hpp"
#include "host/systemd.hpp"
#include "host/unit_names.hpp"
#include "steam/installation_versions.hpp"
#include "system/file_times.hpp"
#include "system/format.hpp"
#include "verbs/restart_reasons.hpp"
#include "verbs/server_files.hpp"
#include "watch/look_lease.hpp"

#include <algorithm>
#include <charconv>

namespace left4me {
namespace {

bool is_current(const Directory& state, const Layer& layer, const MountedDirectory& mounted)
{
    const auto now = state.subdirectory(layer.path()).and_then(identity_of);
    return now && *now == mounted;
}

/// The layers of the record while something is mounted, else those that the
/// next start would mount.
std::vector<LayerStatus> layers_of(const InstanceStore& store, const Result<MountRecord>& record,
                                   const std::vector<Layer>& configured)
{
    std::vector<LayerStatus> layers;
    if (!record) {
        for (const auto& layer : configured)
            layers.push_back({layer.name(), std::nullopt, true});
        return layers;
    }
    for (const auto& mounted : record->layers) {
        const bool last = &mounted == &record->layers.back();
        const auto layer =
            last ? Layer::installation() : Layer::parse("overlays/" + mounted.ref).value();
        layers.push_back(
            {mounted.ref, mounted.version, is_current(store.state(), layer, mounted.directory)});
    }
    return layers;
}

/// That of the installation in the record; none while nothing is mounted.
std::optional<std::string> build_in(const Result<MountRecord>& record,
                                    const std::vector<InstallationVersion>& installations)
{
    if (!record)
        return std::nullopt;
    const auto mounted = std::ranges::find(installations, record->layers.back().directory,
                                           &InstallationVersion::directory);
    return mounted == installations.end() ? std::nullopt : mounted->build;
}

/// Those of a unit's files that were changed after its start. dpkg gives a file's inode a new
/// time whenever it is unpacked, and the contents the time of the package: of the package's
/// own files its postinst keeps copies, written when they became others.
std::vector<std::string> files_changed_since(const Host& host, const UnitOrigin& origin,
                                             std::chrono::microseconds start)
{
    auto files = origin.drop_ins;
    files.insert(files.begin(), origin.fragment);
    std::erase_if(files, [&](const std::string& file) {
        const auto directory = units_path() + "/";
        if (!file.starts_with(directory))
            return file_changed(file).value_or(start) <= start;
        const auto copy = formatted("{}/units/{}", host.run(), file.substr(directory.size()));
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
    facts.build = status.build;
    facts.installed_build = status.installed_build;
    facts.needs_reload = server.origin.needs_reload || overlay.origin.needs_reload;
    if (server.started)
        facts.newer_files = files_changed_since(store.host(), server.origin, *server.started);
    if (overlay.active_since)
        std::ranges::move(files_changed_since(store.host(), overlay.origin, *overlay.active_since),
                          std::back_inserter(facts.newer_files));
    const auto inspection = inspections.find(status.name);
    if (inspection != inspections.end() && inspection->second.main_pid == server.main_pid)
        facts.inspection = inspection->second;
    return facts;
}

} // namespace

std::optional<double> parse_exposure(std::string_view text, std::string_view unit)
{
    const auto title = formatted("Overall exposure level for {}: ", unit);
    const auto at = text.find(title);
    if (at == std::string_view::npos)
        return {};
    const auto figure = text.substr(at + title.size());
    double exposure = 0;
    const auto parsed = std::from_chars(figure.data(), figure.data() + figure.size(), exposure);
    return parsed.ec == std::errc() ? std::optional(exposure) : std::nullopt;
}

namespace {

/// That of one server, asked of systemd-analyze; none where it gives no answer. It looks at all
/// settings of each unit that it is asked for, which takes milliseconds: that is for who asks for
/// this one server.
std::optional<double> read_exposure(const InstanceName& name)
{
    constexpr std::size_t max_answer = 64 * 1024;
    const auto unit = server_unit(name);
    // As text: as JSON it tells each setting of a unit, and not the figure.
    const auto text =
        output_of({"/usr/bin/systemd-analyze", "security", "--no-pager", "--", unit}, max_answer);
    return text ? parse_exposure(*text, unit) : std::nullopt;
}

/// None of a game that is still loading, hangs, or does not speak Valve's protocol.
std::optional<ServerInfo> ask_for_info(std::uint16_t port_number)
{
    constexpr std::chrono::milliseconds patience(500);
    const auto answer = GamePort::parse(formatted("{}", port_number)).and_then([&](GamePort port) {
        return ask_server(port, Query::info, patience);
    });
    return answer ? std::optional(std::get<ServerInfo>(*answer)) : std::nullopt;
}

/// All files of the server have to be looked at, which is for who asks for this one, too; of one
/// that has made more than anybody needs it is not told.
std::optional<OwnFilesNotice> read_own_files(const Host& host, const InstanceName& name)
{
    constexpr std::size_t most = 50'000;
    const auto files = files_of(host, name, most);
    if (!files)
        return std::nullopt;
    OwnFilesNotice notice;
    for (const auto& file : files->own.files) {
        if (file.hides_newer)
            notice.hiding_newer.push_back(file.path);
        if (file.defeats_hide)
            notice.defeating_hide.push_back(file.path);
    }
    return notice;
}

std::chrono::microseconds wall_clock()
{
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
}

/// What only root sees of servers that run.
Inspections inspect(const Host& host, const std::vector<InstanceName>& loaded,
                    std::chrono::seconds within, Report& report)
{
    if (loaded.empty())
        return {};
    const auto age = wall_clock() - inspections_written(host).value_or(std::chrono::microseconds{});
    const auto looked = age >= std::chrono::microseconds{} && age < within
                            ? Result<void>()
                            : call_helper("left4me-systemctl", {"inspect"});
    const auto inspections = looked.and_then([&] { return read_inspections(host); });
    if (inspections)
        return *inspections;
    const auto& why = inspections.error().message;
    report.warning(
        formatted("cannot tell which servers use files that were upgraded after their start: {} "
                  "(see l4d2ctl doctor)",
                  why.empty() ? "left4me-systemctl inspect failed" : why));
    return {};
}

/// All that tells of servers, opened and asked once for all of them.
struct Sources {
    InstanceStore store;
    Systemd systemd;
    std::vector<InstanceName> loaded; ///< those of which systemd knows more than that they are down
    Inspections inspections;
    std::vector<InstallationVersion> installations; ///< the present one first; none: not to be seen
    std::optional<Directory> answers;                ///< none: the watch does not run
    std::optional<Directory> hung;
    std::optional<Directory> waiting;
};

template <class Value>
std::optional<Value> if_any(Result<Value> result)
{
    return result ? std::optional(std::move(*result)) : std::nullopt;
}

Result<Sources> open_sources(const Host& host, Report& report, std::chrono::seconds inspected = {})
{
    auto store = InstanceStore::open(host);
    if (!store)
        return std::unexpected(store.error());
    auto installations = installation_versions(host).value_or(
        std::vector<InstallationVersion>()); // a status without is one still
    // Somebody looks, so the watch asks oftener. Whether it runs is told below.
    (void)touch_lease(host);
    return Systemd::connect().and_then([&](Systemd systemd) -> Result<Sources> {
        auto loaded = loaded_servers(systemd);
        if (!loaded)
            return std::unexpected(loaded.error());
        auto inspections = inspect(host, *loaded, inspected, report);
        return Sources{.store = std::move(*store),
                       .systemd = std::move(systemd),
                       .loaded = std::move(*loaded),
                       .inspections = std::move(inspections),
                       .installations = std::move(installations),
                       .answers = if_any(open_answers(host)),
                       .hung = if_any(open_hung(host)),
                       .waiting = if_any(open_waiting(host))};
    });
}

/// What the watch knows of the run that status tells of.
void add_answers(const Sources& sources, InstanceStatus& status)
{
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (sources.hung)
        status.hung = read_hung_restarts(*sources.hung, status.name).recent(now);
    if (sources.waiting)
        status.waiting = if_any(read_waiting_restart(*sources.waiting, status.name));
    if (!sources.answers || status.active_state != "active")
        return;
    auto record = read_answer_record(*sources.answers, status.name);
    if (!record || record->main_pid != status.main_pid)
        return;
    status.answer = record->info;
    status.watched = std::move(*record);
}

void warn_without_watch(const Sources& sources, const std::vector<InstanceStatus>& statuses,
                        Report& report)
{
    if (!sources.answers && std::ranges::contains(statuses, "active", &InstanceStatus::active_state))
        report.warning("left4me-watch does not run, so nobody knows which servers answer: "
                       "systemctl start left4me-watch");
}

/// One that is not in systemd's memory is down. To ask for it would have systemd read the files of its
/// unit each time, which takes it longer than all else here.
Result<UnitStatus> unit_of(Sources& sources, const InstanceName& name)
{
    UnitStatus down;
    down.active_state = "inactive";
    down.sub_state = "dead";
    return std::ranges::contains(sources.loaded, name) ? sources.systemd.status(server_unit(name))
                                                       : down;
}

Result<InstanceStatus> read_status_from(Sources& sources, const InstanceName& name)
{
    auto& [store, systemd, loaded, inspections, installations, answers, hung, waiting] = sources;
    const auto exists = store.exists(name);
    if (!exists)
        return std::unexpected(exists.error());
    const auto unit = unit_of(sources, name);
    if (!unit)
        return std::unexpected(unit.error());
    if (!*exists && unit->active_state == "inactive")
        return fail(ExitStatus::not_found, formatted("there is no server {}", quote(name.str())));

    InstanceStatus status{.name = name,
                          .active_state = unit->active_state,
                          .sub_state = unit->sub_state,
                          .since = unit->active_since,
                          .port = {},
                          .layers = {},
                          .main_pid = unit->main_pid,
                          .memory_bytes = unit->memory_bytes,
                          .restarts = unit->restarts,
                          .problem = {},
                          .restart_reasons = {},
                          .exposure = {}};
    using NextTry = Result<std::optional<std::chrono::microseconds>>;
    const auto next_try =
        unit->active_state == "failed" ? systemd.next_elapse(retry_unit(name)) : NextTry(std::nullopt);
    if (!next_try)
        return std::unexpected(next_try.error());
    status.problem = condition_of(*unit, *next_try, wall_clock());
    add_answers(sources, status);
    const auto config = status.runs() ? store.read_live_config(name) : store.read_config(name);
    if (config) {
        status.port = config->port.number();
        status.watch = config->watch;
    }
    const auto record = read_mount_record(store.host(), name);
    status.layers = layers_of(store, record, config ? config->lowerdirs : std::vector<Layer>());
    status.build = build_in(record, installations);
    if (!installations.empty())
        status.installed_build = installations.front().build;
    if (status.runs()) {
        const auto overlay = systemd.unit_status(overlay_unit(name));
        if (!overlay)
            return std::unexpected(overlay.error());
        status.restart_reasons =
            restart_reasons(restart_facts(store, status, *unit, *overlay, inspections));
    }
    return status;
}

} // namespace

Result<std::vector<InstanceStatus>> read_statuses(const Host& host, Report& report,
                                                  std::chrono::seconds inspected)
{
    auto sources = open_sources(host, report, inspected);
    if (!sources)
        return std::unexpected(sources.error());
    const auto names = sources->store.names();
    if (!names)
        return std::unexpected(names.error());
    std::vector<InstanceStatus> statuses;
    for (const auto& name : *names) {
        auto status = read_status_from(*sources, name);
        if (status)
            statuses.push_back(std::move(*status));
        else if (status.error().status != ExitStatus::not_found) // deleted meanwhile
            return std::unexpected(status.error());
    }
    warn_without_watch(*sources, statuses, report);
    return statuses;
}

Result<InstanceStatus> read_status(const Host& host, const InstanceName& name, Report& report)
{
    return open_sources(host, report)
        .and_then([&](Sources sources) { return read_status_from(sources, name); })
        .transform([&](InstanceStatus status) {
            if (status.runs())
                status.exposure = read_exposure(name);
            status.own_files = read_own_files(host, name);
            // Its own word of this moment, where it has one.
            if (status.active_state == "active" && status.port && status.is_asked())
                if (auto info = ask_for_info(*status.port))
                    status.answer = std::move(info);
            return status;
        });
}

} // namespace left4me
