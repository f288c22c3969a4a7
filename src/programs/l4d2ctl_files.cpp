#include "console/terminal_report.hpp"
#include "programs/files_text.hpp"
#include "programs/json_text.hpp"
#include "programs/l4d2ctl_table.hpp"
#include "programs/server_words.hpp"
#include "programs/service_user_act.hpp"
#include "system/format.hpp"
#include "verbs/server_files.hpp"

#include <algorithm>

namespace left4me {
namespace {

// l4d2ctl files: what a server wrote, above its layers.

Result<std::vector<OwnPath>> paths_of(const Arguments& arguments)
{
    std::vector<OwnPath> paths;
    for (const auto& text : arguments.texts("PATH")) {
        auto path = OwnPath::parse(text);
        if (!path)
            return std::unexpected(path.error());
        paths.push_back(std::move(*path));
    }
    return paths;
}

Result<int> show_files(const Host& host, const InstanceName& name, const std::vector<OwnPath>& paths,
                       bool json)
{
    return files_of(host, name).transform([&](ServerFiles files) {
        TerminalReport report;
        for (const auto& why : files.own.unread)
            report.warning(why);
        if (!paths.empty())
            std::erase_if(files.own.files, [&](const OwnFile& file) {
                return std::ranges::none_of(paths,
                                            [&](const OwnPath& path) { return path.holds(file.path); });
            });
        if (json)
            print(format_files_json(files));
        else if (files.own.files.empty() && !paths.empty())
            print(formatted("{} has nothing of its own there.\n", name.str()));
        else
            print(format_files(files));
        return static_cast<int>(files.own.unread.empty() ? ExitStatus::ok : ExitStatus::bad_data);
    });
}

Result<int> discard(const Host& host, const InstanceName& name, const std::vector<OwnPath>& paths)
{
    return discard_files(host, name, paths).transform([&](std::size_t count) {
        print(paths.empty() ? formatted("{}: all that it wrote is discarded\n", name.str())
                            : formatted("{}: {} discarded\n", name.str(), count));
        return 0;
    });
}

Result<Act> files_act(const Arguments& arguments)
{
    const bool discarding = arguments.flag("--discard");
    const bool all = arguments.flag("--all");
    if (all && (!discarding || arguments.has("PATH")))
        return fail(ExitStatus::usage, "--all is for --discard, and takes no PATH");
    if (discarding && !all && !arguments.has("PATH"))
        return fail(ExitStatus::usage, "name what to discard, or give --all for all that it wrote");
    if (discarding && arguments.flag("--json"))
        return fail(ExitStatus::usage, "--json shows files, and --discard removes them");
    const auto name = server_of(arguments);
    const auto paths = paths_of(arguments);
    if (!name || !paths)
        return std::unexpected(!name ? name.error() : paths.error());
    return as_service_user(
        [name = *name, paths = *paths, discarding, json = arguments.flag("--json")](const Host& host) {
            return discarding ? discard(host, name, paths) : show_files(host, name, paths, json);
        });
}

} // namespace

std::vector<Verb> files_table()
{
    auto name = server_word();
    return {{.words = "files",
             .help = "Show what a server wrote and what of its layers that hides, or discard it",
             .parameters = {std::move(name),
                            {.name = "PATH",
                             .help = "Files or directories, as they are shown; all if none is given",
                             .value = Value::text,
                             .many = true},
                            json_flag(),
                            {.name = "--discard",
                             .help = "Remove them, while the server is stopped: the layers' show again"},
                            {.name = "--all", .help = "With --discard: all that the server wrote"}},
             .example = "sudo l4d2ctl files coop1 --discard left4dead2/addons/sourcemod/configs",
             .function = files_act}};
}

} // namespace left4me
