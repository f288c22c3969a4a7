#include "programs/job_words.hpp"

namespace left4me {

std::vector<Parameter> job_words()
{
    std::vector<std::string> kinds;
    for (const auto kind : job_kinds)
        kinds.emplace_back(word_for(kind));
    return {{.name = "KIND",
             .help = "What the job may reach",
             .value = Value::choice,
             .required = true,
             .choices = kinds},
            {.name = "ID",
             .help = "The number of the job, 1 to 10 digits; each runs once",
             .value = Value::text,
             .required = true}};
}

Result<JobName> job_of(const Arguments& arguments)
{
    return parse_job_kind(arguments.text("KIND")).and_then([&](JobKind kind) {
        return JobId::parse(arguments.text("ID")).transform([&](JobId id) {
            return JobName{kind, std::move(id)};
        });
    });
}

} // namespace left4me
