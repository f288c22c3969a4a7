#include "host/job_log_file.hpp"

#include "host/job_place.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

/// none: there is no log.
Result<std::optional<FileDescriptor>> open_job_log(const Host& host, const JobId& id)
{
    auto file = open_job_place(host, id).and_then(
        [](const Directory& place) { return place.open_file(job_entry::log); });
    if (!file && file.error().status == ExitStatus::not_found)
        return std::nullopt;
    if (!file)
        return std::unexpected(file.error());
    return std::optional(std::move(*file));
}

Result<std::uint64_t> size_of_log(const FileDescriptor& file)
{
    struct stat status = {};
    if (fstat(file.get(), &status) != 0)
        return fail_errno("cannot look at the log of a job", errno);
    return static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
}

Result<std::string> read_at(const FileDescriptor& file, std::uint64_t begin, std::uint64_t end)
{
    std::string text(end - begin, '\0');
    const auto got = pread(file.get(), text.data(), text.size(), static_cast<off_t>(begin));
    if (got < 0)
        return fail_errno("cannot read the log of a job", errno);
    text.resize(static_cast<std::size_t>(got));
    return text;
}

/// From the place on, up to the end of a line.
JobLogPart lines_behind(std::string text, std::uint64_t begin, std::size_t most)
{
    const auto last = text.rfind('\n');
    if (last != std::string::npos)
        text.resize(last + 1);
    else if (text.size() < most)
        text.clear(); // it goes on
    const auto end = begin + text.size();
    return {.text = std::move(text), .begin = begin, .end = end};
}

/// Up to the place, from the begin of a line.
JobLogPart lines_before(std::string text, std::uint64_t begin)
{
    const auto first = text.find('\n');
    if (begin > 0 && first != std::string::npos && first + 1 < text.size()) {
        text.erase(0, first + 1);
        begin += first + 1;
    }
    const auto end = begin + text.size();
    return {.text = std::move(text), .begin = begin, .end = end};
}

} // namespace

Result<JobLogPart> read_job_log(const Host& host, const JobId& id, const JobLogWish& wish)
{
    const auto file = open_job_log(host, id);
    if (!file)
        return std::unexpected(file.error());
    if (!*file)
        return JobLogPart();
    const auto size = size_of_log(**file);
    if (!size)
        return std::unexpected(size.error());
    const auto end = std::min(wish.end.value_or(*size), *size);
    if (wish.after) {
        const auto begin = std::min(*wish.after, end);
        return read_at(**file, begin, std::min<std::uint64_t>(end, begin + wish.most))
            .transform(
                [&](std::string text) { return lines_behind(std::move(text), begin, wish.most); });
    }
    const auto begin = end - std::min<std::uint64_t>(end, wish.most);
    return read_at(**file, begin, end).transform([&](std::string text) {
        return lines_before(std::move(text), begin);
    });
}

std::int64_t job_log_size(const Host& host, const JobId& id)
{
    const auto file = open_job_log(host, id);
    if (!file || !*file)
        return 0;
    return static_cast<std::int64_t>(size_of_log(**file).value_or(0));
}

} // namespace left4me
