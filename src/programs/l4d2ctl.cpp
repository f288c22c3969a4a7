#include "programs/l4d2ctl.hpp"

#include "console/command_line.hpp"
#include "console/terminal.hpp"
#include "console/terminal_report.hpp"
#include "doctor/facts.hpp"
#include "host/helper_call.hpp"
#include "host/host.hpp"
#include "host/places.hpp"
#include "host/privilege_drop.hpp"
#include "model/instance_spec.hpp"
#include "programs/json_text.hpp"
#include "programs/status_text.hpp"
#include "system/directory.hpp"
#include "system/interruption.hpp"
#include "verbs/instance_status.hpp"
#include "verbs/server_verbs.hpp"

#include <cerrno>
#include <fcntl.h>
#include <format>
#include <unistd.h>

namespace left4me {
namespace {

/// The spec's file, as messages name it.
std::string name_of(const std::string& file)
{
    return file == "-" ? "standard input" : escaped(file);
}

/// As the caller, who may be root and may read what user left4me may not.
Result<std::string> read_spec_file(const std::string& file)
{
    const FileDescriptor opened(file == "-" ? dup(STDIN_FILENO)
                                            : open(file.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
    if (!opened)
        return fail_errno(std::format("cannot open {}", quote(file)), errno);
    return read_stream(opened, file == "-" ? name_of(file) : quote(file), instance_spec_limit);
}

Result<int> act(const Host& host, const InitializeRequest& request, const std::string& spec)
{
    TerminalReport terminal;
    SubjectReport report(terminal, request.name.str());
    return initialize(host, request.name, name_of(request.file), spec, report).transform([&] {
        print(std::format("{0}: initialised; start it with: l4d2ctl start {0}\n", request.name.str()));
        return 0;
    });
}

Result<int> act(const Host& host, const StartRequest& request, const std::string& /*spec*/)
{
    TerminalReport terminal;
    SubjectReport report(terminal, request.name.str());
    return start(host, request.name, report).transform([&] {
        print(std::format("{}: started\n", request.name.str()));
        return 0;
    });
}

Result<int> act(const Host& host, const StopRequest& request, const std::string& /*spec*/)
{
    TerminalReport terminal;
    SubjectReport report(terminal, request.name.str());
    return stop(host, request.name, report).transform([&] {
        print(std::format("{}: stopped\n", request.name.str()));
        return 0;
    });
}

Result<int> act(const Host& host, const DeleteRequest& request, const std::string& /*spec*/)
{
    TerminalReport terminal;
    SubjectReport report(terminal, request.name.str());
    return remove(host, request.name, "delete", report).transform([&] {
        print(std::format("{}: deleted\n", request.name.str()));
        return 0;
    });
}

Result<int> act(const Host& host, const ResetRequest& request, const std::string& /*spec*/)
{
    TerminalReport terminal;
    SubjectReport report(terminal, request.name.str());
    return remove(host, request.name, "reset", report).transform([&] {
        print(std::format("{0}: reset; make it anew with: l4d2ctl initialize {0} -f SPEC\n",
                          request.name.str()));
        return 0;
    });
}

Result<int> act(const Host& host, const StatusRequest& request, const std::string& /*spec*/)
{
    TerminalReport report;
    if (request.name)
        return read_status(host, *request.name, report).transform([&](const InstanceStatus& status) {
            print(request.json ? format_status_json(status) : format_status_details(status));
            return static_cast<int>(status.runs() ? ExitStatus::ok : ExitStatus::not_running);
        });
    return read_statuses(host, report).transform([&](const auto& statuses) {
        if (request.json)
            print(format_status_json(statuses));
        else
            print(statuses.empty()
                      ? "There is no server yet: l4d2ctl initialize NAME -f SPEC makes one.\n"
                      : format_status_table(statuses));
        return 0;
    });
}

Result<int> act(const Host& host, const LogsRequest& request, const std::string& /*spec*/)
{
    return show_journal(host, request.name, request.lines, request.follow).transform([] { return 0; });
}

Result<int> act(const Host& host, const InstallRequest& request, const std::string& /*spec*/)
{
    TerminalReport terminal;
    SubjectReport report(terminal, "installation");
    return bring_up_to_date(host, request.order, ask_on_terminal, report).transform([] { return 0; });
}

/// Its file is opened before: see run_control_request.
Result<int> act(const Host& host, const LayerRequest& request, const std::string& /*spec*/)
{
    return run_layer_request(host, request, FileDescriptor());
}

Result<int> act(const Host& /*host*/, const WorkshopWords& request, const std::string& /*spec*/)
{
    return become_program(program_path("left4me-workshop"), request.words);
}

Result<int> act(const Host& host, const DoctorRequest& request, const std::string& /*spec*/)
{
    return examine_host(host).transform([&](const Findings& findings) {
        print(request.json ? format_findings_json(findings) : format_findings(findings));
        return static_cast<int>(has_problem(findings) ? ExitStatus::bad_data : ExitStatus::ok);
    });
}

std::string describe_exit_statuses()
{
    std::string text = "Exit status:\n";
    for (const auto& [status, meaning] : exit_statuses) {
        std::string plain(meaning); // of the manual's marks
        std::erase(plain, '*');
        text += std::format("  {:>3}  {}\n", static_cast<int>(status), plain);
    }
    return text;
}

} // namespace

Result<ControlRequest> parse_control_request(int argc, const char* const* argv)
{
    CLI::App app("Runs Left 4 Dead 2 servers on this host, each in a sandbox of its own.", "l4d2ctl");
    set_up(app);
    app.footer(describe_exit_statuses());
    std::string name;
    std::string file;
    bool json = false;
    bool follow = false;
    std::size_t lines = 100;
    constexpr std::size_t most_lines = 1'000'000;
    const char* name_help = "The server's name: a-z, 0-9, '_' and '-', 64 at most";
    const auto add = [&](const char* verb, const char* help) {
        auto* command = app.add_subcommand(verb, help);
        command->add_option("NAME", name, name_help)->required();
        return command;
    };
    add("initialize", "Make a server from its spec, or give it a new one")
        ->add_option("-f,--file", file, "The spec, a YAML file; '-' is standard input")
        ->required();
    add("start", "Start a server now and at every boot");
    add("stop", "Stop a server, now and for every boot");
    add("delete", "Stop a server and remove all of it");
    add("reset", "Like delete; the next start needs a new initialize");
    auto* status = app.add_subcommand("status", "Show one server, or all");
    status->add_option("NAME", name, name_help);
    status->add_flag("--json", json, "Show it as JSON");
    auto* logs = add("logs", "Show what a server wrote to the journal");
    logs->add_option("--lines", lines, "How many of the past messages")
        ->check(CLI::Range(std::size_t{0}, most_lines))
        ->capture_default_str();
    logs->add_flag("--follow,!--no-follow", follow, "Go on with new messages as they come");
    app.add_subcommand("doctor", "Check this host for what the package cannot enforce")
        ->add_flag("--json", json, "Show it as JSON");
    std::string account = "anonymous";
    bool validate = false;
    for (const auto& [verb, help] :
         {std::pair("install", "Install the game by steamcmd"),
          std::pair("update", "Bring the game up to date; servers take it when they are restarted")}) {
        auto* command = app.add_subcommand(verb, help);
        command->add_option("--user", account, "The Steam account; password and code are asked for")
            ->capture_default_str();
        command->add_flag("--validate", validate, "Check every file, and mend what is broken");
    }
    const OverlayVerbs overlay(app);
    app.add_subcommand("workshop", "Layers with items of Steam's workshop: see l4d2ctl workshop --help");
    app.require_subcommand(1);

    constexpr int first_word = 2;
    if (argc >= first_word && argv[1] == std::string_view("workshop"))
        return WorkshopWords{{argv + first_word, argv + argc}};
    if (auto parsed = parse_command_line(app, argc, argv); !parsed)
        return std::unexpected(parsed.error());
    if (app.got_subcommand("status") && app.get_subcommand("status")->count("NAME") == 0)
        return StatusRequest{std::nullopt, json};
    if (app.got_subcommand("doctor"))
        return DoctorRequest{json};
    if (overlay.chosen())
        return overlay.request();
    if (app.got_subcommand("install") || app.got_subcommand("update"))
        return SteamAccount::parse(account).transform([&](SteamAccount parsed) -> ControlRequest {
            const auto verb =
                app.got_subcommand("install") ? InstallationVerb::install : InstallationVerb::update;
            return InstallRequest{{verb, std::move(parsed), validate}};
        });
    return InstanceName::parse(name).transform([&](InstanceName parsed) -> ControlRequest {
        if (app.got_subcommand("initialize"))
            return InitializeRequest{std::move(parsed), file};
        if (app.got_subcommand("start"))
            return StartRequest{std::move(parsed)};
        if (app.got_subcommand("stop"))
            return StopRequest{std::move(parsed)};
        if (app.got_subcommand("delete"))
            return DeleteRequest{std::move(parsed)};
        if (app.got_subcommand("reset"))
            return ResetRequest{std::move(parsed)};
        if (app.got_subcommand("status"))
            return StatusRequest{std::move(parsed), json};
        return LogsRequest{std::move(parsed), lines, follow};
    });
}

Result<int> run_control_request(const ControlRequest& request)
{
    const auto host = Host::installed();
    if (const auto* doctor = std::get_if<DoctorRequest>(&request)) // changes nothing: may end anywhere
        return act(host, *doctor, "");
    catch_interruptions();
    if (const auto* layer = std::get_if<LayerRequest>(&request))
        return open_file_of(*layer).and_then([&](const FileDescriptor& file) {
            return become_service_user().and_then([&] { return run_layer_request(host, *layer, file); });
        });
    Result<std::string> spec;
    if (const auto* initialize_request = std::get_if<InitializeRequest>(&request))
        spec = read_spec_file(initialize_request->file);
    return spec.and_then([&](const std::string& text) {
        return become_service_user().and_then([&] {
            return std::visit([&](const auto& chosen) { return act(host, chosen, text); }, request);
        });
    });
}

} // namespace left4me
