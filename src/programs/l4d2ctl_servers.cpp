#include "accounts/server_access.hpp"
#include "console/terminal_report.hpp"
#include "host/privilege_drop.hpp"
#include "model/instance_name.hpp"
#include "model/instance_spec.hpp"
#include "programs/each_name.hpp"
#include "programs/json_text.hpp"
#include "programs/l4d2ctl_table.hpp"
#include "programs/server_words.hpp"
#include "programs/service_user_act.hpp"
#include "programs/start_words.hpp"
#include "programs/status_text.hpp"
#include "programs/waiting_words.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "verbs/server_verbs.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace left4me {
namespace {

Result<std::vector<InstanceName>> servers_of(const Arguments& arguments)
{
    return names_of<InstanceName>(arguments, "NAME");
}

/// One verb on one server, with its report, and what to say when it is done.
template <class Verb>
Result<int> tell(const InstanceName& name, Verb verb, std::string_view done)
{
    TerminalReport terminal;
    SubjectReport report(terminal, name.str());
    return verb(report).transform([&] {
        report.step(done);
        return 0;
    });
}

template <class Verb>
Result<int> tell_each(const Host& host, const std::vector<InstanceName>& names, Verb verb,
                      std::string_view done)
{
    return act_on_each(names, [&](const InstanceName& name) {
        return tell(name, [&](Report& report) { return verb(host, name, report); }, done);
    });
}

Result<int> initialize_from(const InstanceName& name, const std::string& file)
{
    catch_interruptions();
    const auto text = open_file(file).and_then([&](const FileDescriptor& opened) {
        return read_stream(opened, name_of_file(file), max_instance_spec_size);
    });
    if (!text)
        return std::unexpected(text.error());
    // Messages about a line of it begin with its name: FILE:LINE.
    const auto in_messages = file == "-" ? name_of_file(file) : escaped(file);
    return become_service_user().and_then([&] {
        const auto next =
            runs(name).value_or(false) ? "apply it: l4d2ctl restart" : "start it: l4d2ctl start";
        return tell(
            name,
            [&](Report& report) {
                return initialize(Host::installed(), name, in_messages, *text, report);
            },
            formatted("initialised; to {} {}", next, name.str()));
    });
}

Result<Act> initialize_act(const Arguments& arguments)
{
    return server_of(arguments).transform([&](InstanceName name) -> Act {
        return [name = std::move(name), file = arguments.text("--file")] {
            return initialize_from(name, file);
        };
    });
}

Result<Act> start_act(const Arguments& arguments)
{
    return servers_of(arguments).and_then([&](const std::vector<InstanceName>& names) {
        return start_words_of(arguments).transform([&](const StartWords& words) {
            return as_service_user([names, words](const Host& host) {
                return begin_servers(host, names, words, start, "started");
            });
        });
    });
}

Result<Act> stop_act(const Arguments& arguments)
{
    return servers_of(arguments).transform([](std::vector<InstanceName> names) {
        return as_service_user([names = std::move(names)](const Host& host) {
            return tell_each(host, names, stop, "stopped");
        });
    });
}

Result<Act> restart_act(const Arguments& arguments)
{
    const bool all = arguments.flag("--all");
    if (all == arguments.has("NAME"))
        return fail(ExitStatus::usage, "name servers to restart, or give --all for those that run");
    if (waits(arguments))
        return waiting_restart_act(arguments);
    return servers_of(arguments).and_then([&](const std::vector<InstanceName>& names) {
        return start_words_of(arguments).transform([&](const StartWords& words) {
            return as_service_user([names, words, all](const Host& host) {
                const auto chosen =
                    all ? running_servers(host) : Result<std::vector<InstanceName>>(names);
                return chosen.and_then([&](const std::vector<InstanceName>& each) {
                    return begin_servers(host, each, words, restart, "restarted");
                });
            });
        });
    });
}

Result<Act> spec_act(const Arguments& arguments)
{
    return server_of(arguments).transform([](InstanceName name) {
        return as_service_user([name = std::move(name)](const Host& host) {
            return spec_of(host, name).transform([](const std::string& text) {
                print_file(text);
                return 0;
            });
        });
    });
}

Result<int> remove_server(const Host& host, const InstanceName& name, std::string_view verb,
                          std::string_view done)
{
    TerminalReport terminal;
    SubjectReport report(terminal, name.str());
    return remove(host, name, verb, report).transform([&](bool was_there) {
        report.step(was_there ? done : "there is no such server: nothing was removed");
        return 0;
    });
}

/// Another server of that name is not theirs who owned this one, or had it shared. Nobody's stop
/// waits for the web program's database.
Result<int> delete_server(const Host& host, const InstanceName& name)
{
    auto removed = remove_server(host, name, "delete", "deleted");
    if (removed)
        if (const auto forgotten = forget_server(host, name); !forgotten)
            TerminalReport().warning(
                formatted("{}: the web program still knows whose it was: {}: delete it again later",
                          name.str(), forgotten.error().message));
    return removed;
}

Result<Act> server_delete_act(const Arguments& arguments)
{
    return servers_of(arguments).transform([](std::vector<InstanceName> names) {
        return as_service_user([names = std::move(names)](const Host& host) {
            return act_on_each(names,
                               [&](const InstanceName& name) { return delete_server(host, name); });
        });
    });
}

Result<Act> reset_act(const Arguments& arguments)
{
    return servers_of(arguments).transform([](std::vector<InstanceName> names) {
        return as_service_user([names = std::move(names)](const Host& host) {
            return act_on_each(names, [&](const InstanceName& name) {
                return remove_server(
                    host, name, "reset",
                    formatted("reset; to make it again: l4d2ctl initialize {} -f SPEC", name.str()));
            });
        });
    });
}

Result<int> show_status(const Host& host, const InstanceName& name, bool json)
{
    TerminalReport report;
    return read_status(host, name, report).transform([&](const InstanceStatus& status) {
        print(json ? format_status_json(status) : format_status_details(status));
        return static_cast<int>(status.runs() ? ExitStatus::ok : ExitStatus::not_running);
    });
}

Result<int> show_statuses(const Host& host, bool json)
{
    TerminalReport report;
    return read_statuses(host, report).transform([&](const std::vector<InstanceStatus>& statuses) {
        if (json)
            print(format_status_json(statuses));
        else
            print(statuses.empty()
                      ? "There is no server yet. To make one: l4d2ctl initialize NAME -f SPEC\n"
                      : format_status_table(statuses));
        return 0;
    });
}

Result<Act> status_act(const Arguments& arguments)
{
    const bool json = arguments.flag("--json");
    if (!arguments.has("NAME"))
        return as_service_user([json](const Host& host) { return show_statuses(host, json); });
    return server_of(arguments).transform([&](InstanceName name) {
        return as_service_user(
            [name = std::move(name), json](const Host& host) { return show_status(host, name, json); });
    });
}

/// Of those since a time all are shown, if not so many of the last.
Result<LogOrder> log_order_of(const Arguments& arguments)
{
    const auto zone = arguments.flag("--utc") ? TimeZone::utc : TimeZone::of_host;
    LogOrder order = {arguments.number("--lines"), std::nullopt, arguments.flag("--follow"), zone};
    if (!arguments.has("--since"))
        return order;
    if (!arguments.has("--lines"))
        order.lines = max_log_lines;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    return parse_log_since(arguments.text("--since"), now, zone)
        .transform([&](std::chrono::sys_seconds since) {
            order.since = since;
            return order;
        });
}

Result<Act> logs_act(const Arguments& arguments)
{
    return server_of(arguments).and_then([&](const InstanceName& name) {
        return log_order_of(arguments).transform([&](const LogOrder& order) {
            return as_service_user([name, order](const Host& host) {
                return show_journal(host, name, order).transform([] { return 0; });
            });
        });
    });
}

Parameter server(bool required)
{
    return {.name = "NAME",
            .help = "The server's name: a-z, 0-9, '_' and '-', 64 at most",
            .value = Value::server,
            .required = required};
}

Parameter servers(bool required)
{
    return {.name = "NAME",
            .help = "The servers' names",
            .value = Value::server,
            .required = required,
            .many = true};
}

std::vector<Parameter> with_start_words(std::vector<Parameter> parameters)
{
    std::ranges::move(start_parameters(), std::back_inserter(parameters));
    return parameters;
}

std::vector<Parameter> restart_parameters()
{
    auto parameters =
        with_start_words({servers(false), {.name = "--all", .help = "All servers that run"}});
    std::ranges::move(waiting_options(), std::back_inserter(parameters));
    return parameters;
}

std::vector<Parameter> log_parameters()
{
    return {server(true),
            {.name = "--lines",
             .help = "How many of the past messages; with --since, all",
             .value = Value::number,
             .letter = "-n",
             .called = "N",
             .initial = "100",
             .max = max_log_lines},
            {.name = "--since",
             .help = "None that is older: 10m, 2h, today, 14:30, \"2026-01-31 14:30\"",
             .value = Value::text,
             .called = "TIME"},
            {.name = "--follow",
             .help = "Show new messages as they come, until Ctrl-C",
             .letter = "-f",
             .opposite = "--no-follow"},
            {.name = "--utc", .help = "Show and take times as UTC, not in the host's zone"}};
}

} // namespace

std::vector<Verb> server_table()
{
    const Parameter spec = {.name = "--file",
                            .help = "The spec, a YAML file; '-' is standard input",
                            .value = Value::spec,
                            .required = true,
                            .letter = "-f",
                            .called = "SPEC"};
    return {{.words = "initialize",
             .help = "Make a server from its spec, or give it a new one",
             .parameters = {server(true), spec},
             .example = "sudo l4d2ctl initialize coop1 -f coop1.yaml",
             .function = initialize_act},
            {.words = "start",
             .help = "Start servers now and at every boot, and wait until they answer",
             .parameters = with_start_words({servers(true)}),
             .example = "sudo l4d2ctl start coop1 --timeout 300",
             .function = start_act},
            {.words = "stop",
             .help = "Stop servers, now and for every boot",
             .parameters = {servers(true)},
             .example = "sudo l4d2ctl stop coop1",
             .function = stop_act},
            {.words = "restart",
             .help = "Restart servers on their specs and layers as they are now",
             .parameters = restart_parameters(),
             .example = "sudo l4d2ctl restart coop1 coop2",
             .function = restart_act},
            {.words = "spec",
             .help = "Show the spec of a server",
             .parameters = {server(true)},
             .example = "sudo l4d2ctl spec coop1",
             .function = spec_act},
            {.words = "delete",
             .help = "Stop servers and remove all of them",
             .parameters = {servers(true)},
             .example = "sudo l4d2ctl delete coop1",
             .function = server_delete_act},
            {.words = "reset",
             .help = "Do what delete does; the next start needs a new initialize",
             .parameters = {servers(true)},
             .example = "sudo l4d2ctl reset coop1",
             .function = reset_act},
            {.words = "status",
             .help = "Show one server, or all",
             .parameters = {server(false), json_flag()},
             .example = "sudo l4d2ctl status coop1 --json",
             .function = status_act},
            {.words = "logs",
             .help = "Show what a server wrote to the journal",
             .parameters = log_parameters(),
             .example = "sudo l4d2ctl logs coop1 -f --since 10m",
             .function = logs_act},
            console_verb(server(true))};
}

} // namespace left4me
