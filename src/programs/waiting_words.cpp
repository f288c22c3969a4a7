#include "programs/waiting_words.hpp"

#include "console/terminal_report.hpp"
#include "model/next_time.hpp"
#include "programs/each_name.hpp"
#include "programs/service_user_act.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "verbs/waiting_verbs.hpp"

#include <optional>

namespace left4me {
namespace {

using Latest = std::optional<std::chrono::sys_seconds>;

Result<Latest> latest_of(const Arguments& arguments)
{
    if (!arguments.has("--latest"))
        return std::nullopt;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return parse_next_time(arguments.text("--latest"), now).transform([](auto time) {
        return Latest(time);
    });
}

Result<int> wait_until_empty(const Host& host, const InstanceName& name, const Latest& latest)
{
    TerminalReport terminal;
    SubjectReport report(terminal, name.str());
    return restart_when_empty(host, name, latest, report).transform([&] {
        report.step(latest ? formatted("restarts when nobody has played for five minutes, at {} at the "
                                       "latest",
                                       local_minute(latest->time_since_epoch()))
                           : "restarts when nobody has played for five minutes");
        return 0;
    });
}

Result<int> cancel(const Host& host, const InstanceName& name)
{
    TerminalReport terminal;
    SubjectReport report(terminal, name.str());
    return cancel_waiting_restart(host, name).transform([&](bool waited) {
        report.step(waited ? "no restart waits any more" : "no restart waited");
        return 0;
    });
}

} // namespace

std::vector<Parameter> waiting_options()
{
    return {
        {.name = "--when-empty", .help = "Once nobody has played for five minutes, and return at once"},
        {.name = "--latest",
         .help = "With --when-empty: then in any case; 04:00 (the next one), 2h, 90m",
         .value = Value::text,
         .called = "TIME"},
        {.name = "--cancel", .help = "Forget a restart that waits"}};
}

bool waits(const Arguments& arguments)
{
    return arguments.flag("--when-empty") || arguments.flag("--cancel") || arguments.has("--latest");
}

Result<Act> waiting_restart_act(const Arguments& arguments)
{
    const bool forget = arguments.flag("--cancel");
    if (forget && (arguments.flag("--when-empty") || arguments.has("--latest")))
        return fail(ExitStatus::usage, "--cancel goes with no other option");
    if (!forget && !arguments.flag("--when-empty"))
        return fail(ExitStatus::usage, "--latest goes with --when-empty");
    const bool all = arguments.flag("--all");
    return names_of<InstanceName>(arguments, "NAME").and_then([&](const auto& names) {
        return latest_of(arguments).transform([&](const Latest& latest) {
            return as_service_user([names, latest, forget, all](const Host& host) {
                const auto chosen =
                    all ? running_servers(host) : Result<std::vector<InstanceName>>(names);
                return chosen.and_then([&](const std::vector<InstanceName>& each) {
                    return act_on_each(each, [&](const InstanceName& name) {
                        return forget ? cancel(host, name) : wait_until_empty(host, name, latest);
                    });
                });
            });
        });
    });
}

} // namespace left4me
