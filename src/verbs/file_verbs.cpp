#include "verbs/file_verbs.hpp"

#include "host/layer_view.hpp"
#include "layer/content_cache.hpp"
#include "layer/layer_store.hpp"
#include "layer/tree_placement.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/path_parts.hpp"
#include "system/tree_compare.hpp"
#include "system/tree_measurement.hpp"

#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace left4me {
namespace {

constexpr std::string_view copying_for_change = "copying the layer"; // phases
constexpr std::string_view reading_for_export = "reading the layer";

Result<struct stat> look_at(const FileDescriptor& file, std::string_view what)
{
    struct stat status = {};
    if (fstat(file.get(), &status) != 0)
        return fail_errno(formatted("cannot look at {}", what), errno);
    return status;
}

/// The file of that path, also where it lies in a cache; none.
Result<std::optional<FileDescriptor>> open_in_layer(const Host& host, const Directory& layer,
                                                    const std::string& path)
{
    const auto name = last_part(path);
    const auto directory = layer.subdirectory(part_above(path, "."));
    if (!directory && directory.error().status == ExitStatus::not_found)
        return std::nullopt;
    const auto there = directory.and_then([&](const Directory& found) { return found.contains(name); });
    if (!there)
        return std::unexpected(there.error());
    if (!*there)
        return std::nullopt;
    if (const auto target = directory->read_link(name))
        return open_in_cache(host, *target).and_then([&](std::optional<FileDescriptor> file) {
            if (file)
                return Result<std::optional<FileDescriptor>>(std::move(file));
            return Result<std::optional<FileDescriptor>>(fail(
                ExitStatus::bad_data, formatted("{} is a link, to {}", quote(path), quote(*target))));
        });
    return directory->open_file(name).transform(
        [](FileDescriptor file) { return std::optional(std::move(file)); });
}

Result<bool> same_content(const FileDescriptor& one, const FileDescriptor& other)
{
    const auto status = look_at(one, "a file");
    const auto other_status = look_at(other, "a file");
    if (!status || !other_status)
        return std::unexpected(!status ? status.error() : other_status.error());
    if (status->st_size != other_status->st_size)
        return false;
    return same_bytes(one, other, status->st_size);
}

/// Whether the layer has that content there already, as a regular file has it.
Result<bool> has_it_already(const Host& host, const LayerRef& ref, const FileDescriptor& file,
                            const std::string& path)
{
    const auto status = look_at(file, "the file");
    if (!status || !S_ISREG(status->st_mode))
        return status ? Result<bool>(false) : std::unexpected(status.error());
    const auto layer =
        LayerStore::open(host).and_then([&](const LayerStore& layers) { return layers.layer(ref); });
    if (!layer)
        return layer.error().status == ExitStatus::not_found ? Result<bool>(false)
                                                             : std::unexpected(layer.error());
    // What is there and no file is for the change to refuse or replace.
    const auto present = open_in_layer(host, *layer, path).value_or(std::nullopt);
    return present ? same_content(*present, file) : Result<bool>(false);
}

/// Another one may have been published since it was taken.
Result<void> require_before(const Host& host, const Directory& layer, const FileChange& change)
{
    if (change.before == nullptr)
        return {};
    const auto present = open_in_layer(host, layer, change.path);
    if (!present)
        return std::unexpected(present.error());
    const auto status = look_at(*change.before, "the file");
    // What was not there before was taken as an empty one.
    const auto same = !status    ? Result<bool>(std::unexpected(status.error()))
                      : *present ? same_content(**present, *change.before)
                                 : Result<bool>(status->st_size == 0);
    if (!same || *same)
        return same.transform([](bool) {});
    return fail(ExitStatus::busy, formatted("{} was changed by another meanwhile", quote(change.path)));
}

/// All that comes through a pipe, into a file that has no name.
Result<FileDescriptor> whole_of(const FileDescriptor& pipe, const Directory& place)
{
    constexpr std::size_t part = 256 * 1024;
    constexpr mode_t readable = 0644;
    FileDescriptor file(openat(place.descriptor(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, readable));
    if (!file)
        return fail_errno("cannot make a file", errno);
    std::vector<char> data(part);
    while (true) {
        if (auto going_on = check_interruption(); !going_on)
            return std::unexpected(going_on.error());
        const auto got = read(pipe.get(), data.data(), data.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno("cannot read standard input", errno);
        if (got == 0)
            return file;
        if (auto put = write_all(file, "the file", {data.data(), static_cast<std::size_t>(got)}); !put)
            return std::unexpected(put.error());
    }
}

/// An editor's text has the mode of a new file.
Result<void> keep_mode(const Host& host, const Directory& layer, const FileChange& change,
                       const std::function<Result<void>()>& place)
{
    const auto present = open_in_layer(host, layer, change.path);
    if (change.before == nullptr || !present || !*present)
        return place();
    const auto status = look_at(**present, quote(change.path));
    return place()
        .and_then([&] { return layer.open_file(change.path); })
        .and_then([&](const FileDescriptor& file) -> Result<void> {
            if (status && fchmod(file.get(), status->st_mode & 0777U) != 0)
                return fail_errno(formatted("cannot set the mode of {}", quote(change.path)), errno);
            return {};
        });
}

/// In the work copy.
Result<void> place_file(const Directory& tree, const FileDescriptor& file, const std::string& path)
{
    const auto status = look_at(file, "the file");
    if (!status)
        return std::unexpected(status.error());
    if (tree.subdirectory(path))
        return fail(ExitStatus::bad_data, formatted("{} of the layer is a directory", quote(path)));
    if (S_ISREG(status->st_mode))
        return place_copy(file, tree, path);
    return whole_of(file, tree).and_then([&](const FileDescriptor& whole) {
        return place_copy(whole, tree, path);
    });
}

} // namespace

Result<std::optional<std::uint64_t>> put_file(const Host& host, const LayerRef& ref,
                                              const FileDescriptor& file, const FileChange& change,
                                              Report& report)
{
    const auto status = look_at(file, "the file");
    if (!status)
        return std::unexpected(status.error());
    if (S_ISDIR(status->st_mode))
        return fail(ExitStatus::bad_data, formatted("it is a directory: l4d2ctl overlay import {} takes "
                                                    "all that is in it",
                                                    ref.str()));
    const auto already = has_it_already(host, ref, file, change.path);
    if (!already)
        return std::unexpected(already.error());
    if (*already)
        return std::nullopt;
    auto begun = LayerStore::open(host).and_then([&](const LayerStore& layers) {
        const auto size = layers.layer(ref).and_then(measure_tree);
        return layers.begin_from_present(ref, change.how,
                                         Phase(report, copying_for_change, size ? size->bytes : 0));
    });
    if (!begun)
        return std::unexpected(begun.error());
    const auto placed = require_before(host, begun->tree(), change).and_then([&] {
        return keep_mode(host, begun->tree(), change,
                         [&] { return place_file(begun->tree(), file, change.path); });
    });
    if (!placed) {
        (void)begun->discard(placed.error()); // the first error is the one to tell
        return std::unexpected(placed.error());
    }
    return begun->publish().transform([](std::uint64_t version) { return std::optional(version); });
}

Result<bool> take_file(const Host& host, const LayerRef& ref, const std::string& path,
                       const FileDescriptor& to)
{
    const auto file =
        LayerStore::open(host)
            .and_then([&](const LayerStore& layers) { return layers.layer(ref); })
            .and_then([&](const Directory& layer) { return open_in_layer(host, layer, path); });
    if (!file || !*file)
        return file.transform([](const auto&) { return false; });
    const auto status = look_at(**file, quote(path));
    if (!status)
        return std::unexpected(status.error());
    if (static_cast<std::uint64_t>(status->st_size) > max_edited_size)
        return fail(ExitStatus::bad_data,
                    formatted("{} has more than {} bytes: put another one in its place by l4d2ctl "
                              "overlay put",
                              quote(path), max_edited_size));
    return read_regular(**file, quote(path), max_edited_size)
        .and_then([&](const std::string& text) { return write_all(to, "the copy", text); })
        .transform([] { return true; });
}

Result<ExportedLayer> export_layer(const Host& host, const LayerRef& ref, const ArchiveSink& sink,
                                   Report& report)
{
    return LayerStore::open(host)
        .and_then([&](const LayerStore& layers) { return layers.layer(ref); })
        .and_then([&](const Directory& layer) {
            const auto size = measure_tree(layer);
            return export_tree(host, layer, sink,
                               Phase(report, reading_for_export, size ? size->bytes : 0));
        });
}

Result<EngineView> layer_view(const Host& host, const LayerRef& ref)
{
    return LayerStore::open(host)
        .and_then([&](const LayerStore& layers) { return layers.layer(ref); })
        .and_then([](const Directory& layer) {
            auto all = std::numeric_limits<std::size_t>::max();
            return view_layer(layer, all);
        });
}

Result<std::string> layer_digest(const Host& host, const LayerRef& ref, Report& report)
{
    return LayerStore::open(host)
        .and_then([&](const LayerStore& layers) { return layers.layer(ref); })
        .and_then([&](const Directory& layer) {
            const auto size = measure_tree(layer);
            return digest_of_layer(host, layer,
                                   Phase(report, reading_for_export, size ? size->bytes : 0));
        });
}

} // namespace left4me
