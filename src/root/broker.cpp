#include "root/broker.hpp"

#include "host/helper_door.hpp"
#include "host/job_place.hpp"
#include "host/places.hpp"
#include "root/calling_unit.hpp"
#include "system/child_process.hpp"
#include "system/format.hpp"
#include "system/passed_descriptor.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <linux/magic.h>
#include <optional>
#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <vector>

namespace left4me {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::unexpected<Error> refused(std::string why)
{
    return fail(ExitStatus::not_permitted, std::move(why));
}

// --- who asks ------------------------------------------------------------------------------

Result<uid_t> service_user_id()
{
    const passwd* user = getpwnam(service_user);
    if (user == nullptr)
        return refused(formatted("there is no user {}", service_user));
    return user->pw_uid;
}

/// What that unit may ask for; none for one that may not ask.
std::optional<Asker> asker_of(const std::string& unit)
{
    if (unit == "left4me-web.service")
        return Asker::web;
    if (unit == "left4me-watch.service")
        return Asker::watch;
    if (unit == "left4me-layers-refresh.service")
        return Asker::layers_refresh;
    return std::nullopt;
}

using Allowed = std::function<bool(const HelperCall&)>;

/// Of a job, what its request names.
Result<Allowed> allowed_to(const std::string& unit)
{
    if (const auto asker = asker_of(unit))
        return [rows = helper_rows(*asker)](const HelperCall& call) { return may_call(rows, call); };
    const auto job = parse_job_unit(unit);
    if (!job)
        return refused(formatted("{} may ask for nothing", unit));
    return read_job_request(Host::installed(), job->kind, job->id)
        .transform([](const JobRequest& request) -> Allowed {
            return [request](const HelperCall& call) {
                return job_may_call(request, call.helper, call.line());
            };
        })
        .transform_error([&](const Error& error) {
            return Error{ExitStatus::not_permitted, formatted("{}: {}", unit, error.message)};
        });
}

Result<Allowed> find_allowed()
{
    return service_user_id().and_then([](uid_t user) {
        return Systemd::connect()
            .and_then([&](Systemd systemd) { return find_calling_unit(STDIN_FILENO, user, systemd); })
            .and_then([](const CallingUnit& caller) { return allowed_to(caller.unit); });
    });
}

// --- what it asks for ----------------------------------------------------------------------

/// A pipe without a name, which that end of it is, and which waits.
bool is_pipe_end(const FileDescriptor& descriptor, int access)
{
    struct statfs status = {};
    const int flags = fcntl(descriptor.get(), F_GETFL);
    return flags >= 0 && (flags & O_ACCMODE) == access && (flags & (O_NONBLOCK | O_PATH)) == 0 &&
           fstatfs(descriptor.get(), &status) == 0 && status.f_type == PIPEFS_MAGIC;
}

struct Order {
    HelperCall call;
    std::vector<FileDescriptor> pipes; ///< standard input, output, errors
};

Result<Order> receive_order()
{
    constexpr milliseconds patience(1000);
    pollfd watched = {STDIN_FILENO, POLLIN, 0};
    if (poll(&watched, 1, static_cast<int>(patience.count())) != 1 || (watched.revents & POLLIN) == 0)
        return refused("the caller says nothing");
    return receive_message(STDIN_FILENO, max_helper_message_size)
        .and_then([](PassedMessage message) -> Result<Order> {
            const auto& pipes = message.descriptors;
            if (pipes.size() != 3 || !is_pipe_end(pipes[0], O_RDONLY) ||
                !is_pipe_end(pipes[1], O_WRONLY) || !is_pipe_end(pipes[2], O_WRONLY))
                return refused("a call comes with three pipes: its standard input, output and errors");
            return parse_helper_message(message.text).transform([&](HelperCall call) {
                return Order{std::move(call), std::move(message.descriptors)};
            });
        });
}

Result<void> require_allowed(BrokerCalls calls, const Allowed& allowed, const HelperCall& call)
{
    if (!allowed(call))
        return refused(formatted("{} is none of what this unit may ask for",
                                 quote(formatted("{} {}", call.helper, call.line()))));
    if (follows_a_log(call) != (calls == BrokerCalls::logs))
        return refused("calls that follow a log, and these alone, have a socket of their own");
    return {};
}

// --- the helper ----------------------------------------------------------------------------

/// A helper at work, whose caller may be gone, and whose words may find no reader.
class HelperAtWork {
public:
    static Result<HelperAtWork> start(Order order)
    {
        std::vector<std::string> command = {program_path(order.call.helper)};
        command.insert(command.end(), order.call.words.begin(), order.call.words.end());
        auto& pipes = order.pipes;
        return spawn(std::move(command), {{pipes[0].get(), STDIN_FILENO},
                                          {pipes[1].get(), STDOUT_FILENO},
                                          {pipes[2].get(), STDERR_FILENO}})
            .and_then([&](pid_t child) {
                return watch_child(child).transform([&](FileDescriptor process) {
                    return HelperAtWork(child, std::move(process), std::move(pipes[1]),
                                        std::move(pipes[2]));
                });
            });
    }

    /// Its status as a shell has it. When the caller is gone it ends by itself, for it watches
    /// its pipes; one that does not, is ended.
    int wait()
    {
        constexpr int look_again_ms = 1000;
        while (true) {
            const bool alone = caller_gone_.has_value();
            std::array<pollfd, 4> watched = {{{process_.get(), POLLIN, 0},
                                              {alone ? -1 : STDIN_FILENO, POLLRDHUP, 0},
                                              {alone ? -1 : output_.get(), 0, 0},
                                              {alone ? -1 : errors_.get(), 0, 0}}};
            (void)poll(watched.data(), watched.size(), look_again_ms);
            if (watched[0].revents != 0)
                return wait_for_end(child_);
            const bool gone = (watched[1].revents | watched[2].revents | watched[3].revents) != 0;
            if (!alone && (gone || nobody_reads()))
                caller_gone_ = Clock::now();
            end_if_it_lingers();
        }
    }

private:
    HelperAtWork(pid_t child, FileDescriptor process, FileDescriptor output, FileDescriptor errors)
        : child_(child), process_(std::move(process)), output_(std::move(output)),
          errors_(std::move(errors))
    {
    }

    /// For so long that it is no pause of a reader: then its place is somebody else's.
    bool nobody_reads()
    {
        constexpr seconds patience(10);
        std::array<pollfd, 2> watched = {{{output_.get(), POLLOUT, 0}, {errors_.get(), POLLOUT, 0}}};
        if (poll(watched.data(), watched.size(), 0) == 2)
            read_at_ = Clock::now();
        return Clock::now() - read_at_ > patience;
    }

    void end_if_it_lingers()
    {
        // What it began it may have to stop first, as a script's unit.
        constexpr seconds until_asked(5);
        constexpr seconds until_killed(120);
        if (!caller_gone_)
            return;
        const auto since = Clock::now() - *caller_gone_;
        if (since > until_killed)
            kill(child_, SIGKILL);
        else if (since > until_asked && !std::exchange(asked_, true))
            kill(child_, SIGTERM);
    }

    pid_t child_;
    FileDescriptor process_;
    FileDescriptor output_;
    FileDescriptor errors_;
    std::optional<Clock::time_point> caller_gone_;
    Clock::time_point read_at_ = Clock::now();
    bool asked_ = false;
};

void answer(std::string_view text)
{
    (void)send(STDIN_FILENO, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

} // namespace

Result<void> answer_call(BrokerCalls calls)
{
    // Before anything is read: who may not ask, cannot make this process wait.
    const auto allowed = find_allowed();
    if (!allowed)
        return std::unexpected(allowed.error());
    return receive_order()
        .and_then([&](Order order) {
            return require_allowed(calls, *allowed, order.call).and_then([&] {
                return HelperAtWork::start(std::move(order));
            });
        })
        .transform([](HelperAtWork helper) { answer(format_helper_end(helper.wait())); })
        .transform_error([](Error error) {
            answer(format_helper_refusal(error.message));
            // All the same to whoever asks: nothing was run.
            return Error{ExitStatus::not_permitted, std::move(error.message)};
        });
}

} // namespace left4me
