#include "layer/tree_placement.hpp"

#include "layer/archive_rules.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/path_parts.hpp"
#include "system/tree_copy.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <ranges>
#include <sys/stat.h>

namespace left4me {
namespace {

constexpr mode_t new_directory = 0755;

/// What the layer has where something else is to be.
Error in_the_way(std::string_view path, std::string_view what)
{
    return {ExitStatus::bad_data,
            formatted("{} of the layer is {}: a build script can remove it", quote(path), what)};
}

/// Of a file that did not come to its place.
Error explained(Error error, const Directory& in, const std::string& path)
{
    struct stat status = {};
    const bool directory =
        fstatat(in.descriptor(), last_part(path).c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISDIR(status.st_mode);
    return directory ? in_the_way(path, "a directory, and no file") : std::move(error);
}

/// Made as far as it is missing, for all programs to read whatever the umask.
Result<Directory> make_readable_path(const Directory& top, std::string_view path)
{
    auto directory = top.subdirectory(".");
    for (const auto range : std::views::split(path, '/')) {
        const std::string_view name(range);
        const std::string part(name);
        const bool made =
            directory && mkdirat(directory->descriptor(), part.c_str(), new_directory) == 0;
        directory = directory.and_then(
            [&](const Directory& above) { return above.make_subdirectory(part, new_directory); });
        if (made && directory && fchmod(directory->descriptor(), new_directory) != 0)
            return fail_errno(formatted("cannot set the mode of {}", quote(directory->path())), errno);
        if (!directory && directory.error().status == ExitStatus::bad_data) {
            const auto so_far = static_cast<std::size_t>(name.end() - path.begin());
            return std::unexpected(
                in_the_way(path.substr(0, so_far), "a file or a symbolic link, and no directory"));
        }
    }
    return directory;
}

Result<void> copy_into(const FileDescriptor& from, const Directory& to, const std::string& name)
{
    if (auto removed = to.remove_file(name); !removed)
        return removed;
    const FileDescriptor file(openat(to.descriptor(), name.c_str(),
                                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                     S_IRUSR | S_IWUSR));
    if (!file)
        return fail_errno(formatted("cannot create {}", quote(name)), errno);
    return copy_file(from, file, quote(name));
}

/// Puts what lies in one tree into another, as a plan has it: files are moved, or copied where
/// the first one is somebody's own.
class Placer {
public:
    Placer(const Directory& from, const Directory& to, PlacementWay way, const Phase& phase)
        : from_(from), to_(to), way_(way), phase_(phase)
    {
    }

    Result<void> place(const LayoutPlan& plan)
    {
        // Links are looked at one by one.
        const bool whole = way_ == PlacementWay::move && !plan.links;
        auto next = plan.placements.begin();
        for (const auto& move : plan.moves) {
            const auto end = next + static_cast<std::ptrdiff_t>(move.placements);
            const bool moved = whole && move.as_it_is && move_whole(move);
            for (; next != end; ++next)
                if (auto placed = moved ? check_interruption() : place_one(*next); !placed)
                    return placed;
        }
        return {};
    }

private:
    /// A directory, and what its path is.
    struct Opened {
        std::string path;
        std::optional<Directory> directory;
    };

    /// With all that is in it, if the layer has nothing of that name.
    bool move_whole(const LayoutMove& move)
    {
        const auto parent = part_above(move.from);
        const auto from = from_.subdirectory(parent.empty() ? "." : parent);
        const auto to = make_readable_path(to_, part_above(move.to));
        return from && to &&
               from->rename_to(last_part(move.from), *to, last_part(move.to), RENAME_NOREPLACE);
    }

    Result<void> place_one(const Placement& placement)
    {
        if (auto going_on = check_interruption(); !going_on)
            return going_on;
        if (placement.directory)
            return place_directory(placement);
        const auto from = part_above(placement.from);
        if (!source_.directory || source_.path != from) {
            auto opened = from_.subdirectory(from.empty() ? "." : from);
            if (!opened)
                return std::unexpected(opened.error());
            source_ = {from, std::move(*opened)};
        }
        return make_target(part_above(placement.to)).and_then([&] {
            return place_file(placement).transform_error([&](Error error) {
                return explained(std::move(error), *target_.directory, placement.to);
            });
        });
    }

    Result<void> place_directory(const Placement& placement)
    {
        struct stat status = {};
        const auto from = from_.subdirectory(placement.from);
        if (!from || fstat(from->descriptor(), &status) != 0)
            return from ? Result<void>(fail_errno("cannot look at a directory", errno))
                        : std::unexpected(from.error());
        return make_target(placement.to).and_then([&]() -> Result<void> {
            if (fchmod(target_.directory->descriptor(), (status.st_mode & ACCESSPERMS) | S_IRWXU) != 0)
                return fail_errno(formatted("cannot set the mode of {}", quote(placement.to)), errno);
            return {};
        });
    }

    Result<void> make_target(const std::string& path)
    {
        if (target_.directory && target_.path == path)
            return {};
        return make_readable_path(to_, path).transform(
            [&](Directory made) { target_ = {path, std::move(made)}; });
    }

    Result<void> place_file(const Placement& placement)
    {
        const auto& in = *source_.directory;
        const auto name = last_part(placement.from);
        struct stat status = {};
        if (fstatat(in.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return fail_errno(formatted("cannot look at {}", quote(placement.from)), errno);
        if (S_ISLNK(status.st_mode))
            return place_link(placement);
        placed_ += static_cast<std::uint64_t>(status.st_size);
        phase_.reach(placed_);
        return way_ == PlacementWay::move ? move_file(placement) : copy_one(placement);
    }

    Result<void> place_link(const Placement& placement)
    {
        const auto target = source_.directory->read_link(last_part(placement.from));
        if (!target)
            return std::unexpected(target.error());
        const auto name = last_part(placement.to);
        return check_link_of_entry(placement.to, *target)
            .and_then([&] { return target_.directory->remove_file(name); })
            .and_then([&] { return target_.directory->make_link(name, *target); });
    }

    Result<void> move_file(const Placement& placement)
    {
        return source_.directory->rename_to(last_part(placement.from), *target_.directory,
                                            last_part(placement.to), 0);
    }

    Result<void> copy_one(const Placement& placement)
    {
        return source_.directory->open_file(last_part(placement.from))
            .and_then([&](const FileDescriptor& source) {
                return copy_into(source, *target_.directory, last_part(placement.to));
            });
    }

    const Directory& from_;
    const Directory& to_;
    PlacementWay way_;
    Phase phase_;
    Opened source_;
    Opened target_;
    std::uint64_t placed_ = 0;
};

} // namespace

Result<void> place_tree(const Directory& from, const Directory& to, const LayoutPlan& plan,
                        PlacementWay way, const Phase& phase)
{
    return Placer(from, to, way, phase).place(plan);
}

Result<void> place_copy(const FileDescriptor& from, const Directory& to, const std::string& path)
{
    return make_readable_path(to, part_above(path)).and_then([&](const Directory& directory) {
        return copy_into(from, directory, last_part(path)).transform_error([&](Error error) {
            return explained(std::move(error), directory, path);
        });
    });
}

} // namespace left4me
