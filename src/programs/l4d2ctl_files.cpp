#include "console/terminal_report.hpp"
#include "host/privilege_drop.hpp"
#include "programs/callers_file.hpp"
#include "programs/files_text.hpp"
#include "programs/json_text.hpp"
#include "programs/l4d2ctl_table.hpp"
#include "programs/server_words.hpp"
#include "programs/service_user_act.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"
#include "verbs/server_archive.hpp"
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

Result<int> save(const InstanceName& name, const std::string& file)
{
    return write_callers_file(file, [&](const FileDescriptor& opened) {
        TerminalReport report;
        const ArchiveSink sink = [&](std::string_view part) {
            return write_all(opened, quote(file), part);
        };
        const auto saved = save_files(Host::installed(), name, sink, report);
        report.clear();
        return saved.transform([&](const ArchivedTree& tree) {
            if (file != "-")
                print(formatted("{}: {} files saved, {}\n", name.str(), tree.size.files,
                                human_bytes(tree.size.bytes)));
            if (tree.left_out_count > tree.left_out.size())
                report.warning(
                    formatted("left out: {} more", tree.left_out_count - tree.left_out.size()));
            return static_cast<int>(tree.left_out_count == 0 ? ExitStatus::ok : ExitStatus::bad_data);
        });
    });
}

Result<int> restore(const InstanceName& name, const std::string& file)
{
    catch_interruptions();
    const auto opened = open_file(file);
    if (!opened)
        return std::unexpected(opened.error());
    return become_service_user().and_then([&] {
        TerminalReport terminal;
        SubjectReport report(terminal, name.str());
        const auto done = restore_files(Host::installed(), name, *opened, name_of_file(file), report);
        terminal.clear();
        return done.transform([&] {
            report.step("restored");
            return 0;
        });
    });
}

/// Of what can be done with a server's files one thing at a time.
Result<void> check_words(const Arguments& arguments)
{
    const bool discarding = arguments.flag("--discard");
    const bool all = arguments.flag("--all");
    const bool saving = arguments.has("--save");
    const bool restoring = arguments.has("--restore");
    if (static_cast<int>(discarding) + static_cast<int>(saving) + static_cast<int>(restoring) > 1)
        return fail(ExitStatus::usage, "--discard, --save and --restore are one at a time");
    if (all && (!discarding || arguments.has("PATH")))
        return fail(ExitStatus::usage, "--all is for --discard, and takes no PATH");
    if (discarding && !all && !arguments.has("PATH"))
        return fail(ExitStatus::usage, "name what to discard, or give --all for all that it wrote");
    if ((saving || restoring) && arguments.has("PATH"))
        return fail(ExitStatus::usage,
                    "--save and --restore take all that the server wrote, and no PATH");
    if ((discarding || saving || restoring) && arguments.flag("--json"))
        return fail(ExitStatus::usage, "--json is for what is shown");
    return {};
}

Result<Act> files_act(const Arguments& arguments)
{
    if (auto checked = check_words(arguments); !checked)
        return std::unexpected(checked.error());
    const auto name = server_of(arguments);
    const auto paths = paths_of(arguments);
    if (!name || !paths)
        return std::unexpected(!name ? name.error() : paths.error());
    if (arguments.has("--save"))
        return [name = *name, file = arguments.text("--save")] { return save(name, file); };
    if (arguments.has("--restore"))
        return [name = *name, file = arguments.text("--restore")] { return restore(name, file); };
    return as_service_user([name = *name, paths = *paths, discarding = arguments.flag("--discard"),
                            json = arguments.flag("--json")](const Host& host) {
        return discarding ? discard(host, name, paths) : show_files(host, name, paths, json);
    });
}

} // namespace

std::vector<Verb> files_table()
{
    auto name = server_word();
    return {
        {.words = "files",
         .help = "Show, discard, save or restore what a server wrote above its layers",
         .parameters = {std::move(name),
                        {.name = "PATH",
                         .help = "Files or directories, as they are shown; all if none is given",
                         .value = Value::text,
                         .many = true},
                        json_flag(),
                        {.name = "--discard",
                         .help = "Remove them, while the server is stopped: the layers' show again"},
                        {.name = "--all", .help = "With --discard: all that the server wrote"},
                        {.name = "--save",
                         .help = "Write all of it into an archive (tar); '-' is standard output",
                         .value = Value::file,
                         .called = "FILE"},
                        {.name = "--restore",
                         .help = "Put such an archive in the place of all of it, while the server is "
                                 "stopped",
                         .value = Value::file,
                         .called = "FILE"}},
         .example = "sudo l4d2ctl files coop1 --discard left4dead2/addons/sourcemod/configs",
         .function = files_act}};
}

} // namespace left4me
