#pragma once

#include "model/job_log.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <chrono>
#include <string>
#include <thread>

namespace left4me {

/// What this process and its children write on standard output and standard error, carried into
/// the log of a job by a thread, as it comes. A log that cannot be written (a full disk) ends no
/// job.
class JobOutput {
public:
    /// log: where lines are added.
    explicit JobOutput(FileDescriptor log) : file_(std::move(log)) {}
    JobOutput(const JobOutput&) = delete; // the thread knows where it is
    JobOutput& operator=(const JobOutput&) = delete;
    ~JobOutput() { (void)end(); }

    /// From here on, until end().
    Result<void> begin();

    /// Both go where they went before. Waits for what has been written, not for children that
    /// were left. The last line of all.
    std::string end();

private:
    void carry();
    void write_down(std::string_view lines) const;

    FileDescriptor file_;
    JobLog log_;
    FileDescriptor output_before_;
    FileDescriptor error_before_;
    FileDescriptor pipe_;  ///< what was written
    FileDescriptor ended_; ///< an eventfd
    std::jthread thread_;
};

/// Now, as logs and results have it.
std::chrono::microseconds time_of_day();

} // namespace left4me
