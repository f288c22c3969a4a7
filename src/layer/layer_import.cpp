#include "layer/layer_import.hpp"

#include "layer/archive_kind.hpp"
#include "layer/archive_rules.hpp"
#include "layer/tree_placement.hpp"
#include "system/format.hpp"
#include "system/path_parts.hpp"
#include "system/tree_walk.hpp"

#include <array>
#include <cerrno>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace left4me {
namespace {

constexpr std::string_view importing = "importing"; // the phase

/// Holds a directory to the rules that an archive has to keep.
class DirectoryList : public TreeVisitor {
public:
    Result<void> visit(const TreeEntry& entry) override
    {
        const auto mode = entry.status.st_mode;
        if (!S_ISREG(mode) && !S_ISLNK(mode))
            return fail(ExitStatus::bad_data,
                        formatted("{} is no file, directory or link", entry.shown()));
        const auto bytes = S_ISREG(mode) ? static_cast<std::uint64_t>(entry.status.st_size) : 0;
        bytes_ += bytes;
        return take(entry, {.link = S_ISLNK(mode), .bytes = bytes});
    }
    Result<void> enter(const TreeEntry& entry, const Directory& /*below*/) override
    {
        return take(entry, {.directory = true}).transform([&] { above_ += entry.name + "/"; });
    }
    Result<void> leave(const TreeEntry& entry, const Directory& /*below*/) override
    {
        above_.resize(above_.size() - entry.name.size() - 1);
        return {};
    }

    std::vector<LayoutEntry> all;

private:
    Result<void> take(const TreeEntry& entry, LayoutEntry listed)
    {
        const auto path = path_of_entry(above_ + entry.name);
        if (!path)
            return std::unexpected(path.error());
        if (*path != above_ + entry.name)
            return fail(ExitStatus::bad_data,
                        formatted("entry {} has a backslash in its name", quote(above_ + entry.name)));
        listed.path = *path;
        all.push_back(std::move(listed));
        return check_import_size(all.size(), bytes_, bytes_);
    }

    std::uint64_t bytes_ = 0;
    std::string above_; ///< what the walk is in, with '/' at its end
};

Result<std::vector<LayoutEntry>> list_directory(const Directory& source)
{
    DirectoryList list;
    return walk_tree(source, list).transform([&] { return std::move(list.all); });
}

Result<struct stat> status_of(const FileDescriptor& source)
{
    struct stat status = {};
    if (fstat(source.get(), &status) != 0)
        return fail_errno("cannot look at it", errno);
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode))
        return fail(ExitStatus::bad_data, "it is no file and no directory");
    return status;
}

Result<SourceKind> kind_of_file(const FileDescriptor& source, const struct stat& status,
                                const std::string& name)
{
    std::array<char, source_head_size> head = {};
    const auto got = pread(source.get(), head.data(), head.size(), 0);
    if (got < 0)
        return fail_errno("cannot read it", errno);
    return kind_of_source(last_part(name), {head.data(), static_cast<std::size_t>(got)},
                          static_cast<std::uint64_t>(status.st_size));
}

Result<std::vector<LayoutEntry>> list_file(const struct stat& status, const std::string& name)
{
    return path_of_entry(last_part(name)).transform([&](std::string path) {
        return std::vector<LayoutEntry>{
            {.path = std::move(path), .bytes = static_cast<std::uint64_t>(status.st_size)}};
    });
}

/// The plan, and what is done by it.
using Placing = std::function<Result<void>(const LayoutPlan& plan)>;

Result<LayoutPlan> import_planned(const Result<std::vector<LayoutEntry>>& entries,
                                  const ImportOrder& order, const Placing& place)
{
    return entries.and_then([&](const auto& all) { return plan_layout(all, order.choice); })
        .and_then(
            [&](LayoutPlan plan) { return place(plan).transform([&] { return std::move(plan); }); });
}

Result<LayoutPlan> import_any(const Directory& tree, const FileDescriptor& source,
                              const ImportOrder& order, Report& report)
{
    const auto status = status_of(source);
    if (!status)
        return std::unexpected(status.error());
    if (!S_ISDIR(status->st_mode))
        return import_planned(list_file(*status, order.name), order, [&](const LayoutPlan& plan) {
            return place_copy(source, tree, plan.placements.front().to);
        });
    return Directory::adopt(source, order.name).and_then([&](const Directory& from) {
        return import_planned(list_directory(from), order, [&](const LayoutPlan& plan) {
            return place_tree(from, tree, plan, PlacementWay::copy,
                              Phase(report, importing, plan.bytes));
        });
    });
}

} // namespace

Error import_error(Error error, const ImportOrder& order)
{
    if (error.status != ExitStatus::cancelled)
        error.message = formatted("cannot import {}: {}", quote(order.name), error.message);
    return error;
}

Result<bool> is_archive(const FileDescriptor& source, const ImportOrder& order)
{
    return status_of(source)
        .and_then([&](const struct stat& status) -> Result<bool> {
            if (S_ISDIR(status.st_mode))
                return false;
            return kind_of_file(source, status, order.name).transform([](SourceKind kind) {
                return kind == SourceKind::archive;
            });
        })
        .transform_error([&](Error error) { return import_error(std::move(error), order); });
}

Result<LayoutPlan> plan_import(const FileDescriptor& source, const ImportOrder& order)
{
    return status_of(source)
        .and_then([&](const struct stat& status) {
            return S_ISDIR(status.st_mode)
                       ? Directory::adopt(source, order.name).and_then(list_directory)
                       : list_file(status, order.name);
        })
        .and_then([&](const auto& entries) { return plan_layout(entries, order.choice); })
        .transform_error([&](Error error) { return import_error(std::move(error), order); });
}

Result<LayoutPlan> import_into(const Directory& tree, const FileDescriptor& source,
                               const ImportOrder& order, Report& report)
{
    return import_any(tree, source, order, report).transform_error([&](Error error) {
        return import_error(std::move(error), order);
    });
}

} // namespace left4me
