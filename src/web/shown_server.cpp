#include "web/shown_server.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

namespace left4me::web {
namespace {

constexpr const char* unknown = "–";

/// Of one that is to run.
StateWord state_of_running(const InstanceStatus& status)
{
    if (!status.watched)
        return {"running", Mood::good};
    switch (status.watched->state) {
    case AnswerState::loading:
        return {"loading", Mood::busy};
    case AnswerState::silent:
        return {"not answering", Mood::bad};
    case AnswerState::answers:
    case AnswerState::unasked:
        break;
    }
    return {"running", Mood::good};
}

} // namespace

std::string_view mood_word(Mood mood)
{
    switch (mood) {
    case Mood::good:
        return "good";
    case Mood::busy:
        return "busy";
    case Mood::bad:
        return "bad";
    case Mood::off:
        break;
    }
    return "off";
}

StateWord state_of(const InstanceStatus& status)
{
    if (status.active_state == "active")
        return state_of_running(status);
    if (status.active_state == "failed")
        return {"failed", Mood::bad};
    if (status.active_state == "inactive")
        return {"stopped", Mood::off};
    if (status.active_state == "deactivating")
        return {"stopping", Mood::busy};
    // One that waits for its next start has ended by itself.
    return status.problem ? StateWord{"crashed", Mood::bad} : StateWord{"starting", Mood::busy};
}

std::string map_of(const InstanceStatus& status)
{
    return status.runs() && status.answer ? status.answer->map : unknown;
}

std::string players_of(const InstanceStatus& status)
{
    return status.runs() && status.answer
               ? formatted("{}/{}", status.answer->players, status.answer->max_players)
               : unknown;
}

std::string sentence_of(const InstanceStatus& status)
{
    std::vector<std::string> parts;
    if (status.runs() && status.answer) {
        parts.push_back(status.answer->map);
        parts.push_back(players_of(status) + " players");
    }
    if (status.since)
        parts.push_back("since " + local_minute(*status.since));
    return join(parts);
}

std::vector<ServerAct> acts_on(const InstanceStatus& status)
{
    if (!status.runs())
        return {ServerAct::start};
    std::vector<ServerAct> acts = {ServerAct::restart, ServerAct::stop};
    if (status.waiting)
        acts.push_back(ServerAct::cancel_restart);
    else if (status.is_asked()) // else nobody knows when it is empty
        acts.push_back(ServerAct::restart_when_empty);
    return acts;
}

InstanceStatus status_of_unmade(const LinkedServer& server)
{
    return {.name = server.name,
            .active_state = "inactive",
            .sub_state = {},
            .since = {},
            .port = server.port.number(),
            .layers = {},
            .memory_bytes = {},
            .problem = {},
            .restart_reasons = {},
            .exposure = {}};
}

std::vector<std::string> notes_on(const InstanceStatus& status)
{
    std::vector<std::string> notes;
    if (status.problem)
        notes.push_back(*status.problem);
    if (status.watched && status.watched->state == AnswerState::silent)
        notes.push_back("no answer since " + local_minute(status.watched->since.time_since_epoch()));
    if (!status.hung.empty())
        notes.push_back("hung at " + local_minute(status.hung.back().time_since_epoch()));
    if (status.waiting)
        notes.emplace_back("restarts when nobody plays");
    else if (status.needs_restart())
        notes.emplace_back("restart to apply changes");
    return notes;
}

} // namespace left4me::web
