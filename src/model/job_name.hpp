#pragma once

#include "system/error.hpp"

#include <array>
#include <compare>
#include <string>
#include <string_view>

namespace left4me {

/// What a job may reach: each kind has a unit of its own, which sees no more than it needs.
enum class JobKind { servers, layers, workshop, steam };

constexpr std::array job_kinds = {JobKind::servers, JobKind::layers, JobKind::workshop, JobKind::steam};

std::string_view word_for(JobKind kind);

/// usage, unless it is one of those words.
Result<JobKind> parse_job_kind(std::string_view text);

/// The number of a job, [0-9]{1,10}, as it was written: 7 and 07 are two. One runs once.
class JobId {
public:
    /// usage, with the rule that was broken.
    static Result<JobId> parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    auto operator<=>(const JobId&) const = default;

private:
    explicit JobId(std::string_view text) : text_(text) {}
    std::string text_;
};

/// left4me-job-KIND@ID.service
std::string job_unit(JobKind kind, const JobId& id);

/// Which job's unit has that name; bad_data where it is none's.
struct JobName {
    JobKind kind;
    JobId id;
};
Result<JobName> parse_job_unit(std::string_view unit);

} // namespace left4me
