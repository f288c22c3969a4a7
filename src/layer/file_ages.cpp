#include "layer/file_ages.hpp"

#include "system/file_times.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/tree_compare.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/xattr.h>
#include <utility>
#include <vector>

namespace left4me {
namespace {

/// Of a file; of the tree's top, the time of all files without one.
constexpr const char* attribute = "user.left4me.since";

std::optional<Time> read_mark(int file)
{
    std::array<char, 24> text = {};
    const auto size = fgetxattr(file, attribute, text.data(), text.size());
    if (size <= 0)
        return std::nullopt;
    return parse_number<std::int64_t>({text.data(), static_cast<std::size_t>(size)})
        .transform([](std::int64_t time) { return Time(time); });
}

/// None takes the mark away.
Result<void> write_mark(int file, std::optional<Time> time, const std::string& shown)
{
    const auto text = time ? std::to_string(time->count()) : "";
    const auto write = [&] {
        return time ? fsetxattr(file, attribute, text.data(), text.size(), 0)
                    : (fremovexattr(file, attribute) != 0 && errno != ENODATA ? -1 : 0);
    };
    if (write() == 0)
        return {};
    // Its owner, too, must be allowed to write it.
    struct stat status = {};
    if (errno == EACCES && fstat(file, &status) == 0 && fchmod(file, status.st_mode | S_IWUSR) == 0) {
        const bool written = write() == 0;
        const int problem = errno;
        if (fchmod(file, status.st_mode) == 0 && written)
            return {};
        errno = problem;
    }
    return fail_errno(formatted("cannot mark {}", shown), errno);
}

class Marking : public TreeVisitor {
public:
    Marking(const Directory* present, std::optional<Time> untouched, Time now)
        : present_(present), untouched_(untouched), now_(now)
    {
    }

    Result<void> enter(const TreeEntry& entry, const Directory& /*below*/) override
    {
        const auto* above = present();
        auto below = above == nullptr ? Result<Directory>(fail(ExitStatus::not_found, ""))
                                      : above->subdirectory(entry.name);
        below_.push_back(below ? std::optional(std::move(*below)) : std::nullopt);
        return {};
    }

    Result<void> leave(const TreeEntry& /*entry*/, const Directory& /*below*/) override
    {
        below_.pop_back();
        return {};
    }

    Result<void> visit(const TreeEntry& entry) override
    {
        if (S_ISREG(entry.status.st_mode))
            return mark_file(entry);
        return S_ISLNK(entry.status.st_mode) ? mark_link(entry) : Result<void>();
    }

private:
    /// The present version's directory, if it has that one.
    [[nodiscard]] const Directory* present() const
    {
        if (below_.empty())
            return present_;
        return below_.back() ? &*below_.back() : nullptr;
    }

    Result<void> mark_file(const TreeEntry& entry)
    {
        const auto file = entry.directory.open_file(entry.name);
        if (!file)
            return std::unexpected(file.error());
        const auto before = present() == nullptr ? Result<FileDescriptor>(FileDescriptor())
                                                 : present()->open_file(entry.name);
        if (!before || !*before)
            return write_mark(file->get(), now_, entry.shown());
        return is_same(entry, *file, *before).and_then([&](bool same) {
            return write_mark(file->get(), same ? read_mark(before->get()) : now_, entry.shown());
        });
    }

    [[nodiscard]] Result<bool> is_same(const TreeEntry& entry, const FileDescriptor& file,
                                       const FileDescriptor& before) const
    {
        struct stat status = {};
        if (fstat(before.get(), &status) != 0)
            return fail_errno(formatted("cannot look at {}", entry.shown()), errno);
        if (status.st_size != entry.status.st_size)
            return false;
        if (untouched_ && since_epoch(entry.status.st_ctim) < *untouched_)
            return true;
        return same_bytes(file, before, status.st_size);
    }

    Result<void> mark_link(const TreeEntry& entry)
    {
        Time time = now_;
        if (present() != nullptr) {
            const auto before = present()->read_link(entry.name);
            const auto link = entry.directory.read_link(entry.name);
            struct stat status = {};
            if (before && link && *before == *link &&
                fstatat(present()->descriptor(), entry.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
                time = since_epoch(status.st_mtim);
        }
        const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
        const timespec at = {.tv_sec = seconds.count(),
                             .tv_nsec = std::chrono::nanoseconds(time - seconds).count()};
        const std::array<timespec, 2> times = {at, at};
        if (utimensat(entry.directory.descriptor(), entry.name.c_str(), times.data(),
                      AT_SYMLINK_NOFOLLOW) != 0)
            return fail_errno(formatted("cannot set the times of {}", entry.shown()), errno);
        return {};
    }

    const Directory* present_;
    std::optional<Time> untouched_;
    Time now_;
    std::vector<std::optional<Directory>> below_; ///< as the walk goes down
};

} // namespace

Result<void> mark_ages(const Directory& next, const Directory* present, std::optional<Time> untouched,
                       Time now)
{
    // All of a first version came at once: one mark is enough.
    if (present == nullptr)
        return write_mark(next.descriptor(), now, quote(next.path()));
    Marking marking(present, untouched, now);
    return walk_tree(next, marking).and_then([&] {
        return write_mark(next.descriptor(), read_mark(present->descriptor()), quote(next.path()));
    });
}

FileAges::FileAges(AgeSource source, const Directory& layer)
    : source_(source), of_unmarked_(read_mark(layer.descriptor()))
{
}

std::optional<Time> FileAges::since(const TreeEntry& entry) const
{
    const auto& status = entry.status;
    const auto written = std::min(since_epoch(status.st_mtim), since_epoch(status.st_ctim));
    if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode))
        return std::nullopt;
    switch (source_) {
    case AgeSource::marks: {
        if (S_ISLNK(status.st_mode))
            return written;
        const auto file = entry.directory.open_file(entry.name);
        const auto mark = file ? read_mark(file->get()) : std::nullopt;
        return mark ? mark : of_unmarked_;
    }
    case AgeSource::changes:
        return std::max(written, entry_born(entry.directory.descriptor(), entry.name).value_or(written));
    case AgeSource::writes:
        return written;
    case AgeSource::none:
        return std::nullopt;
    }
    return std::nullopt;
}

} // namespace left4me
