#include "system/tree_compare.hpp"

#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/tree_walk.hpp"
#include "system/whiteout.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

Result<struct stat> look_at(const Directory& directory, const std::string& name)
{
    struct stat status = {};
    if (fstatat(directory.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return fail_errno(formatted("cannot look at {}", quote(name)), errno);
    return status;
}

using Part = std::array<char, 64 * 1024>;

/// How much there was from there on; less than a part only at the end.
Result<std::size_t> read_part(const FileDescriptor& file, off_t offset, Part& part)
{
    std::size_t size = 0;
    while (size < part.size()) {
        const auto got =
            pread(file.get(), &part.at(size), part.size() - size, offset + static_cast<off_t>(size));
        if (got < 0 && errno != EINTR)
            return fail_errno("cannot compare files", errno);
        if (got == 0)
            break;
        size += got < 0 ? 0 : static_cast<std::size_t>(got);
    }
    return size;
}

/// Where the next bytes are that are no hole, from offset on; size where there are none.
Result<off_t> next_data(const FileDescriptor& file, off_t offset, off_t size)
{
    const auto data = lseek(file.get(), offset, SEEK_DATA);
    if (data < 0 && errno != ENXIO)
        return fail_errno("cannot compare files", errno);
    return data < 0 ? size : std::min<off_t>(data, size);
}

Result<bool> same_part(const FileDescriptor& one, const FileDescriptor& other, off_t offset)
{
    Part first = {};
    Part second = {};
    const auto size = read_part(one, offset, first);
    const auto other_size = size.and_then([&](std::size_t) { return read_part(other, offset, second); });
    if (!other_size)
        return std::unexpected(other_size.error());
    return *size == *other_size && std::equal(first.begin(), first.begin() + *size, second.begin());
}

} // namespace

Result<bool> same_bytes(const FileDescriptor& one, const FileDescriptor& other, off_t size)
{
    // Where both have a hole nothing is read: a file of nothing else may say to be larger than
    // any disk.
    for (off_t offset = 0; offset < size; offset += static_cast<off_t>(Part{}.size())) {
        const auto data = check_interruption().and_then([&] { return next_data(one, offset, size); });
        const auto other_data = data.and_then([&](off_t) { return next_data(other, offset, size); });
        if (!other_data)
            return std::unexpected(other_data.error());
        offset = std::min(*data, *other_data);
        const auto same = offset < size ? same_part(one, other, offset) : true;
        if (!same || !*same)
            return same;
    }
    return true;
}

namespace {

Result<bool> same_entry(const Directory& one, const Directory& other, const std::string& name,
                        int depth);

Result<bool> same_entries(const Directory& one, const Directory& other, int depth)
{
    if (depth > deepest_tree)
        return fail(ExitStatus::bad_data,
                    formatted("{} has directories more than {} deep", quote(one.path()), deepest_tree));
    const auto names = one.entries();
    const auto other_names = other.entries();
    if (!names || !other_names)
        return std::unexpected(!names ? names.error() : other_names.error());
    if (*names != *other_names)
        return false;
    for (const auto& name : *names)
        if (auto same = same_entry(one, other, name, depth); !same || !*same)
            return same;
    return true;
}

Result<bool> same_entry(const Directory& one, const Directory& other, const std::string& name, int depth)
{
    const auto status = look_at(one, name);
    const auto other_status = look_at(other, name);
    if (!status || !other_status)
        return std::unexpected(!status ? status.error() : other_status.error());
    if (status->st_mode != other_status->st_mode)
        return false;
    const auto both = [&](auto open, auto compare) -> Result<bool> {
        const auto first = open(one);
        const auto second = open(other);
        if (!first || !second)
            return std::unexpected(!first ? first.error() : second.error());
        return compare(*first, *second);
    };
    if (S_ISDIR(status->st_mode))
        return both(
            [&](const Directory& in) { return in.subdirectory(name); },
            [&](const Directory& a, const Directory& b) { return same_entries(a, b, depth + 1); });
    if (S_ISLNK(status->st_mode))
        return both([&](const Directory& in) { return in.read_link(name); },
                    [](const std::string& a, const std::string& b) { return a == b; });
    if (is_whiteout(*status))
        return is_whiteout(*other_status);
    if (!S_ISREG(status->st_mode) || status->st_size != other_status->st_size)
        return false;
    return both([&](const Directory& in) { return in.open_file(name); },
                [&](const FileDescriptor& a, const FileDescriptor& b) {
                    return same_bytes(a, b, status->st_size);
                });
}

} // namespace

Result<bool> same_tree(const Directory& one, const Directory& other)
{
    return same_entries(one, other, 0);
}

} // namespace left4me
