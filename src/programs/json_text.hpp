#pragma once

#include "verbs/instance_status.hpp"
#include "verbs/layer_verbs.hpp"
#include "verbs/readiness.hpp"
#include "verbs/server_files.hpp"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// Text that is no UTF-8, from a file's name perhaps, does not end it; no character of it is for
/// a terminal.
std::string json_answer(const nlohmann::ordered_json& json);

/// Answers as programs read them (--json). One object, or of many an array.
std::string format_status_json(const InstanceStatus& status);
std::string format_status_json(const std::vector<InstanceStatus>& statuses);

/// What came of the start of a server.
struct StartOutcome {
    InstanceName name;
    std::optional<GamePort> port; ///< none, as of query: it was not started
    std::optional<WatchSettings::Query> query;
    std::optional<Result<ReadyGame>> ready; ///< none: it was not waited for
};
std::string format_start_json(const std::vector<StartOutcome>& outcomes);

std::string format_layer_json(const LayerState& layer);
std::string format_layer_json(const std::vector<LayerState>& layers);

/// Newest first.
std::string format_history_json(const LayerPast& past);

std::string format_files_json(const ServerFiles& files);

} // namespace left4me
