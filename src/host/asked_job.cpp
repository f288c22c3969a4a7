#include "host/asked_job.hpp"

#include "host/helper_answer.hpp"
#include "host/job_place.hpp"
#include "host/systemd.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"

#include <chrono>

namespace left4me {
namespace {

constexpr const char* helper = "left4me-systemctl";

JobEnd cut_off(std::string why)
{
    return {.status = static_cast<int>(ExitStatus::internal), .error = std::move(why)};
}

/// What it left; none: nothing yet.
Result<std::optional<JobEnd>> result_of(const Host& host, const JobId& id)
{
    const auto text = open_job_place(host, id).and_then(
        [](const Directory& place) { return place.read_file(job_entry::result, max_job_result_size); });
    if (!text && text.error().status == ExitStatus::not_found)
        return std::nullopt;
    if (!text)
        return std::unexpected(text.error());
    return parse_job_end(*text).value_or(cut_off("what it left cannot be read"));
}

/// What the helper says why not, if it does not.
Result<void> asked(std::string_view verb, JobKind kind, const JobId& id, std::string_view input,
                   std::chrono::seconds patience)
{
    const auto answer = answer_of_helper(
        {helper, {std::string(verb), std::string(word_for(kind)), id.str()}}, input, patience);
    if (!answer)
        return std::unexpected(answer.error());
    if (answer->status == 0)
        return {};
    std::string_view why = answer->complaint;
    if (const auto own = formatted("{}: ", helper); why.starts_with(own))
        why.remove_prefix(own.size());
    return fail(own_exit_status(answer->status),
                why.empty() ? formatted("{} said no reason", helper) : std::string(why));
}

} // namespace

Result<void> ask_for_job(JobKind kind, const JobId& id, const JobRequest& request)
{
    constexpr std::chrono::seconds patience{30};
    const auto text = request.format();
    return asked("job-start", kind, id, formatted("{}\n{}", text.size(), text), patience);
}

void ask_to_stop_job(JobKind kind, const JobId& id)
{
    // The helper waits until the job is down; it is systemd that goes on with that.
    constexpr std::chrono::seconds patience{3};
    (void)asked("job-stop", kind, id, "", patience);
}

Result<void> ask_to_forget_job(JobKind kind, const JobId& id)
{
    constexpr std::chrono::seconds patience{10};
    return asked("job-forget", kind, id, "", patience);
}

Result<std::optional<JobEnd>> end_of_job(const Host& host, JobKind kind, const JobId& id)
{
    auto end = result_of(host, id);
    if (!end || *end)
        return end;
    const auto states = Systemd::connect().and_then(
        [&](Systemd systemd) { return systemd.states({job_unit(kind, id)}); });
    if (!states)
        return std::unexpected(states.error());
    if (!states->front().is_down())
        return std::nullopt;
    end = result_of(host, id); // it may have ended meanwhile
    if (!end || *end)
        return end;
    return is_job_taken(host, id).transform([](bool taken) {
        return std::optional(cut_off(taken ? "it was ended before it was done" : "it was never begun"));
    });
}

Result<bool> is_job_taken(const Host& host, const JobId& id)
{
    return host.open_state().and_then([&](const Directory& state) {
        return state.contains(formatted("{}/{}", jobs_place, id.str()));
    });
}

} // namespace left4me
