#include "model/job_name.hpp"

#include "system/format.hpp"

#include <algorithm>
#include <utility>

namespace left4me {

std::string_view word_for(JobKind kind)
{
    switch (kind) {
    case JobKind::servers:
        return "servers";
    case JobKind::layers:
        return "layers";
    case JobKind::workshop:
        return "workshop";
    case JobKind::steam:
        return "steam";
    }
    return "";
}

Result<JobKind> parse_job_kind(std::string_view text)
{
    for (const auto kind : job_kinds)
        if (text == word_for(kind))
            return kind;
    return fail(ExitStatus::usage,
                formatted("{} is no kind of a job: servers, layers, workshop or steam", quote(text)));
}

Result<JobId> JobId::parse(std::string_view text)
{
    constexpr std::size_t max_digits = 10;
    if (text.empty() || text.size() > max_digits ||
        !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return fail(ExitStatus::usage,
                    formatted("{} is not the number of a job: 1 to {} digits", quote(text), max_digits));
    return JobId(text);
}

std::string job_unit(JobKind kind, const JobId& id)
{
    return formatted("left4me-job-{}@{}.service", word_for(kind), id.str());
}

Result<JobName> parse_job_unit(std::string_view unit)
{
    for (const auto kind : job_kinds) {
        const auto begin = formatted("left4me-job-{}@", word_for(kind));
        constexpr std::string_view end = ".service";
        if (!unit.starts_with(begin) || !unit.ends_with(end))
            continue;
        if (auto id = JobId::parse(unit.substr(begin.size(), unit.size() - begin.size() - end.size())))
            return JobName{kind, std::move(*id)};
    }
    return fail(ExitStatus::bad_data, formatted("{} is no unit of a job", quote(unit)));
}

} // namespace left4me
