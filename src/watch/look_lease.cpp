#include "watch/look_lease.hpp"

#include "watch/answer_record.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace left4me {

Result<void> touch_lease(const Host& host)
{
    return open_answers(host).and_then([](const Directory& answers) -> Result<void> {
        if (utimensat(answers.descriptor(), lease_file, nullptr, AT_SYMLINK_NOFOLLOW) != 0)
            return fail_errno("cannot ask left4me-watch to look", errno);
        return {};
    });
}

Result<void> make_lease(const Directory& answers)
{
    return answers.replace_file(lease_file, "", 0644).and_then([&]() -> Result<void> {
        const std::array<timespec, 2> never = {};
        if (utimensat(answers.descriptor(), lease_file, never.data(), AT_SYMLINK_NOFOLLOW) != 0)
            return fail_errno("cannot set the time of .wanted", errno);
        return {};
    });
}

bool is_wanted(const Directory& answers, std::chrono::system_clock::time_point now)
{
    struct stat status = {};
    if (fstatat(answers.descriptor(), lease_file, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    const auto touched = std::chrono::system_clock::from_time_t(status.st_mtim.tv_sec);
    return touched <= now && now - touched < lease_length;
}

} // namespace left4me
