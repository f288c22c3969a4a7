#include "layer/layer_history.hpp"

#include "system/prepared_file.hpp"

#include <nlohmann/json.hpp>

namespace left4me {
namespace {

using nlohmann::ordered_json;

const std::string history_name = "history.json";
constexpr std::size_t max_records = 100;
constexpr std::size_t max_problem_size = 500;
constexpr std::size_t max_file_size = 256 * 1024;

ordered_json to_json(const LayerChangeRecord& record)
{
    return {
        {"how", record.how},
        {"when", record.when.time_since_epoch().count()},
        {"duration_ms", record.duration.count()},
        {"version", record.version ? ordered_json(*record.version) : ordered_json(nullptr)},
        {"problem", record.problem},
        {"files", record.size.files},
        {"bytes", record.size.bytes},
    };
}

/// Throws what nlohmann's library throws for a missing or mistyped member.
LayerChangeRecord from_json(const ordered_json& object)
{
    LayerChangeRecord record = {};
    record.how = object.at("how").get<std::string>();
    record.when = std::chrono::sys_seconds(std::chrono::seconds(object.at("when").get<std::int64_t>()));
    record.duration = std::chrono::milliseconds(object.at("duration_ms").get<std::int64_t>());
    if (!object.at("version").is_null())
        record.version = object.at("version").get<std::uint64_t>();
    record.problem = object.at("problem").get<std::string>();
    record.size = {object.at("files").get<std::uint64_t>(), object.at("bytes").get<std::uint64_t>()};
    return record;
}

/// It is tried every day, and 100 days of it would hide how the layer came to be.
bool changed_nothing(const LayerChangeRecord& record)
{
    return !record.version && record.problem.empty();
}

} // namespace

std::string format_layer_history(const LayerHistory& history)
{
    ordered_json all = ordered_json::array();
    for (const auto& record : history)
        all.push_back(to_json(record));
    // What a reason quotes need not be UTF-8.
    return all.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

Result<LayerHistory> parse_layer_history(std::string_view text)
{
    LayerHistory history;
    try {
        for (const auto& object : ordered_json::parse(text))
            history.push_back(from_json(object));
    } catch (const ordered_json::exception&) {
        return fail(ExitStatus::bad_data, "the history of the layer is not as left4me writes it");
    }
    return history;
}

LayerHistory read_layer_history(const Directory& versions)
{
    return versions.read_file(history_name, max_file_size)
        .and_then([](const std::string& text) { return parse_layer_history(text); })
        .value_or(LayerHistory());
}

Result<void> prepare_layer_history(const Directory& versions, LayerChangeRecord record)
{
    record.problem.resize(std::min(record.problem.size(), max_problem_size));
    auto history = read_layer_history(versions);
    if (!history.empty() && changed_nothing(history.back()) && changed_nothing(record) &&
        history.back().how == record.how)
        history.pop_back();
    history.push_back(std::move(record));
    if (history.size() > max_records)
        history.erase(history.begin(), history.end() - max_records);
    // No file takes the place of a directory.
    if (!versions.open_file(history_name))
        if (auto removed = versions.remove_tree(history_name); !removed)
            return removed;
    return prepare_file(versions, history_name, format_layer_history(history), 0600);
}

Result<void> put_layer_history(const Directory& versions)
{
    return put_prepared(versions, history_name);
}

void drop_layer_history(const Directory& versions)
{
    drop_prepared(versions, history_name);
}

} // namespace left4me
