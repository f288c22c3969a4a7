#include "steam/workshop_cache.hpp"

#include "model/valve_package.hpp"
#include "system/digest.hpp"
#include "system/format.hpp"
#include "system/free_space.hpp"

#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::string_view part_prefix = ".part-";

Result<void> check(const Sums& sums, const WorkshopDetails& item)
{
    if (item.sha1 && *item.sha1 != sums.sha1)
        return fail(ExitStatus::bad_data,
                    formatted("its file has the sum {}, and Steam says {}", sums.sha1, *item.sha1));
    if (!is_package(sums.beginning))
        return fail(ExitStatus::bad_data, "its file is no addon (.vpk)");
    return {};
}

Result<void> require_room(const Directory& cache, std::uint64_t size)
{
    return free_bytes(cache).and_then([&](std::uint64_t free) -> Result<void> {
        if (size <= free)
            return {};
        return fail(ExitStatus::io, formatted("no room for {} bytes on {}", size, quote(cache.path())));
    });
}

} // namespace

Result<WorkshopCache> WorkshopCache::open(const Host& host)
{
    return ContentCache::open(host, ContentCache::workshop).transform([](ContentCache contents) {
        return WorkshopCache(std::move(contents));
    });
}

Result<std::string> WorkshopCache::fetch(HttpClient& web, const WorkshopDetails& item, HttpSafety safety,
                                         const Phase& phase) const
{
    const auto& directory = contents_.directory();
    // Of this very version: a newer one must not be put together with its beginning.
    const auto part = formatted("{}{}-{}-{}", part_prefix, item.id.str(), item.updated, item.size);
    constexpr mode_t readable = 0644;
    const FileDescriptor file(openat(directory.descriptor(), part.c_str(),
                                     O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, readable));
    struct stat status = {};
    if (!file || fstat(file.get(), &status) != 0)
        return fail_errno(formatted("cannot open {} in the cache", quote(part)), errno);
    if (!S_ISREG(status.st_mode))
        return fail(ExitStatus::bad_data, formatted("{} in the cache is no file", quote(part)));
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
