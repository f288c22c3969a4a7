#include "accounts/job.hpp"

#include "system/format.hpp"

namespace left4me {
namespace {

constexpr std::string_view game_word = "update";

std::optional<AccountTime> time_or_none(const Row& row, int column)
{
    return row.is_null(column) ? std::nullopt : std::optional(time_in(row, column));
}

/// None for what this program does not know.
std::optional<JobWork> work_in(std::string_view kind, std::string_view subject, std::string_view act)
{
    if (kind == word_for(JobKind::servers)) {
        auto server = InstanceName::parse(subject);
        const auto done = parse_server_act(act);
        return server && done ? std::optional<JobWork>(ServerWork{std::move(*server), *done})
                              : std::nullopt;
    }
    if (kind == word_for(JobKind::layers)) {
        auto layer = LayerRef::parse(subject);
        const auto done = parse_layer_act(act);
        return layer && done ? std::optional<JobWork>(LayerWork{std::move(*layer), *done})
                             : std::nullopt;
    }
    return kind == word_for(JobKind::steam) && act == game_word ? std::optional<JobWork>(GameWork())
                                                                : std::nullopt;
}

} // namespace

JobKind kind_of(const JobWork& work)
{
    if (std::holds_alternative<ServerWork>(work))
        return JobKind::servers;
    return std::holds_alternative<LayerWork>(work) ? JobKind::layers : JobKind::steam;
}

std::string_view subject_of(const JobWork& work)
{
    if (const auto* on = std::get_if<ServerWork>(&work))
        return on->server.str();
    const auto* on = std::get_if<LayerWork>(&work);
    return on == nullptr ? std::string_view() : on->layer.str();
}

std::string_view word_for(const JobWork& work)
{
    if (const auto* on = std::get_if<ServerWork>(&work))
        return word_for(on->act);
    const auto* on = std::get_if<LayerWork>(&work);
    return on == nullptr ? game_word : word_for(on->act);
}

std::string told(const JobWork& work)
{
    return std::holds_alternative<GameWork>(work)
               ? formatted("{} of the game", word_for(work))
               : formatted("{} of {}", word_for(work), quote(subject_of(work)));
}

Result<JobId> job_id(std::int64_t number)
{
    return JobId::parse(formatted("{}", number));
}

Result<Job> Job::in(const Row& row)
{
    auto id = job_id(row.integer(0));
    auto work = work_in(row.text(1), row.text(2), row.text(3));
    if (!id || !work)
        return fail(ExitStatus::bad_data,
                    formatted("job {} is none that this program knows", row.integer(0)));
    return Job{.id = std::move(*id),
               .work = std::move(*work),
               .user = row.text(4),
               .asked = time_in(row, 5),
               .begun = time_or_none(row, 6),
               .ended = time_or_none(row, 7),
               .end = {.status = static_cast<int>(row.integer(8)), .error = row.text(9)},
               .canceller = row.text(10),
               .past = row.boolean(11)};
}

} // namespace left4me
