#include "model/server_act.hpp"

#include "model/act_words.hpp"
#include "system/format.hpp"

#include <array>

namespace left4me {
namespace {

constexpr std::array<ActWords<ServerAct>, 8> server_acts = {{
    {ServerAct::initialize, "initialize", "initialize"},
    {ServerAct::start, "start", "start\n--no-wait"},
    {ServerAct::stop, "stop", "stop"},
    {ServerAct::restart, "restart", "restart\n--no-wait"},
    {ServerAct::restart_when_empty, "restart-when-empty", "restart\n--when-empty"},
    {ServerAct::cancel_restart, "cancel-restart", "restart\n--cancel"},
    {ServerAct::reset, "reset", "reset"},
    {ServerAct::remove, "delete", "delete"},
}};

} // namespace

std::string_view word_for(ServerAct act)
{
    return words_of(server_acts, act).word;
}

std::optional<ServerAct> parse_server_act(std::string_view word)
{
    return act_of(server_acts, word);
}

bool applies_settings(ServerAct act)
{
    return act == ServerAct::start || act == ServerAct::restart || act == ServerAct::restart_when_empty;
}

Result<JobRequest> request_for(ServerAct act, const InstanceName& server, std::string_view spec)
{
    const auto words = formatted("{}\n{}\n", words_of(server_acts, act).verb, server.str());
    return JobRequest::parse(JobKind::servers,
                             act == ServerAct::initialize ? formatted("{}\n{}", words, spec) : words);
}

} // namespace left4me
