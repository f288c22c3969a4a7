#pragma once

#include "model/instance_name.hpp"
#include "programs/l4d2ctl_overlay.hpp"
#include "system/error.hpp"
#include "verbs/installation_verbs.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace left4me {

struct InitializeRequest {
    InstanceName name;
    std::string file; ///< the spec; "-" is standard input
};
struct StartRequest {
    InstanceName name;
};
struct StopRequest {
    InstanceName name;
};
struct DeleteRequest {
    InstanceName name;
};
struct ResetRequest {
    InstanceName name;
};
struct StatusRequest {
    std::optional<InstanceName> name; ///< none: all
    bool json;
};
struct LogsRequest {
    InstanceName name;
    std::size_t lines;
    bool follow;
};

struct DoctorRequest {
    bool json;
};

struct InstallRequest {
    InstallationOrder order;
};

/// What is left4me-workshop's to parse and do: a program without privilege.
struct WorkshopWords {
    std::vector<std::string> words;
};

using ControlRequest =
    std::variant<InitializeRequest, StartRequest, StopRequest, DeleteRequest, ResetRequest,
                 StatusRequest, LogsRequest, DoctorRequest, InstallRequest, LayerRequest, WorkshopWords>;

Result<ControlRequest> parse_control_request(int argc, const char* const* argv);

/// Opens the files that the request names, becomes user left4me and acts. Only
/// doctor acts for any user, and as root looks at the host before that.
Result<int> run_control_request(const ControlRequest& request);

} // namespace left4me
