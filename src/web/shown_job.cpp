#include "web/shown_job.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

namespace left4me::web {

std::string_view label_of(ServerAct act)
{
    switch (act) {
    case ServerAct::initialize:
        return "Its settings";
    case ServerAct::start:
        return "Start";
    case ServerAct::stop:
        return "Stop";
    case ServerAct::restart:
        return "Restart";
    case ServerAct::restart_when_empty:
        return "Restart when empty";
    case ServerAct::cancel_restart:
        return "Do not restart";
    case ServerAct::reset:
        return "Reset";
    case ServerAct::remove:
        break;
    }
    return "Delete";
}

std::string_view label_of(LayerAct act)
{
    switch (act) {
    case LayerAct::build:
        return "Build";
    case LayerAct::rebuild:
        return "Build anew";
    case LayerAct::forget:
        return "Not daily any more";
    case LayerAct::roll_back:
        return "Roll back";
    case LayerAct::remove:
        break;
    }
    return "Delete";
}

std::string_view label_of(const JobWork& work)
{
    if (const auto* on = std::get_if<ServerWork>(&work))
        return label_of(on->act);
    const auto* on = std::get_if<LayerWork>(&work);
    return on == nullptr ? "Update" : label_of(on->act);
}

std::string title_of(const JobWork& work)
{
    const auto subject = subject_of(work);
    return formatted("{}: {}", subject.empty() ? "The game" : subject, label_of(work));
}

StateWord state_of(const Job& job)
{
    if (job.is_to_end())
        return {"being cancelled", Mood::busy};
    if (!job.ended)
        return {job.begun ? "at work" : "waits", Mood::busy};
    if (job.was_cancelled())
        return {"cancelled", Mood::off};
    return job.failed() ? StateWord{"failed", Mood::bad} : StateWord{"done", Mood::good};
}

StateWord told_of(const Job& job)
{
    const auto label = label_of(job.work);
    if (!job.ended)
        return {formatted("{}: {}, for {}", label, state_of(job).word, job.user), Mood::busy};
    const auto when = local_minute(job.ended->time_since_epoch());
    if (job.was_cancelled())
        return {formatted("{}: cancelled at {}, by {}", label, when, job.canceller), Mood::off};
    if (job.failed())
        return {formatted("{} failed at {}, for {}: {}", label, when, job.user, job.end.error),
                Mood::bad};
    return {formatted("{}: done at {}, for {}", label, when, job.user), Mood::off};
}

bool is_news(const Job& job, const InstanceStatus& status)
{
    if (!job.ended)
        return true;
    return job.failed() && !(status.since && *status.since > job.ended->time_since_epoch());
}

} // namespace left4me::web
