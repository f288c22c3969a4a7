#include "console/command_line.hpp"
#include "console/terminal_report.hpp"
#include "host/helper_call.hpp"
#include "host/job_place.hpp"
#include "model/job_result.hpp"
#include "programs/job_words.hpp"
#include "programs/programs.hpp"
#include "sandbox/first_process.hpp"
#include "sandbox/job_output.hpp"
#include "system/companion.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/wait_notice.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

/// New, whatever somebody may have put there.
Result<FileDescriptor> make_log(const Directory& place)
{
    FileDescriptor log(openat(place.descriptor(), job_entry::log,
                              O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                              S_IRUSR | S_IWUSR));
    if (!log)
        return fail_errno(formatted("cannot make the log in {}", quote(place.path())), errno);
    return log;
}

/// The file that a verb reads, as its standard input.
Result<void> give_input(const std::string& text)
{
    const FileDescriptor input(memfd_create("request", MFD_CLOEXEC));
    if (!input)
        return fail_errno("cannot make the job's input", errno);
    if (auto written = write_all(input, "the job's input", text); !written)
        return written;
    if (lseek(input.get(), 0, SEEK_SET) != 0 || dup2(input.get(), STDIN_FILENO) < 0)
        return fail_errno("cannot give the job its input", errno);
    return {};
}

/// What l4d2ctl does with the same words.
Result<int> run_verb(JobKind kind, const JobRequest& request)
{
    if (auto given = give_input(request.text()); !given)
        return std::unexpected(given.error());
    auto words = request.command();
    // What parses a stranger's data is a process of its own, as it is from l4d2ctl, so that the
    // log and the result are not that program's.
    if (kind == JobKind::workshop)
        return call_program("left4me-workshop", {words.begin() + 1, words.end()},
                            FileDescriptor(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)))
            .transform([] { return 0; });
    std::vector<const char*> argv = {l4d2ctl.name.c_str()};
    for (const auto& word : words)
        argv.push_back(word.c_str());
    return parse_act(l4d2ctl, static_cast<int>(argv.size()), argv.data()).and_then([](const Act& act) {
        return act();
    });
}

/// With its output in the log.
Result<JobResult> run_logged(JobKind kind, const JobRequest& request, FileDescriptor log)
{
    JobOutput output(std::move(log));
    JobResult result = {.status = 0, .error = {}, .began = time_of_day(), .ended = {}};
    if (auto begun = output.begin(); !begun)
        return std::unexpected(begun.error());
    result.status = run(l4d2ctl.name, [&] {
        auto done = run_verb(kind, request);
        if (!done)
            result.error = done.error().message;
        return done;
    });
    const auto last_line = output.end();
    // Who was called has said why.
    if (result.status != 0 && result.error.empty())
        result.error = last_line;
    result.ended = time_of_day();
    return result;
}

Result<int> run_with_result(const JobName& job)
{
    set_wait_notice([](std::string_view what) { complain(l4d2ctl.name, what); });
    const auto host = Host::installed();
    const auto request = read_job_request(host, job.kind, job.id);
    if (!request)
        return std::unexpected(request.error());
    const auto place = open_job_place(host, job.id);
    if (!place)
        return std::unexpected(place.error());
    return make_log(*place)
        .and_then([&](FileDescriptor log) { return run_logged(job.kind, *request, std::move(log)); })
        .and_then([&](const JobResult& result) {
            return place->replace_file(job_entry::result, format_job_result(result), S_IRUSR | S_IWUSR)
                .transform([&] { return result.status; });
        });
}

Result<int> run_job(const JobName& job)
{
    if (auto safe = protect_process(); !safe)
        return std::unexpected(safe.error());
    // The first process of its pid namespace: without a handler no signal ends it.
    catch_interruptions();
    umask(S_IRWXG | S_IRWXO);
    const auto companion = start_companion();
    if (!companion)
        return std::unexpected(companion.error());
    auto done = run_with_result(job);
    if (interrupted())
        await_companion(*companion);
    return done;
}

Result<Act> job_act(const Arguments& arguments)
{
    return job_of(arguments).transform(
        [](JobName job) -> Act { return [job = std::move(job)] { return run_job(job); }; });
}

} // namespace

const Program left4me_job = {
    .name = "left4me-job",
    .help = "Does what the request of a job says, inside the job's unit: a verb of l4d2ctl, with\n"
            "its output in the job's log and its end in the job's result.",
    .groups = {},
    .verbs = {{.words = "",
               .help = "",
               .parameters = job_words(),
               .example = "left4me-job servers 7",
               .function = job_act}},
};

} // namespace left4me
