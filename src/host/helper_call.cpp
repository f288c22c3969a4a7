#include "host/helper_call.hpp"

#include "host/helper_door.hpp"
#include "host/journal_limit.hpp"
#include "host/places.hpp"
#include "system/child_process.hpp"
#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <span>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me {
namespace {

/// What a helper writes that is not left our own outputs: carried to one of them.
class CarriedOutput {
public:
    /// limited: where what it writes goes to the journal. change may be none.
    CarriedOutput(FileDescriptor source, int target, std::optional<OutputLimit> limited,
                  OutputChange change)
        : source_(std::move(source)), target_(target), limit_(std::move(limited)),
          change_(std::move(change))
    {
    }

    [[nodiscard]] int descriptor() const noexcept { return source_.get(); }

    /// Whose reader is to be missed as soon as it goes; -1: nobody's. Who follows a log may
    /// write nothing for days, and a write is what would show it.
    [[nodiscard]] int followed() const noexcept { return change_ && source_.get() >= 0 ? target_ : -1; }

    /// The reader of ours has gone: it has none, either.
    void abandon() { source_.close(); }

    /// Where a part is there, or the end. Without a reader of ours it has none, either.
    void carry()
    {
        std::array<char, 64 * 1024> buffer = {};
        const auto got = read(source_.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            return;
        const auto now = std::chrono::steady_clock::now();
        const bool ended = got <= 0;
        std::string part(buffer.data(), ended ? 0 : static_cast<std::size_t>(got));
        if (limit_)
            part = ended ? limit_->finish(now) : limit_->pass(part, now);
        if (change_)
            part = change_(part);
        const FileDescriptor target(fcntl(target_, F_DUPFD_CLOEXEC, 0));
        const auto written = write_all(target, "standard output", part);
        if (!written && !has_no_reader(target))
            failure_ = written.error();
        if (!written || ended)
            source_.close();
    }

    /// Why it could not be written; a reader that has seen enough is none.
    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

private:
    static bool has_no_reader(const FileDescriptor& target)
    {
        pollfd pipe = {target.get(), POLLOUT, 0};
        return poll(&pipe, 1, 0) == 1 && (pipe.revents & POLLERR) != 0;
    }

    FileDescriptor source_;
    int target_;
    std::optional<OutputLimit> limit_;
    OutputChange change_;
    std::optional<Error> failure_;
};

/// A helper, its standard input, and what it writes, carried to ours where the door wants pipes.
class Call {
public:
    /// who: a stranger whose words the helper's are (see limit_of_journal); "": none. change:
    /// of its output, or none.
    static Result<Call> start(const HelperCall& call, std::string_view who, OutputChange change)
    {
        const auto door = helper_door();
        std::vector<Pipe> pipes;
        const int count = door == HelperDoor::broker ? 3 : change ? 2 : 1;
        for (int i = 0; i < count; ++i) {
            auto made = make_pipe();
            if (!made)
                return std::unexpected(made.error());
            pipes.push_back(std::move(*made));
        }
        HelperStandards standards = {pipes[0].read_end.get(), -1, -1};
        if (pipes.size() > 1)
            standards.output = pipes[1].write_end.get();
        if (pipes.size() > 2)
            standards.errors = pipes[2].write_end.get();
        return RunningHelper::start(door, call, standards).transform([&](RunningHelper helper) {
            Call begun(std::move(helper), std::move(pipes[0].write_end));
            if (pipes.size() > 1)
                begun.outputs_.emplace_back(
                    std::move(pipes[1].read_end), STDOUT_FILENO,
                    who.empty() ? std::nullopt : limit_of_journal(STDOUT_FILENO, std::string(who)),
                    std::move(change));
            if (pipes.size() > 2)
                begun.outputs_.emplace_back(std::move(pipes[2].read_end), STDERR_FILENO, std::nullopt,
                                            nullptr);
            return begun;
        });
    }

    [[nodiscard]] const FileDescriptor& input() const noexcept { return input_; }

    /// Its status. On a signal it is let go of, and waited for.
    Result<int> finish()
    {
        std::optional<int> status;
        while (!status || is_open(outputs_)) {
            std::vector<pollfd> watched = {{status ? -1 : helper_.descriptor(), POLLIN, 0}};
            for (const auto& output : outputs_) {
                watched.push_back({output.descriptor(), POLLIN, 0});
                watched.push_back({output.followed(), 0, 0}); // errors are told of unasked
            }
            wait(watched);
            for (std::size_t i = 0; i < outputs_.size(); ++i) {
                if (watched[2 * i + 1].revents != 0)
                    outputs_[i].carry();
                if ((watched[2 * i + 2].revents & POLLERR) != 0)
                    outputs_[i].abandon();
            }
            if (watched[0].revents == 0)
                continue;
            auto ended = helper_.ended();
            if (!ended)
                return std::unexpected(ended.error());
            status = *ended;
        }
        for (const auto& output : outputs_)
            if (output.failure())
                return std::unexpected(*output.failure());
        return *status;
    }

private:
    Call(RunningHelper helper, FileDescriptor input)
        : helper_(std::move(helper)), input_(std::move(input))
    {
    }

    static bool is_open(const std::vector<CarriedOutput>& outputs)
    {
        return std::ranges::any_of(outputs, [](const auto& one) { return one.descriptor() >= 0; });
    }

    /// A signal closes its input, which is what tells a root helper that nobody waits any more.
    void wait(std::span<pollfd> watched)
    {
        if (interrupted())
            (void)poll(watched.data(), watched.size(), -1);
        else if (poll_or_interruption(watched, -1) < 0)
            std::ranges::for_each(watched, [](pollfd& one) { one.revents = 0; });
        if (interrupted())
            input_.close();
    }

    RunningHelper helper_;
    FileDescriptor input_;
    std::vector<CarriedOutput> outputs_;
};

} // namespace

Result<void> call_helper(const std::string& helper, const std::vector<std::string>& arguments)
{
    return call_helper(helper, arguments, nullptr);
}

Result<void> call_helper(const std::string& helper, const std::vector<std::string>& arguments,
                         OutputChange change)
{
    auto call = Call::start({helper, arguments}, "", std::move(change));
    if (!call)
        return std::unexpected(call.error());
    const auto status = call->finish();
    if (auto going_on = check_interruption(); !going_on)
        return going_on;
    if (!status)
        return std::unexpected(status.error());
    // The reader of our output has seen enough.
    constexpr int signal_base = 128;
    if (*status == signal_base + SIGPIPE)
        return {};
    if (*status > signal_base && *status != static_cast<int>(ExitStatus::cancelled))
        return fail(ExitStatus::internal,
                    formatted("{} was ended by signal {}", helper, *status - signal_base));
    if (*status == 1) // sudo's own; no helper ends with it
        return fail(ExitStatus::not_permitted, formatted("sudo did not run {}", helper));
    if (*status != 0)
        return fail(own_exit_status(*status), "");
    return {};
}

Result<int> call_script_sandbox(const WorkCopy& copy, BuildAbi abi, std::string_view script)
{
    std::vector<std::string> arguments = {copy.layer.str(), copy.id.str()};
    if (abi == BuildAbi::multiarch)
        arguments.insert(arguments.begin(), "--multiarch");
    auto call = Call::start({"left4me-script-sandbox", arguments}, "the script", nullptr);
    if (!call)
        return std::unexpected(call.error());
    // A helper that does not read to the end says why by itself, and by its status.
    std::signal(SIGPIPE, SIG_IGN);
    (void)write_all(call->input(), "the script", formatted("{}\n{}", script.size(), script));
    const auto status = call->finish();
    return check_interruption().and_then([&] { return status; });
}

Result<int> become_program(const std::string& program, const std::vector<std::string>& arguments)
{
    std::vector<std::string> words = {program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const auto argv = pointers_to(words);
    std::string language = "LANG=C.UTF-8";
    char* const environment[] = {language.data(), nullptr};
    execve(program.c_str(), argv.data(), environment);
    return fail_errno(formatted("cannot run {}", program), errno);
}

Result<void> call_program(const std::string& program, const std::vector<std::string>& arguments,
                          const FileDescriptor& input)
{
    std::vector<std::string> command = {program_path(program)};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto child = spawn(command, {{input.get(), STDIN_FILENO}});
    if (!child)
        return std::unexpected(child.error());
    int status = 0;
    while (waitpid(*child, &status, 0) < 0 && errno == EINTR)
        if (interrupted())
            kill(*child, SIGTERM);
    if (auto going_on = check_interruption(); !going_on)
        return going_on;
    if (status != 0)
        return fail(own_exit_status(shell_status(status)), "");
    return {};
}

Result<std::string> output_of(const std::vector<std::string>& command, std::size_t limit)
{
    auto output = make_pipe();
    if (!output)
        return std::unexpected(output.error());
    const auto child = spawn(command, {{output->write_end.get(), STDOUT_FILENO}});
    if (!child)
        return std::unexpected(child.error());
    output->write_end.close();
    auto text = read_stream(output->read_end, command.front(), limit);
    if (!text)
        output->read_end.close(); // or the child would wait for a reader
    if (const int status = wait_for_end(*child); text && status != 0)
        return fail(ExitStatus::internal, formatted("{} failed", command.front()));
    return text;
}

} // namespace left4me
