#include "web/job_parts.hpp"

#include "host/job_log_file.hpp"
#include "web/links.hpp"
#include "web/shown_job.hpp"

namespace left4me::web {
namespace {

/// The end of its log; nothing where it has none.
Markup said_by(const Host& host, const Job& job)
{
    constexpr std::size_t most = std::size_t{4} * 1024; // bytes
    const auto log = read_job_log(host, job.id, {.after = {}, .end = {}, .most = most});
    if (!log || log->text.empty())
        return {};
    return html(R"(<details><summary>What it said</summary><pre class="said">
{}</pre></details>)",
                log->text);
}

} // namespace

Markup job_line(const Job& job)
{
    const auto told = told_of(job);
    return job.ended
               ? html(R"(<span class="job {}">{}</span>)", mood_word(told.mood), told.word)
               : html(R"(<span class="job {}" data-busy="">{}</span>)", mood_word(told.mood), told.word);
}

Markup cancel_job_part(const Job& job, const Markup& token)
{
    return job.ended || job.is_to_end()
               ? Markup()
               : html(
                     R"(<form class="levers" method="post" action="{}">{}<button>Cancel</button></form>)",
                     Links::cancel_job(job.id), token);
}

Markup last_job_part(const Host& host, const Job& job, bool may_cancel, const Markup& token)
{
    return html(
        R"(<p class="last"><span role="status">{}</span> <a class="who" href="{}">Job {}</a></p>{}{})",
        job_line(job), Links::job(job.id), job.id.str(),
        may_cancel ? cancel_job_part(job, token) : Markup(),
        job.failed() ? said_by(host, job) : Markup());
}

} // namespace left4me::web
