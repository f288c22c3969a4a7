#include "system/file_times.hpp"

#include <ctime>
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

std::chrono::microseconds since_epoch(const timespec& time)
{
    return std::chrono::seconds(time.tv_sec) +
           std::chrono::floor<std::chrono::microseconds>(std::chrono::nanoseconds(time.tv_nsec));
}

} // namespace

std::optional<std::chrono::microseconds> file_changed(const std::string& path)
{
    return status_of(path).transform([](const auto& status) { return since_epoch(status.st_ctim); });
}

std::optional<std::chrono::microseconds> file_written(const std::string& path)
{
    return status_of(path).transform([](const auto& status) { return since_epoch(status.st_mtim); });
}

} // namespace left4me
