#include "console/terminal.hpp"
#include "console/terminal_report.hpp"
#include "host/helper_call.hpp"
#include "host/places.hpp"
#include "host/privilege_drop.hpp"
#include "programs/l4d2ctl_table.hpp"
#include "programs/programs.hpp"
#include "programs/service_user_act.hpp"
#include "programs/workshop_table.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "verbs/installation_verbs.hpp"
#include "verbs/known_names.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <iterator>
#include <unistd.h>

namespace left4me {
namespace {

/// What completion asks for at each press of a key.
Result<Act> names_act(const Arguments& arguments)
{
    const auto names = arguments.text("KIND") == "layers" ? layer_names : server_names;
    return as_service_user([names](const Host& host) {
        return names(host).transform([](const std::vector<std::string>& all) {
            print(join(all, "", [](const std::string& name) { return name + '\n'; }));
            return 0;
        });
    });
}

template <InstallationVerb verb>
Result<Act> installation_act(const Arguments& arguments)
{
    return SteamAccount::parse(arguments.text("--user"))
        .and_then([&](SteamAccount account) -> Result<Act> {
            if (arguments.flag("--new-login") && account.is_anonymous())
                return fail(ExitStatus::usage, "--new-login is for an account: name it with --user");
            const InstallationOrder order = {verb, std::move(account), arguments.flag("--validate"),
                                             arguments.flag("--fresh"), arguments.flag("--new-login")};
            return as_service_user([order](const Host& host) {
                TerminalReport terminal;
                SubjectReport report(terminal, "installation");
                return bring_up_to_date(host, order, ask_on_terminal, report).transform([] {
                    return 0;
                });
            });
        });
}

/// A program of its own, without a way to root, does it with the same words.
Result<Act> workshop_act(const Arguments& arguments)
{
    return as_service_user([words = arguments.words()](const Host& /*host*/) {
        return become_program(program_path("left4me-workshop"), {words.begin() + 1, words.end()});
    });
}

std::vector<Verb> host_table()
{
    const std::vector<Parameter> steam = {
        {.name = "--user",
         .help = "The Steam account; password and code are asked for",
         .value = Value::text,
         .called = "ACCOUNT",
         .initial = "anonymous"},
        {.name = "--validate", .help = "Check every file, and fetch those that are damaged again"},
        {.name = "--fresh", .help = "Make the tree that steamcmd works on anew, and check every file"},
        {.name = "--new-login", .help = "Forget the login that steamcmd keeps, and ask for another"}};
    return {doctor_verb(),
            {.words = "names",
             .help = "Show the names of all servers or layers, one a line",
             .parameters = {{.name = "KIND",
                             .help = "servers or layers",
                             .value = Value::choice,
                             .required = true,
                             .choices = {"servers", "layers"}}},
             .example = "sudo l4d2ctl names servers",
             .function = names_act},
            {.words = "install",
             .help = "Install the game by steamcmd",
             .parameters = steam,
             .example = "sudo l4d2ctl install",
             .function = installation_act<InstallationVerb::install>},
            {.words = "update",
             .help = "Bring the game up to date; each server uses it from its next start",
             .parameters = steam,
             .example = "sudo l4d2ctl update --user ann",
             .function = installation_act<InstallationVerb::update>}};
}

std::vector<Verb> whole_table()
{
    std::vector<Verb> all;
    for (auto&& part :
         {server_table(), files_table(), host_table(), layer_table(), layer_files_table(), web_table(),
          workshop_table("workshop ", {workshop_act, workshop_act, workshop_act, workshop_act})})
        std::ranges::copy(part, std::back_inserter(all));
    return all;
}

std::string describe_exit_statuses()
{
    std::string text = "Exit status:\n";
    for (const auto& [status, meaning] : exit_statuses) {
        std::string plain(meaning); // of the manual's marks
        std::erase(plain, '*');
        text += formatted("  {:>3}  {}\n", static_cast<int>(status), plain);
    }
    return text;
}

} // namespace

const Program l4d2ctl = {
    .name = "l4d2ctl",
    .help = "Runs Left 4 Dead 2 servers on this host, each in a sandbox of its own.",
    .groups = {{"overlay", "Make, change and look at the layers of servers"},
               {"workshop", "Give layers items of Steam's workshop"},
               {"web-user", "Say who may use the web program"}},
    .verbs = whole_table(),
    .footer = describe_exit_statuses(),
};

Parameter json_flag()
{
    return {.name = "--json", .help = "Show it as JSON"};
}

std::string name_of_file(const std::string& file)
{
    return file == "-" ? "standard input" : quote(file);
}

Result<FileDescriptor> open_file(const std::string& file)
{
    FileDescriptor opened(file == "-" ? dup(STDIN_FILENO)
                                      : open(file.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
    if (!opened)
        return fail_errno(formatted("cannot open {}", quote(file)), errno);
    return opened;
}

} // namespace left4me
