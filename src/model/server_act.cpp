#include "model/server_act.hpp"

#include "system/format.hpp"

#include <algorithm>
#include <array>

namespace left4me {
namespace {

struct Words {
    ServerAct act;
    std::string_view word;
    std::string_view verb; ///< of l4d2ctl, what stands before the server's name: a word a line
};

using enum ServerAct;
constexpr std::array<Words, 8> all_words = {{
    {initialize, "initialize", "initialize"},
    {start, "start", "start\n--no-wait"},
    {stop, "stop", "stop"},
    {restart, "restart", "restart\n--no-wait"},
    {restart_when_empty, "restart-when-empty", "restart\n--when-empty"},
    {cancel_restart, "cancel-restart", "restart\n--cancel"},
    {reset, "reset", "reset"},
    {remove, "delete", "delete"},
}};

const Words& words_for(ServerAct act)
{
    return *std::ranges::find(all_words, act, &Words::act);
}

} // namespace

std::string_view word_for(ServerAct act)
{
    return words_for(act).word;
}

std::optional<ServerAct> parse_server_act(std::string_view word)
{
    const auto found = std::ranges::find(all_words, word, &Words::word);
    return found == all_words.end() ? std::nullopt : std::optional(found->act);
}

bool applies_settings(ServerAct act)
{
    return act == start || act == restart || act == restart_when_empty;
}

Result<JobRequest> request_for(ServerAct act, const InstanceName& server, std::string_view spec)
{
    const auto words = formatted("{}\n{}\n", words_for(act).verb, server.str());
    return JobRequest::parse(JobKind::servers,
                             act == initialize ? formatted("{}\n{}", words, spec) : words);
}

} // namespace left4me
