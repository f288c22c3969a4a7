#include "model/server_act.hpp"

#include "system/format.hpp"

#include <array>

namespace left4me {
namespace {

/// The words of l4d2ctl before the server's name, a line each.
std::string_view verb_of(ServerAct act)
{
    switch (act) {
    case ServerAct::start:
        return "start\n--no-wait";
    case ServerAct::stop:
        return "stop";
    case ServerAct::restart:
        return "restart\n--no-wait";
    case ServerAct::restart_when_empty:
        return "restart\n--when-empty";
    case ServerAct::cancel_restart:
        break;
    }
    return "restart\n--cancel";
}

} // namespace

std::string_view word_for(ServerAct act)
{
    switch (act) {
    case ServerAct::start:
        return "start";
    case ServerAct::stop:
        return "stop";
    case ServerAct::restart:
        return "restart";
    case ServerAct::restart_when_empty:
        return "restart-when-empty";
    case ServerAct::cancel_restart:
        break;
    }
    return "cancel-restart";
}

std::optional<ServerAct> parse_server_act(std::string_view word)
{
    using enum ServerAct;
    for (const auto act : {start, stop, restart, restart_when_empty, cancel_restart})
        if (word == word_for(act))
            return act;
    return std::nullopt;
}

Result<JobRequest> request_for(ServerAct act, const InstanceName& server)
{
    return JobRequest::parse(JobKind::servers, formatted("{}\n{}\n", verb_of(act), server.str()));
}

} // namespace left4me
