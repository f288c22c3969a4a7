#include "web/server_acts.hpp"

#include "accounts/jobs.hpp"
#include "system/format.hpp"
#include "web/frame.hpp"
#include "web/job_parts.hpp"
#include "web/links.hpp"
#include "web/shown_job.hpp"
#include "web/shown_server.hpp"

#include <algorithm>
#include <array>

namespace left4me::web {
namespace {

/// Where a form of the list says that it is one: what it leads back to.
constexpr std::string_view list_field = "from";
constexpr std::string_view of_list = "list";

/// What is done to several at once.
constexpr std::array several = {ServerAct::start, ServerAct::stop, ServerAct::restart,
                                ServerAct::restart_when_empty};

/// What is asked for by these buttons, and no more: to delete a server takes more.
constexpr std::array asked_for_here = {ServerAct::start, ServerAct::stop, ServerAct::restart,
                                       ServerAct::restart_when_empty, ServerAct::cancel_restart};

bool goes_on(const Asked& asked)
{
    return asked.job && !asked.job->ended;
}

/// Of one that runs on what its blueprint was.
Markup drift_note(const InstanceStatus& status, const Asked& asked)
{
    return status.runs() && asked.linked && !asked.linked->follows()
               ? html(R"(<span class="notes">restart to apply its blueprint</span>)")
               : Markup();
}

/// Several or none: what one of them refuses is not done to any.
Result<void> ask_for(Site& site, const SignedVisit& visit, ServerAct act,
                     const std::vector<SeenServer>& servers)
{
    return site.database.in_transaction([&]() -> Result<void> {
        Jobs jobs(site.database);
        for (const auto& server : servers)
            if (auto added = jobs.add(site.host, ServerWork{server.name(), act}, visit.session.user.name,
                                      visit.visit.now);
                !added)
                return std::unexpected(added.error());
        return {};
    });
}

Answer asked_answer(Site& site, const SignedVisit& visit, const std::vector<SeenServer>& servers,
                    const Url& next)
{
    const auto act = parse_server_act(value_of(visit.visit.form, "act"));
    if (!act || !std::ranges::contains(asked_for_here, *act) || servers.empty())
        return refusal_page(visit.session, 422,
                            act && servers.empty()
                                ? "Choose servers first, by the boxes before their names."
                                : "There is no such thing to do with a server.");
    const auto asked = ask_for(site, visit, *act, servers);
    if (!asked && asked.error().status == ExitStatus::busy && !asked.error().message.empty())
        return refusal_page(visit.session, 409, asked.error().message + ". Nothing was done.");
    if (!asked)
        return trouble_page(asked.error());
    site.jobs_wait();
    return see_other(next);
}

} // namespace

Markup act_section(const Host& host, const InstanceStatus& status, const Asked& asked,
                   const Markup& token)
{
    Markup buttons;
    if (asked.right >= ServerRight::operate && !goes_on(asked))
        for (const auto act : acts_on(status))
            buttons += html(R"(<button name="act" value="{}" class="{}">{}</button>)", word_for(act),
                            buttons.empty() ? "main" : "", label_of(act));
    const auto form = buttons.empty()
                          ? Markup()
                          : html(R"(<form class="levers" method="post" action="{}">{}{}</form>)",
                                 Links::act(status.name), token, buttons);
    const auto job = asked.job
                         ? last_job_part(host, *asked.job, asked.right >= ServerRight::operate, token)
                         : Markup();
    return html(R"(<div data-fresh="acts">{}{}{}</div>)", form, job, drift_note(status, asked));
}

Markup row_acts(const InstanceStatus& status, const Asked& asked)
{
    constexpr std::size_t most = 2; // the others are on its page
    Markup buttons;
    auto acts = acts_on(status);
    acts.resize(std::min(acts.size(), most), ServerAct::start);
    if (asked.right >= ServerRight::operate && !goes_on(asked))
        for (const auto act : acts)
            buttons += html(
                R"(<button name="act" value="{}" formaction="{}" aria-label="{} {}">{}</button>)",
                word_for(act), Links::act(status.name), label_of(act), status.name.str(), label_of(act));
    return html(R"(<span class="levers" data-fresh="acts {}">{}</span>)", status.name.str(), buttons);
}

Markup row_choice(const InstanceName& server, ServerRight right)
{
    return right < ServerRight::operate
               ? Markup()
               : html(
                     R"(<label class="choice"><input type="checkbox" name="server.{}" value="on"><span class="unseen">Choose {}</span></label>)",
                     server.str(), server.str());
}

Markup row_news(const InstanceStatus& status, const Asked& asked)
{
    const bool shown = asked.job && is_news(*asked.job, status);
    return html(R"(<span data-fresh="news {}">{} {}</span>)", status.name.str(),
                shown ? job_line(*asked.job) : Markup(), drift_note(status, asked));
}

Markup several_acts(const Markup& table, const Markup& token)
{
    Markup buttons;
    for (const auto act : several)
        buttons += html(R"(<button name="act" value="{}">{}</button>)", word_for(act), label_of(act));
    // The first button is what the Enter key would press: one that does nothing.
    return html(
        R"(<form method="post" action="{}">{}<input type="hidden" name="{}" value="{}"><button disabled hidden>Nothing</button>{}
<fieldset class="levers"><legend>With the chosen ones</legend>{}</fieldset></form>)",
        Links::acts(), token, list_field, of_list, table, buttons);
}

Answer act_form(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    const bool from_list = value_of(visit.visit.form, list_field) == of_list;
    return asked_answer(site, visit, {server},
                        from_list ? Links::servers() : Links::server(server.name()));
}

Answer acts_form(Site& site, const SignedVisit& visit, const std::vector<SeenServer>& servers)
{
    return asked_answer(site, visit, servers, Links::servers());
}

} // namespace left4me::web
