#include "model/job_result.hpp"

#include "system/format.hpp"
#include "system/key_value_lines.hpp"
#include "system/plain_text.hpp"

#include <map>

namespace left4me {

std::string format_job_result(const JobResult& result)
{
    constexpr std::size_t max_error = 4096;
    return formatted("status={}\nerror={}\nbegan={}\nended={}\n", result.status,
                     escaped(result.error).substr(0, max_error), rfc3339(result.began),
                     rfc3339(result.ended));
}

Result<JobEnd> parse_job_end(std::string_view text)
{
    std::map<std::string_view, std::string_view> values;
    const auto read = for_each_key_value("result", text, LineRules::strict, [&](const KeyValue& one) {
        values.emplace(one.key, one.value);
        return Result<void>();
    });
    if (!read)
        return std::unexpected(read.error());
    const auto status = parse_number<int>(values["status"]);
    if (!status || !values.contains("error"))
        return fail(ExitStatus::bad_data, "the result of a job has no status or no error");
    return JobEnd{.status = *status, .error = escaped(values["error"])};
}

Result<std::string> describe_job_result(std::string_view text)
{
    return parse_job_end(text).transform([](const JobEnd& end) {
        return formatted("ended with status {}{}{}", end.status, end.error.empty() ? "" : ": ",
                         end.error);
    });
}

} // namespace left4me
