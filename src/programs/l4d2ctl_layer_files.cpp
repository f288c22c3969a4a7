#include "console/terminal_report.hpp"
#include "host/privilege_drop.hpp"
#include "layer/archive_rules.hpp"
#include "model/game_places.hpp"
#include "programs/callers_file.hpp"
#include "programs/editing.hpp"
#include "programs/l4d2ctl_table.hpp"
#include "system/child_process.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/path_parts.hpp"
#include "system/plain_text.hpp"
#include "system/tree_compare.hpp"
#include "verbs/file_verbs.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

// l4d2ctl overlay put, edit, export: single files of a layer, and all of it as an archive.

int tell_change(const LayerRef& ref, const std::string& path,
                const std::optional<std::uint64_t>& version)
{
    print(version ? formatted("{}: {} is there now; published as version {}\n", ref.str(), escaped(path),
                              *version)
                  : formatted("{}: {} is that already; nothing changed\n", ref.str(), escaped(path)));
    return 0;
}

// --- put -----------------------------------------------------------------------

/// Where in the layer a file goes: where --at says (with '/' at its end, a directory), or
/// where the game looks for files of its kind.
Result<std::string> place_of(const std::string& file, const std::string& at)
{
    const auto name = last_part(file);
    if (file == "-" && (at.empty() || at.ends_with('/')))
        return fail(ExitStatus::usage, "of standard input --at has to name the file");
    if (!at.empty())
        return path_of_entry(at.ends_with('/') ? at + name : at);
    const auto place = place_of_file(name);
    if (!place)
        return fail(ExitStatus::usage,
                    formatted("where does {} go? Name its place in the layer: --at left4dead2/cfg/",
                              quote(name)));
    return path_of_entry(*place + "/" + name);
}

Result<int> put(const LayerRef& ref, const std::string& file, const std::string& path)
{
    catch_interruptions();
    const auto opened = open_file(file);
    if (!opened)
        return std::unexpected(opened.error());
    return become_service_user().and_then([&] {
        TerminalReport report;
        const auto made =
            put_file(Host::installed(), ref, *opened, {.path = path, .how = "put"}, report);
        report.clear();
        return made.transform([&](const auto& version) { return tell_change(ref, path, version); })
            .transform_error([&](Error error) {
                if (error.status != ExitStatus::cancelled)
                    error.message = formatted("cannot put {}: {}", name_of_file(file), error.message);
                return error;
            });
    });
}

Result<Act> put_act(const Arguments& arguments)
{
    const auto ref = LayerRef::parse(arguments.text("REF"));
    const auto file = arguments.text("FILE");
    const auto path = place_of(file, arguments.text("--at"));
    if (!ref || !path)
        return std::unexpected(!ref ? ref.error() : path.error());
    if (path->empty())
        return fail(ExitStatus::usage, "--at names no file");
    return [ref = *ref, file, path = *path] { return put(ref, file, path); };
}

// --- edit ----------------------------------------------------------------------

/// As user left4me, in a child: this process stays who it is, for the editor.
Result<int> in_service_child(const std::function<Result<int>()>& act)
{
    return in_child([&] {
        catch_interruptions();
        return become_service_user().and_then(act);
    });
}

/// Copies the layer's file into both, if it has one.
Result<void> take(const LayerRef& ref, const std::string& path, const FileDescriptor& before,
                  const EditedFile& edited)
{
    const auto file = edited.open();
    if (!file)
        return std::unexpected(file.error());
    return in_service_child([&] {
               return take_file(Host::installed(), ref, path, before).transform([](bool) { return 0; });
           })
        .and_then([&](int status) -> Result<void> {
            if (status != 0)
                return fail(own_exit_status(status), "");
            lseek(before.get(), 0, SEEK_SET);
            return read_regular(before, "the copy", max_edited_size)
                .and_then(
                    [&](const std::string& text) { return write_all(*file, edited.path(), text); });
        });
}

Result<bool> is_same(const FileDescriptor& before, const FileDescriptor& after)
{
    struct stat one = {};
    struct stat other = {};
    if (fstat(before.get(), &one) != 0 || fstat(after.get(), &other) != 0)
        return fail_errno("cannot look at the text", errno);
    return one.st_size == other.st_size ? same_bytes(before, after, one.st_size) : Result<bool>(false);
}

Result<int> put_edited(const LayerRef& ref, const std::string& path, const FileDescriptor& before,
                       const FileDescriptor& after)
{
    constexpr mode_t readable = 0644;
    if (fchmod(after.get(), readable) != 0)
        return fail_errno("cannot set the mode of the text", errno);
    return in_service_child([&] {
        TerminalReport report;
        const auto made = put_file(Host::installed(), ref, after,
                                   {.path = path, .how = "edit", .before = &before}, report);
        report.clear();
        return made.transform([&](const auto& version) { return tell_change(ref, path, version); });
    });
}

Result<int> edit(const LayerRef& ref, const std::string& path)
{
    catch_interruptions();
    const FileDescriptor before(memfd_create("before", MFD_CLOEXEC));
    if (!before)
        return fail_errno("cannot make a file in memory", errno);
    auto edited = EditedFile::make(last_part(path));
    if (!edited)
        return std::unexpected(edited.error());
    const auto editor = editor_words([](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    });
    const auto after =
        take(ref, path, before, *edited).and_then([&] { return edited->edit(editor); }).and_then([&] {
            return edited->open();
        });
    const auto same = after.and_then([&](const FileDescriptor& file) { return is_same(before, file); });
    if (!same)
        return std::unexpected(same.error());
    if (*same) {
        print(formatted("{}: nothing changed\n", ref.str()));
        return 0;
    }
    return put_edited(ref, path, before, *after).transform_error([&](Error error) {
        edited->keep();
        error.message += formatted("{}your text is kept in {}", error.message.empty() ? "" : "; ",
                                   escaped(edited->path()));
        return error;
    });
}

Result<Act> edit_act(const Arguments& arguments)
{
    const auto ref = LayerRef::parse(arguments.text("REF"));
    const auto path = path_of_entry(arguments.text("PATH"));
    if (!ref || !path)
        return std::unexpected(!ref ? ref.error() : path.error());
    if (path->empty())
        return fail(ExitStatus::usage, "PATH names no file");
    return [ref = *ref, path = *path] { return edit(ref, path); };
}

// --- export --------------------------------------------------------------------

Result<int> export_to(const LayerRef& ref, const std::string& file)
{
    return write_callers_file(file, [&](const FileDescriptor& opened) {
        TerminalReport report;
        const ArchiveSink sink = [&](std::string_view part) {
            return write_all(opened, quote(file), part);
        };
        const auto exported = export_layer(Host::installed(), ref, sink, report);
        report.clear();
        return exported.transform([&](const ExportedLayer& layer) {
            if (file != "-")
                print(formatted("{}: {} files, {}\nsha256 {}\n", ref.str(), layer.size.files,
                                human_bytes(layer.size.bytes), layer.sha256));
            return 0;
        });
    });
}

Result<Act> export_act(const Arguments& arguments)
{
    return LayerRef::parse(arguments.text("REF")).transform([&](LayerRef ref) -> Act {
        return [ref = std::move(ref), file = arguments.text("FILE")] { return export_to(ref, file); };
    });
}

Parameter layer_word()
{
    return {
        .name = "REF", .help = "The layer, as specs name it", .value = Value::layer, .required = true};
}

} // namespace

std::vector<Verb> layer_files_table()
{
    return {{.words = "overlay put",
             .help = "Put one file into a layer",
             .parameters = {layer_word(),
                            {.name = "FILE",
                             .help = "The file; '-' is standard input",
                             .value = Value::file,
                             .required = true},
                            {.name = "--at",
                             .help = "Its place, or with '/' its directory's; else where the game looks",
                             .value = Value::text,
                             .called = "PATH"}},
             .example = "sudo l4d2ctl overlay put competitive/base admins_simple.ini --at "
                        "left4dead2/addons/sourcemod/configs/",
             .function = put_act},
            {.words = "overlay edit",
             .help = "Change one file of a layer in your editor",
             .parameters = {layer_word(),
                            {.name = "PATH",
                             .help = "The file, as its path in the layer; a new one if there is none",
                             .value = Value::text,
                             .required = true}},
             .example = "sudo l4d2ctl overlay edit competitive/base left4dead2/cfg/server_rates.cfg",
             .function = edit_act},
            {.words = "overlay export",
             .help = "Write a layer into an archive (tar), the same for the same content",
             .parameters = {layer_word(),
                            {.name = "FILE",
                             .help = "The archive; '-' is standard output",
                             .value = Value::file,
                             .required = true}},
             .example = "sudo l4d2ctl overlay export competitive/base base.tar",
             .function = export_act}};
}

} // namespace left4me
