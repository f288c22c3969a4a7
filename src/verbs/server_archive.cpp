#include "verbs/server_archive.hpp"

#include "host/own_tree.hpp"
#include "host/privilege_drop.hpp"
#include "system/format.hpp"
#include "system/whiteout.hpp"
#include "verbs/server_files.hpp"
#include "verbs/server_tree.hpp"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <set>
#include <sys/stat.h>

namespace left4me {
namespace {

constexpr std::string_view saving = "saving";       // phases
constexpr std::string_view restoring = "restoring";

/// The directories that a server made anew, as far as its tree shows them.
Result<std::set<std::string>> opaque_directories(const Host& host, const InstanceName& name)
{
    return files_of(host, name).transform([](const ServerFiles& files) {
        std::set<std::string> paths;
        for (const auto& file : files.own.files)
            if (file.kind == OwnKind::directory && file.over)
                paths.insert(file.path);
        return paths;
    });
}

/// What a directory made anew would hide. User left4me cannot make one: in the tree that it makes,
/// each thing that the layers have there now is removed by itself.
Result<void> remove_of_layers(const Directory& tree, const std::string& path,
                              const std::vector<LowerTree>& layers)
{
    const auto directory = tree.subdirectory(path);
    if (!directory)
        return std::unexpected(directory.error());
    for (const auto& layer : layers) {
        const auto names = layer.tree.subdirectory(path).and_then(
            [](const Directory& below) { return below.entries(); });
        for (const auto& name : names.value_or(std::vector<std::string>())) {
            const auto there = directory->contains(name);
            auto done = !there   ? Result<void>(std::unexpected(there.error()))
                        : *there ? Result<void>()
                                 : make_whiteout(*directory, name);
            if (!done)
                return done;
        }
    }
    return {};
}

Result<void> unpack(const FileDescriptor& source, const Directory& fresh,
                    const std::vector<LowerTree>& layers, const std::string& name_of_source,
                    Report& report)
{
    struct stat status = {};
    const auto total = fstat(source.get(), &status) == 0 && S_ISREG(status.st_mode)
                           ? static_cast<std::uint64_t>(status.st_size)
                           : 0;
    return read_tree_archive(source, fresh, Phase(report, restoring, total))
        .transform_error([&](Error error) {
            if (error.status != ExitStatus::cancelled)
                error.message = formatted("cannot restore {}: {}", name_of_source, error.message);
            return error;
        })
        .and_then([&](const UnpackedTree& unpacked) -> Result<void> {
            for (const auto& path : unpacked.opaque)
                if (auto removed = remove_of_layers(fresh, path, layers); !removed)
                    return removed;
            return {};
        });
}

} // namespace

Result<ArchivedTree> save_files(const Host& host, const InstanceName& name, const ArchiveSink& sink,
                                Report& report)
{
    const auto opaque = opaque_directories(host, name);
    if (!opaque)
        return std::unexpected(opaque.error());
    const auto record = read_mount_record(host, name);
    std::optional<DownServer> down; // locked for as long as it is saved
    if (record)
        report.warning("it runs: what it writes meanwhile may be torn; stop it first for a whole copy");
    else if (auto taken = take_down_server(host, name, formatted("files {} --save", name.str())); taken)
        down.emplace(std::move(*taken));
    else
        return std::unexpected(taken.error());
    const auto upper =
        host.open_state().and_then([&](const Directory& state) { return open_upper(state, name); });
    if (!upper)
        return std::unexpected(upper.error());
    const ArchiveStyle style = {
        .is_opaque = [&](const std::string& path) { return opaque->contains(path); }, .lenient = true};
    return write_tree_archive(*upper, sink, style, Phase(report, saving, 0))
        .transform([&](ArchivedTree saved) {
            for (const auto& why : saved.left_out)
                report.warning(formatted("left out: {}", why));
            return saved;
        });
}

Result<void> restore_files(const Host& host, const InstanceName& name, const FileDescriptor& source,
                           const std::string& name_of_source, Report& report)
{
    const auto store = InstanceStore::open(host);
    if (!store)
        return std::unexpected(store.error());
    const auto server = take_down_server(host, name, formatted("files {} --restore", name.str()));
    if (!server)
        return std::unexpected(server.error());
    const auto fresh = begin_replacement(server->upper);
    if (!fresh)
        return std::unexpected(fresh.error());
    report.step(formatted("reading {}", name_of_source));
    const auto layers = next_layers(*store, name);
    // A stranger may have packed it.
    const auto unpacked = give_up_new_privileges().and_then(
        [&] { return unpack(source, *fresh, layers, name_of_source, report); });
    auto done = unpacked.and_then([&] { return put_replacement(server->upper); });
    if (!done && !unpacked)
        drop_replacement(server->upper);
    return done;
}

} // namespace left4me
