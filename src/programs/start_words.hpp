#pragma once

#include "console/verb.hpp"
#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"
#include "system/report.hpp"
#include "verbs/server_verbs.hpp"

#include <chrono>
#include <functional>
#include <string_view>
#include <vector>

namespace left4me {

// What l4d2ctl start and restart have in common: words, waits and answers.

/// Those behind the servers' names.
std::vector<Parameter> start_parameters();

struct StartWords {
    std::chrono::seconds patience;
    bool waits;
    bool json;
};

Result<StartWords> start_words_of(const Arguments& arguments);

/// Start or restart of one server.
using BeginServer =
    std::function<Result<BegunServer>(const Host&, const InstanceName&, StartEnd, Report&)>;

/// Begins all of them, then waits for all at once; what goes wrong with one does not keep the
/// others from it. The last error is the one to end with.
Result<int> begin_servers(const Host& host, const std::vector<InstanceName>& names,
                          const StartWords& words, const BeginServer& begin, std::string_view done);

} // namespace left4me
