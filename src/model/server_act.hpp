#pragma once

#include "model/instance_name.hpp"
#include "model/job_request.hpp"
#include "system/error.hpp"

#include <optional>
#include <string_view>

namespace left4me {

/// What is done to one server by a job.
enum class ServerAct {
    initialize,
    start,
    stop,
    restart,
    restart_when_empty,
    cancel_restart,
    reset,
    remove
};

/// "initialize", "start", "stop", "restart", "restart-when-empty", "cancel-restart", "reset", "delete"
std::string_view word_for(ServerAct act);
std::optional<ServerAct> parse_server_act(std::string_view word);

/// Whether a server is on its settings of now afterwards.
bool applies_settings(ServerAct act);

/// What the job is to do; spec: of initialize, which has one. None waits until its game answers:
/// whoever asks sees that elsewhere.
Result<JobRequest> request_for(ServerAct act, const InstanceName& server, std::string_view spec = {});

} // namespace left4me
