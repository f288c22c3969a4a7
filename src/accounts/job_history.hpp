#pragma once

#include "accounts/job.hpp"
#include "accounts/server_access.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace left4me {

/// A job as whoever looks may see it, and what they may do with what it is about.
struct KnownJob {
    Job job;
    ServerRight right;
};

/// Some of a list, the newest first; older: before which one the next page begins, if there is one.
struct JobPage {
    std::vector<Job> jobs;
    std::optional<std::int64_t> older;
};

/// How much is kept of jobs that have ended.
struct JobsKept {
    std::int64_t count = 1000;
    std::chrono::days age{30};
    std::int64_t log_bytes = std::int64_t{256} * 1024 * 1024; ///< of all
};

/// Jobs, for those who may see them: of an admin all, of others those on servers that they may see, and
/// on layers of their own. What was done to a server that is no more is the admins' alone, but that it
/// was deleted, which whoever did it sees.
class JobHistory {
public:
    explicit JobHistory(Database& database) : database_(database) {}

    static constexpr std::int64_t page_length = 30;

    /// before: the number of a job, of which older ones are wanted.
    [[nodiscard]] Result<JobPage> seen_by(const User& user, std::optional<std::int64_t> before);

    /// The one with that number, as an address has it, if the user may see it.
    [[nodiscard]] Result<std::optional<KnownJob>> find(const User& user, std::string_view number);

    /// Of those that are not kept any more the oldest ones, some of them: what runs or waits is none.
    [[nodiscard]] Result<std::vector<JobId>> not_kept(AccountTime now, const JobsKept& kept = {});

    /// All numbers that there are: what lies on the host of another one is nobody's.
    [[nodiscard]] Result<std::set<JobId>> numbers();

    /// Each by itself: no statement grows with what there is to forget. What has not ended stays.
    [[nodiscard]] Result<void> forget(const std::vector<JobId>& jobs);

private:
    Database& database_;
};

} // namespace left4me
