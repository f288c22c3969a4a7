#include "programs/json_text.hpp"

#include "programs/files_text.hpp"
#include "system/plain_text.hpp"
#include "system/shown_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>

namespace left4me {
namespace {

using nlohmann::ordered_json;

template <class T>
ordered_json or_null(const std::optional<T>& value)
{
    return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json to_json(const OwnFilesNotice& notice)
{
    return {{"hiding_newer", notice.hiding_newer}, {"defeating_hide", notice.defeating_hide}};
}

ordered_json to_json(const ServerInfo& info)
{
    return {{"name", info.name},
            {"map", info.map},
            {"players", info.players},
            {"bots", info.bots},
            {"max_players", info.max_players},
            {"version", info.version},
            {"secure", info.is_secure},
            {"password", info.has_password},
            {"keywords", info.keywords}};
}

std::string_view query_of(const WatchSettings& watch)
{
    return query_word(watch.query);
}

std::int64_t hang_after_of(const WatchSettings& watch)
{
    return watch.hang_after.count();
}

std::string rfc3339_of(std::chrono::sys_seconds time)
{
    return rfc3339(time.time_since_epoch());
}

ordered_json to_json(const WaitingRestart& waiting)
{
    return {{"requested", rfc3339_of(waiting.requested)},
            {"latest", or_null(waiting.latest.transform(rfc3339_of))}};
}

ordered_json times_of(const HungRestarts::Times& times)
{
    ordered_json list = ordered_json::array();
    for (const auto time : times)
        list.push_back(rfc3339_of(time));
    return list;
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
        {"query", or_null(status.watch.transform(query_of))},
        {"hang_after", or_null(status.watch.transform(hang_after_of))},
        {"layers", std::move(layers)},
        {"build", or_null(status.build)},
        {"installed_build", or_null(status.installed_build)},
        {"main_pid", status.main_pid},
        {"memory_bytes", or_null(status.memory_bytes)},
        {"restarts", status.restarts},
        {"problem", or_null(status.problem)},
        {"needs_restart", status.needs_restart()},
        {"restart_reasons", status.restart_reasons},
        {"waiting_restart", status.waiting ? to_json(*status.waiting) : ordered_json(nullptr)},
        {"hung_restarts", times_of(status.hung)},
        {"answers", status.watched ? ordered_json(answer_state_word(status.watched->state))
                                   : ordered_json(nullptr)},
        {"answers_since", or_null(status.watched.transform(
                              [](const AnswerRecord& record) { return rfc3339_of(record.since); }))},
        {"answered", or_null(status.watched.and_then([](const AnswerRecord& record) {
             return record.answered.transform(rfc3339_of);
         }))},
        {"answer", status.answer ? to_json(*status.answer) : ordered_json(nullptr)},
        {"own_files", status.own_files ? to_json(*status.own_files) : ordered_json(nullptr)},
        {"exposure", or_null(status.exposure)},
    };
}

ordered_json to_json(const StartOutcome& outcome)
{
    const auto& ready = outcome.ready;
    const bool is_ready = ready && *ready;
    return {
        {"name", outcome.name.str()},
        {"port", or_null(outcome.port.transform(&GamePort::number))},
        {"query", or_null(outcome.query.transform(query_word))},
        {"ready", ready ? ordered_json(is_ready) : ordered_json(nullptr)},
        {"answer", is_ready && (*ready)->answer ? to_json(*(*ready)->answer) : ordered_json(nullptr)},
        {"problem", ready && !*ready ? ordered_json(ready->error().message) : ordered_json(nullptr)},
    };
}

ordered_json to_json(const LayerChangeRecord& record)
{
    return {
        {"how", record.how},
        {"when", rfc3339(record.when.time_since_epoch())},
        {"duration_ms", record.duration.count()},
        {"version", record.version ? ordered_json(*record.version) : ordered_json(nullptr)},
        {"problem", record.problem.empty() ? ordered_json(nullptr) : ordered_json(record.problem)},
        {"files", record.size.files},
        {"bytes", record.size.bytes},
    };
}

ordered_json to_json(const EngineView& view)
{
    ordered_json files = ordered_json::array();
    for (const auto& file : view.unseen())
        files.push_back({{"path", file.path}, {"why", file.why}});
    return {{"finds_nothing", view.finds_nothing()},
            {"count", view.unseen_count()},
            {"files", std::move(files)}};
}

ordered_json to_json(const LayerState& layer)
{
    ordered_json users = ordered_json::array();
    for (const auto& user : layer.users)
        users.push_back({{"server", user.server.str()},
                         {"configured", user.configured},
                         {"mounted", user.mounted ? ordered_json(*user.mounted) : ordered_json(nullptr)},
                         {"current", user.current}});
    return {
        {"ref", layer.ref.str()},
        {"version", layer.version},
        {"files", layer.size.files},
        {"bytes", layer.size.bytes},
        {"kept_versions", layer.kept},
        {"daily", layer.daily},
        {"users", std::move(users)},
        {"last_change", layer.last ? to_json(*layer.last) : ordered_json(nullptr)},
        {"sha256", or_null(layer.sha256)},
        {"unseen", layer.seen ? to_json(*layer.seen) : ordered_json(nullptr)},
    };
}

ordered_json to_json(const ServerFiles& files)
{
    ordered_json all = ordered_json::array();
    for (const auto& file : files.own.files)
        all.push_back({{"path", file.path},
                       {"kind", kind_text(file.kind)},
                       {"bytes", file.bytes},
                       {"changed", rfc3339(file.changed)},
                       {"over", or_null(file.over)},
                       {"hides_newer", file.hides_newer},
                       {"defeats_hide", file.defeats_hide}});
    return {{"name", files.name.str()},
            {"bytes", files.own.bytes},
            {"tells_directories", files.tells_directories},
            {"unread", files.own.unread},
            {"files", std::move(all)}};
}

/// One value, or of many an array.
template <class Value>
std::string dump(const Value& value)
{
    return json_answer(to_json(value));
}
template <class Value>
std::string dump(const std::vector<Value>& values)
{
    ordered_json all = ordered_json::array();
    for (const auto& value : values)
        all.push_back(to_json(value));
    return json_answer(all);
}

} // namespace

std::string json_answer(const ordered_json& json)
{
    return escaped_json(json.dump(2, ' ', false, ordered_json::error_handler_t::replace)) + '\n';
}

std::string format_status_json(const InstanceStatus& status)
{
    return dump(status);
}

std::string format_status_json(const std::vector<InstanceStatus>& statuses)
{
    return dump(statuses);
}

std::string format_start_json(const std::vector<StartOutcome>& outcomes)
{
    return dump(outcomes);
}

std::string format_layer_json(const LayerState& layer)
{
    return dump(layer);
}

std::string format_layer_json(const std::vector<LayerState>& layers)
{
    return dump(layers);
}

std::string format_history_json(const LayerPast& past)
{
    ordered_json all = ordered_json::array();
    for (const auto& record : std::views::reverse(past.history)) {
        auto object = to_json(record);
        object["kept"] = record.version && std::ranges::contains(past.kept, *record.version);
        all.push_back(std::move(object));
    }
    return json_answer(all);
}

std::string format_files_json(const ServerFiles& files)
{
    return dump(files);
}

} // namespace left4me
