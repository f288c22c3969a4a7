#include "system/file_times.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace left4me {
namespace {

std::optional<struct stat> status_of(const std::string& path)
{
    struct stat status = {};
    if (stat(path.c_str(), &status) != 0)
        return std::nullopt;
    return status;
}

} // namespace

std::chrono::microseconds since_epoch(const timespec& time)
{
    return std::chrono::seconds(time.tv_sec) +
           std::chrono::floor<std::chrono::microseconds>(std::chrono::nanoseconds(time.tv_nsec));
}

std::optional<std::chrono::microseconds> file_changed(const std::string& path)
{
    return status_of(path).transform([](const auto& status) { return since_epoch(status.st_ctim); });
}

std::optional<std::chrono::microseconds> file_written(const std::string& path)
{
    return status_of(path).transform([](const auto& status) { return since_epoch(status.st_mtim); });
}

std::optional<std::chrono::microseconds> entry_born(int directory, const std::string& name)
{
    struct statx status = {};
    if (statx(directory, name.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BTIME | STATX_CTIME, &status) != 0)
        return std::nullopt;
    const auto& time = (status.stx_mask & STATX_BTIME) != 0 ? status.stx_btime : status.stx_ctime;
    return since_epoch({.tv_sec = time.tv_sec, .tv_nsec = time.tv_nsec});
}

} // namespace left4me
