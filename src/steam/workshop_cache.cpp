#include "steam/workshop_cache.hpp"

#include "system/digest.hpp"

#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <format>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::string_view part_prefix = ".part-";

/// What the game loads from addons/: a package of Valve's, version 1 or 2.
bool is_addon(std::string_view beginning)
{
    constexpr std::string_view signature = "\x34\x12\xaa\x55";
    return beginning.size() == 8 && beginning.starts_with(signature) &&
           (beginning[4] == 1 || beginning[4] == 2);
}

Result<void> check(const Sums& sums, const WorkshopDetails& item)
{
    if (item.sha1 && *item.sha1 != sums.sha1)
        return fail(ExitStatus::bad_data,
                    std::format("its file has the sum {}, and Steam says {}", sums.sha1, *item.sha1));
    if (!is_addon(sums.beginning))
        return fail(ExitStatus::bad_data, "its file is no addon (.vpk)");
    return {};
}

Result<void> require_room(const Directory& cache, std::uint64_t size)
{
    struct statvfs room = {};
    if (fstatvfs(cache.descriptor(), &room) != 0)
        return fail_errno("cannot ask for the room of the cache", errno);
    if (const auto free = std::uint64_t{room.f_bavail} * room.f_frsize; free < size)
        return fail(ExitStatus::io,
                    std::format("no room for {} bytes on {}", size, quote(cache.path())));
    return {};
}

} // namespace

Result<WorkshopCache> WorkshopCache::open()
{
    return ContentCache::open(ContentCache::workshop).transform([](ContentCache contents) {
        return WorkshopCache(std::move(contents));
    });
}

Result<std::string> WorkshopCache::fetch(HttpClient& web, const WorkshopDetails& item, HttpSafety safety,
                                         const Phase& phase) const
{
    const auto& directory = contents_.directory();
    // Of this very version: a newer one must not be put together with its beginning.
    const auto part = std::format("{}{}-{}-{}", part_prefix, item.id.str(), item.updated, item.size);
    constexpr mode_t readable = 0644;
    const FileDescriptor file(openat(directory.descriptor(), part.c_str(),
                                     O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, readable));
    struct stat status = {};
    if (!file || fstat(file.get(), &status) != 0)
        return fail_errno(std::format("cannot open {} in the cache", quote(part)), errno);
    if (!S_ISREG(status.st_mode))
        return fail(ExitStatus::bad_data, std::format("{} in the cache is no file", quote(part)));
    const auto there = static_cast<std::uint64_t>(status.st_size);
    // Steam still gives addresses of a time before it had certificates.
    auto url = item.url;
    if (safety == HttpSafety::certified && url.starts_with("http://"))
        url.replace(0, 4, "https");
    auto sums = require_room(directory, item.size - std::min(there, item.size))
                    .and_then([&] { return web.fetch(url, file, item.size, phase); })
                    .and_then([&] { return sums_of(file); });
    if (!sums)
        return std::unexpected(sums.error());
    if (auto checked = check(*sums, item); !checked) {
        (void)directory.remove_file(part); // nothing to go on with
        return std::unexpected(checked.error());
    }
    if (fchmod(file.get(), readable) != 0 || fsync(file.get()) != 0)
        return fail_errno("cannot write the download to the disk", errno);
    return contents_.take(directory, part, sums->sha256).transform([&] { return sums->sha256; });
}

Result<std::uint64_t> WorkshopCache::prune() const
{
    const auto& directory = contents_.directory();
    const auto entries = directory.entries();
    if (!entries)
        return std::unexpected(entries.error());
    constexpr time_t week = 7 * 24 * 60 * 60;
    std::uint64_t freed = 0;
    for (const auto& name : *entries) {
        struct stat status = {};
        if (!name.starts_with(part_prefix) ||
            fstatat(directory.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
            status.st_mtime + week >= time(nullptr))
            continue;
        if (auto removed = directory.remove_file(name); !removed)
            return std::unexpected(removed.error());
        freed += static_cast<std::uint64_t>(status.st_size);
    }
    return contents_.prune().transform([&](std::uint64_t more) { return freed + more; });
}

} // namespace left4me
