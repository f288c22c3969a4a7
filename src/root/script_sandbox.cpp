#include "root/script_sandbox.hpp"

#include "host/systemd.hpp"
#include "host/unit_names.hpp"
#include "root/counted_input.hpp"
#include "root/output_stream.hpp"
#include "root/start_failure.hpp"
#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/mount_point.hpp"
#include "system/passed_descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace left4me {
namespace {

// --- the run's directory -----------------------------------------------------------

Result<void> write_new_file(const FileDescriptor& directory, const std::string& name,
                            std::string_view contents)
{
    constexpr mode_t readable = 0644; // in a directory that only root can enter
    const FileDescriptor file(openat(directory.get(), name.c_str(),
                                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, readable));
    if (!file)
        return fail_errno(formatted("cannot create {}", quote(name)), errno);
    // The umask is the caller's.
    if (fchmod(file.get(), readable) != 0)
        return fail_errno(formatted("cannot set the mode of {}", quote(name)), errno);
    return write_all(file, quote(name), contents);
}

/// Programs in the sandbox may open it again, as /dev/stderr, to write and never to
/// read: a reader in there would hide that ours is gone.
Result<FileDescriptor> make_output(const FileDescriptor& directory)
{
    constexpr mode_t others_write = 0622;
    const auto* name = run_entry::output.c_str();
    if (mkfifoat(directory.get(), name, others_write) != 0)
        return fail_errno("cannot make the pipe of the script's output", errno);
    FileDescriptor reader(openat(directory.get(), name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
    if (!reader || fchmod(reader.get(), others_write) != 0)
        return fail_errno("cannot open the pipe of the script's output", errno);
    return reader;
}

/// The unit waits at it, so that systemd 257 has heard of its start before its end: the status
/// of a first process of a pid namespace is lost otherwise. Closed without a byte, it ends.
/// systemd connects it to the unit's standard input (StandardInput=file:).
Result<FileDescriptor> make_gate(const BuildRun& run)
{
    const auto path = formatted("{}/{}/{}", build_runs, run.str(), run_entry::gate);
    FileDescriptor gate(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as bind takes it
    const auto* any = reinterpret_cast<const sockaddr*>(&address);
    if (!gate || bind(gate.get(), any, sizeof address) != 0 || listen(gate.get(), 1) != 0)
        return fail_errno("cannot make the gate of the script", errno);
    return gate;
}

/// Lets what systemd has started begin, with the input that it is to have.
void open_gate(const FileDescriptor& gate, const FileDescriptor& input)
{
    const FileDescriptor unit(accept4(gate.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const int number = input.get();
    if (unit) // else it has ended already
        (void)pass_message(unit, "!", {&number, input ? 1U : 0U});
}

/// The directory of one run. It is locked for as long as the helper lives; one that is not
/// was left by a helper that was killed.
class RunDirectory {
public:
    /// openat and not openat2, which a caller's sandbox may lack; all of it is root's.
    static Result<RunDirectory> make(const BuildRun& run)
    {
        FileDescriptor runs(open(build_runs.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        // Held until the new one is locked, too: whoever clears up could not tell before.
        if (!runs || flock(runs.get(), LOCK_EX) != 0)
            return fail_errno(formatted("cannot open {}", quote(build_runs)), errno);
        if (auto room = make_room(runs); !room)
            return std::unexpected(room.error());
        if (mkdirat(runs.get(), run.str().c_str(), 0700) != 0)
            return fail_errno(formatted("cannot make the run {}", quote(run.str())), errno);
        FileDescriptor own(
            openat(runs.get(), run.str().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!own || flock(own.get(), LOCK_EX | LOCK_NB) != 0)
            return fail_errno(formatted("cannot open the run {}", quote(run.str())), errno);
        flock(runs.get(), LOCK_UN);
        return RunDirectory(std::move(runs), std::move(own), run.str());
    }

    RunDirectory(RunDirectory&&) noexcept = default;
    RunDirectory& operator=(RunDirectory&&) = delete;
    RunDirectory(const RunDirectory&) = delete;
    RunDirectory& operator=(const RunDirectory&) = delete;

    /// Its unit removes it; one that never had a unit is removed here.
    ~RunDirectory()
    {
        if (runs_)
            remove(runs_, name_);
    }

    [[nodiscard]] const FileDescriptor& descriptor() const noexcept { return own_; }

private:
    RunDirectory(FileDescriptor runs, FileDescriptor own, std::string name)
        : runs_(std::move(runs)), own_(std::move(own)), name_(std::move(name))
    {
    }

    /// Not where a unit is that has it mounted still: that one does it. What cannot be removed
    /// now is for the next time.
    static void remove(const FileDescriptor& runs, const std::string& name)
    {
        const auto mounted = is_mount_point(formatted("{}/{}/{}", build_runs, name, run_entry::overlay));
        const auto all = Directory::adopt(runs, build_runs);
        if (mounted && !*mounted && all)
            (void)all->remove_tree(name);
    }

    /// Each may have memory and processes of its unit's; so many may all of them together.
    static Result<void> make_room(const FileDescriptor& runs)
    {
        constexpr std::size_t max_runs = 4;
        const auto all = Directory::adopt(runs, build_runs);
        const auto names = all.and_then([](const Directory& one) { return one.entries(); });
        if (!names)
            return std::unexpected(names.error());
        const auto live = std::ranges::count_if(*names, [&](const std::string& name) {
            const auto left = all->subdirectory(name);
            if (!left || flock(left->descriptor(), LOCK_EX | LOCK_NB) != 0)
                return true;
            remove(runs, name);
            return false;
        });
        if (static_cast<std::size_t>(live) < max_runs)
            return {};
        return fail(ExitStatus::busy, formatted("{} scripts run on this host already, which is all that "
                                                "may at once: run it again when one has ended",
                                                live));
    }

    FileDescriptor runs_;
    FileDescriptor own_;
    std::string name_;
};

struct Pipes {
    FileDescriptor output;
    FileDescriptor gate;
};

Result<Pipes> prepare(const FileDescriptor& directory, const BuildRun& run, const WorkCopy& copy,
                      const std::string& script)
{
    return write_new_file(directory, run_entry::script, script)
        .and_then(
            [&] { return write_new_file(directory, run_entry::work_copy, format_work_copy(copy)); })
        .and_then([&] { return make_output(directory); })
        .and_then([&](FileDescriptor output) {
            return make_gate(run).transform([&](FileDescriptor gate) {
                return Pipes{.output = std::move(output), .gate = std::move(gate)};
            });
        });
}

// --- its end -------------------------------------------------------------------------

void explain(const std::string& reason)
{
    std::fputs(formatted("left4me-script-sandbox: the script was ended: {}\n", reason).c_str(), stderr);
}

int status_of(const UnitStatus& ended)
{
    if (ended.result == "timeout")
        explain("it took longer than a build may");
    else if (ended.result == "oom-kill")
        explain("it needed more memory than a build may have");
    return shell_status(ended);
}

/// What happens while a unit runs.
struct RunEvents {
    std::function<void()> started;
    std::function<void(const UnitStatus&)> ended; ///< by itself; the unit that it needed is there still
    Systemd::WaitForBus wait;
};

/// Starts a unit that needs another one, and waits until both are down again; what remains
/// is how the first has ended. When the caller is gone both are stopped, and the Error is
/// cancelled. Another Error: it was never started, or the second one failed, with the
/// reason that it gave.
Result<UnitStatus> run_to_the_end(Systemd& systemd, const std::string& unit, const std::string& needed,
                                  const RunEvents& events)
{
    auto ended = systemd.hold(unit)
                     .and_then([&] { return systemd.hold(needed); })
                     .and_then([&] { return systemd.run_held(unit, events.started, events.wait); })
                     .transform_error([&](const Error& error) {
                         return explain_failed_start(systemd, {needed, unit, packet_rules_unit}, error);
                     });
    if (ended)
        events.ended(*ended);
    // Nobody else stops them once the caller is gone: so whoever it is that waits.
    auto stopped = systemd.stop({unit, needed}, JobPatience::own)
                       .and_then([&] { return systemd.status(needed); })
                       .and_then([](const UnitStatus& now) -> Result<void> {
                           if (now.result == "success" || now.result.empty())
                               return {};
                           return fail(ExitStatus::internal, escaped(now.status_text));
                       });
    if (ended && !stopped)
        return std::unexpected(stopped.error());
    return ended;
}

/// Tells who waits for an import that its script has ended, with all that it wrote: nobody needs
/// to wait until its sandbox is gone, too.
void tell_end(OutputStream& output, int status)
{
    if (const auto carried = output.carry_until(-1, 0); !carried || *carried == Caller::gone)
        return;
    const auto line = formatted("{}\n", status);
    const FileDescriptor nothing(open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (nothing && dup2(nothing.get(), STDOUT_FILENO) >= 0)
        (void)send(STDIN_FILENO, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

/// What the script is to read, if standard input is a socket; none if it is not. No
/// directory, by which the sandbox could be left, and nothing that could be written to.
Result<FileDescriptor> take_input()
{
    struct stat status = {};
    if (fstat(STDIN_FILENO, &status) != 0)
        return fail_errno("cannot look at standard input", errno);
    if (!S_ISSOCK(status.st_mode))
        return FileDescriptor();
    auto message = receive_message(STDIN_FILENO, 1);
    if (!message)
        return std::unexpected(message.error());
    if (message->descriptors.size() != 1)
        return fail(ExitStatus::bad_data, "no descriptor came before the script's length");
    auto& input = message->descriptors.front();
    const int flags = fcntl(input.get(), F_GETFL);
    if (flags < 0 || fstat(input.get(), &status) != 0)
        return fail_errno("cannot look at the script's input", errno);
    if (!S_ISREG(status.st_mode) || (flags & O_ACCMODE) != O_RDONLY || (flags & O_PATH) != 0)
        return fail(ExitStatus::bad_data,
                    "the script's input is no file that is open for reading alone");
    return std::move(input);
}

struct Script {
    FileDescriptor input; ///< none: it reads nothing
    std::string text;
};

Result<Script> read_script()
{
    return take_input().and_then([](FileDescriptor input) {
        return read_counted_input("the script", max_script_size).transform([&](std::string text) {
            return Script{std::move(input), std::move(text)};
        });
    });
}

Result<int> run_unit(const SandboxRequest& request, const BuildRun& run, const Script& script)
{
    auto systemd = Systemd::connect();
    if (!systemd)
        return std::unexpected(systemd.error());
    const auto directory = RunDirectory::make(run);
    if (!directory)
        return std::unexpected(directory.error());
    auto pipes = prepare(directory->descriptor(), run, request.copy, script.text);
    if (!pipes)
        return std::unexpected(pipes.error());
    OutputStream output(std::move(pipes->output), "the script");
    std::optional<int> status;
    const auto ended = run_to_the_end(
        *systemd, script.input ? import_unit(run) : build_unit(run, request.abi), workcopy_unit(run),
        {.started = [&] { open_gate(pipes->gate, script.input); },
         .ended =
             [&](const UnitStatus& unit) {
                 status = status_of(unit);
                 if (script.input)
                     tell_end(output, *status);
             },
         .wait = [&](int bus, short events) { return output.carry_until(bus, events); }});
    if (!ended)
        return std::unexpected(ended.error());
    if (auto carried = output.carry_until(-1, 0); !carried)
        return std::unexpected(carried.error());
    return *status;
}

} // namespace

Result<int> run_in_sandbox(const SandboxRequest& request)
{
    if (geteuid() != 0)
        return fail(ExitStatus::not_permitted, "this needs root: run it with sudo");
    std::signal(SIGPIPE, SIG_IGN); // a caller that is gone still has a unit to stop
    catch_interruptions();
    return read_script().and_then([&](const Script& script) {
        return BuildRun::random(request.copy.id).and_then([&](const BuildRun& run) {
            return run_unit(request, run, script);
        });
    });
}

} // namespace left4me
