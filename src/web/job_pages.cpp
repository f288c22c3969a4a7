#include "web/job_pages.hpp"

#include "accounts/jobs.hpp"
#include "host/job_log_file.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "web/frame.hpp"
#include "web/job_parts.hpp"
#include "web/links.hpp"
#include "web/shown_job.hpp"

#include <algorithm>
#include <utility>

namespace left4me::web {
namespace {

/// Of a log that a page has, in bytes: what is in it may be four times as long as markup.
constexpr std::size_t shown_log = std::size_t{12} * 1024;

Markup job_badge(const Job& job)
{
    const auto state = state_of(job);
    return html(R"(<span class="state {}">{}</span>)", mood_word(state.mood), state.word);
}

/// What it is about. Of a server that is no more there may be another one of its name now.
Markup subject_part(const Job& job)
{
    if (const auto* on = job.on_layer())
        return html(R"(<a href="{}">{}</a>)", Links::layer(on->layer), on->layer.str());
    const auto* on = job.on_server();
    if (on == nullptr)
        return html(R"(<a href="{}">the game</a>)", Links::host());
    return job.past ? html("{}, which is no more", on->server.str())
                    : html(R"(<a href="{}">{}</a>)", Links::server(on->server), on->server.str());
}

/// A part of a page that is looked at again while something goes on.
Markup busy_mark(bool busy)
{
    return busy ? html(R"(<span data-busy=""></span>)") : Markup();
}

// --- all of them --------------------------------------------------------------------------------

Markup job_row(const Job& job)
{
    return html(
        R"(<tr><td data-label="State">{}</td><th scope="row" data-label="Job"><a href="{}">{}</a></th><td data-label="Of">{}</td><td data-label="For">{}</td><td data-label="Asked">{}</td></tr>)",
        job_badge(job), Links::job(job.id), label_of(job.work), subject_part(job), job.user,
        moment(job.asked));
}

Markup jobs_table(const JobPage& page, bool is_first)
{
    if (page.jobs.empty())
        return is_first
                   ? html(
                         R"(<div class="empty"><p>Nothing was asked for yet. What is done to a server – start, stop, restart, delete – or to a layer is a job, which stands here with what became of it.</p></div>)")
                   : html(R"(<p>There are no older ones.</p>)");
    Markup rows;
    for (const auto& job : page.jobs)
        rows += job_row(job);
    return html(
        R"(<table class="list"><thead><tr><th scope="col">State</th><th scope="col">Job</th><th scope="col">Of</th><th scope="col">For</th><th scope="col">Asked</th></tr></thead><tbody>{}</tbody></table>)",
        rows);
}

// --- one of them --------------------------------------------------------------------------------

Markup job_facts(const Job& job)
{
    auto facts = fact("Of", subject_part(job));
    facts += fact("For", html("{}", job.user));
    facts += fact("Asked", moment(job.asked));
    facts += fact("Begun", job.begun ? moment(*job.begun) : html("{}", "–"));
    facts += fact("Ended", job.ended ? moment(*job.ended) : html("{}", "–"));
    if (!job.canceller.empty())
        facts += fact("Cancelled by", html("{}", job.canceller));
    return html(R"(<dl class="facts">{}</dl>)", facts);
}

/// What the page needs of its visit, which is gone by then.
struct JobView {
    WebSession session;
    Job job;
    ServerRight right;
    std::optional<std::uint64_t> log_end; ///< none: the end of the log
    std::optional<LayerScript> script = {}; ///< of a build
};

Markup job_log_section(const JobView& view, const JobLogPart& log)
{
    const auto& id = view.job.id;
    auto ways = log.begin > 0 ? html(R"(<p><a class="who" href="{}">The lines before</a></p>)",
                                     Links::job_log_before(id, log.begin))
                              : Markup();
    if (view.log_end)
        ways += html(R"(<p><a class="who" href="{}">To the end of the log</a></p>)", Links::job(id));
    const auto nothing = log.text.empty()
                             ? html(R"(<p>It has said nothing{}.</p>)", view.job.ended ? "" : " yet")
                             : Markup();
    return html(
        R"(<section aria-labelledby="log"><h2 id="log">Its steps</h2>{}{}<pre class="log" tabindex="0" role="region" aria-label="Its lines">
{}</pre></section>)",
        ways, nothing, log.text);
}

/// The script of a build, beside what it writes.
Markup script_section(const JobView& view)
{
    if (!view.script)
        return {};
    const auto& script = *view.script;
    return html(
        R"(<section aria-labelledby="script"><h2 id="script">Its script</h2><pre class="said" tabindex="0" role="region" aria-label="The script">
{}</pre>{}{}</section>)",
        script.text, script.multiarch ? html("<p>It may run 32-bit programs.</p>") : Markup(),
        script.daily ? html("<p>The layer is built by it anew each day.</p>") : Markup());
}

Markup job_state(const JobView& view)
{
    const auto& job = view.job;
    const auto cancel = view.right >= ServerRight::operate
                            ? cancel_job_part(job, token_field(view.session.csrf))
                            : Markup();
    // What runs is followed by its log.
    return html(R"(<div data-fresh="job"><p class="answer" role="status">{} {}</p>{}{}{}</div>)",
                job_badge(job), job.ended ? job.end.error : "", busy_mark(!job.ended && !job.begun),
                job_facts(job), cancel);
}

Response job_response(const JobView& view, const Result<JobLogPart>& log)
{
    const auto& job = view.job;
    const auto title = title_of(job.work);
    const auto steps =
        log ? job_log_section(view, *log)
            : html(R"(<p class="warnings">Its log cannot be read now: {}</p>)", log.error().message);
    const auto content =
        html(R"(<h1>{}</h1>{}{}{})", title, job_state(view), steps, script_section(view));
    // A part of the log that is further up is no place to add to.
    const auto followed =
        job.ended || view.log_end || !log
            ? content
            : html(R"(<div data-events="{}">{}</div>)", Links::job_events(job.id, log->end), content);
    return page({.title = title, .session = &view.session},
                html(R"(<p class="way"><a href="{}">Jobs</a></p>{})", Links::jobs(), followed));
}

std::optional<std::uint64_t> place_in(const Request& request, std::string_view field)
{
    const auto form = parse_query(request.query);
    return parse_number<std::uint64_t>(value_of(form, field));
}

} // namespace

Answer jobs_page(Site& site, const SignedVisit& visit)
{
    const auto form = parse_query(visit.visit.request.query);
    const auto before = parse_number<std::int64_t>(value_of(form, Links::jobs_before));
    const auto found = JobHistory(site.database).seen_by(visit.session.user, before);
    if (!found)
        return trouble_page(found.error());
    const bool busy = std::ranges::any_of(found->jobs, [](const auto& job) { return !job.ended; });
    const auto older = found->older ? html(R"(<p><a class="button" href="{}">Older</a></p>)",
                                           Links::older_jobs(*found->older))
                                    : Markup();
    const auto newest =
        before ? html(R"(<p class="way"><a href="{}">The newest</a></p>)", Links::jobs()) : Markup();
    return page({.title = "Jobs", .session = &visit.session},
                html(R"({}<h1>Jobs</h1><div data-fresh="jobs">{}{}{}</div>)", newest,
                     jobs_table(*found, !before), busy_mark(busy), older));
}

Answer job_page(Site& site, const SignedVisit& visit, const SeenJob& seen)
{
    JobView view = {.session = visit.session,
                    .job = seen.job(),
                    .right = seen.right(),
                    .log_end = place_in(visit.visit.request, Links::log_end)};
    if (const auto* on = view.job.on_layer(); on != nullptr && on->act == LayerAct::build) {
        const auto request = Jobs(site.database).request_of(view.job);
        if (!request)
            return trouble_page(request.error());
        view.script = script_of(*request);
    }
    return Work{[host = site.host, view = std::move(view)] {
        return giving(
            job_response(view, read_job_log(host, view.job.id,
                                            {.after = {}, .end = view.log_end, .most = shown_log})));
    }};
}

Answer job_events(Site& site, const SignedVisit& visit, const SeenJob& seen)
{
    const auto& request = visit.visit.request;
    const auto last = request.field("last-event-id");
    const auto read = last ? parse_number<std::uint64_t>(*last) : place_in(request, Links::log_place);
    return site.follow_job(visit.session, seen.job().id, read.value_or(0));
}

Answer cancel_job_form(Site& site, const SignedVisit& visit, const SeenJob& seen)
{
    const auto done = Jobs(site.database).cancel(seen.job(), visit.session.user.name, visit.visit.now);
    if (done) {
        site.jobs_wait();
        return see_other(Links::job(seen.job().id));
    }
    return done.error().status == ExitStatus::bad_data
               ? Answer(refusal_page(visit.session, conflict, done.error().message))
               : trouble_page(done.error());
}

} // namespace left4me::web
