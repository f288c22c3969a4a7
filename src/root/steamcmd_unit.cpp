#include "root/steamcmd_unit.hpp"

#include "host/unit_names.hpp"
#include "model/steamcmd_run.hpp"
#include "root/output_stream.hpp"
#include "root/start_failure.hpp"
#include "system/caller_watch.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/passed_descriptor.hpp"
#include "system/pseudo_terminal.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace left4me {
namespace {

/// The first line. Byte by byte: what follows is the caller's end.
Result<SteamcmdRun> read_request()
{
    std::string line;
    char c = 0;
    while (c != '\n' && line.size() < max_steamcmd_run_size) {
        const auto got = read(STDIN_FILENO, &c, 1);
        if (got < 0 && errno != EINTR)
            return fail_errno("cannot read what steamcmd is to do", errno);
        if (auto going_on = check_interruption(); !going_on)
            return std::unexpected(going_on.error());
        if (got == 0)
            break;
        if (got > 0)
            line += c;
    }
    return parse_steamcmd_run(line);
}

/// What steamcmd speaks on, and what carries that where it is ours.
struct Speech {
    FileDescriptor terminal;
    std::optional<OutputStream> stream;
};

/// The caller's terminal, and nothing in its place: when steamcmd ends, it hangs up, which is
/// not the caller's end.
Result<Speech> take_terminal()
{
    Speech speech = {FileDescriptor(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)), {}};
    const FileDescriptor nothing(open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (!speech.terminal || !nothing || dup2(nothing.get(), STDOUT_FILENO) < 0)
        return fail_errno("cannot take the terminal", errno);
    return speech;
}

/// A terminal for a caller who has none, and types nothing: to a pipe steamcmd tells in
/// batches, minutes later (ValveSoftware/Source-1-Games#1807).
Result<Speech> make_terminal()
{
    return make_pseudo_terminal().and_then([](PseudoTerminal made) -> Result<Speech> {
        if (fcntl(made.ours.get(), F_SETFL, O_NONBLOCK) != 0)
            return fail_errno("cannot watch the terminal", errno);
        return Speech{std::move(made.theirs), OutputStream(std::move(made.ours), "steamcmd")};
    });
}

Result<Speech> find_terminal()
{
    if (isatty(STDOUT_FILENO) != 0)
        return take_terminal();
    struct stat status = {};
    if (fstat(STDOUT_FILENO, &status) == 0 && S_ISFIFO(status.st_mode))
        return make_terminal();
    return fail(ExitStatus::usage,
                "standard output is no terminal and no pipe for steamcmd to speak on");
}

/// Where the unit comes for its terminal. Locked for as long as the helper lives.
class Door {
public:
    static Result<Door> open()
    {
        FileDescriptor place(
            ::open(steamcmd_door_place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!place)
            return fail_errno(formatted("cannot open {}", quote(steamcmd_door_place)), errno);
        // One whose caller was killed is about to stop the unit.
        while (flock(place.get(), LOCK_EX) != 0) {
            if (errno != EINTR)
                return fail_errno(formatted("cannot lock {}", quote(steamcmd_door_place)), errno);
            if (auto going_on = check_interruption(); !going_on)
                return std::unexpected(going_on.error());
        }
        return listen(place).transform(
            [&](FileDescriptor socket) { return Door(std::move(place), std::move(socket)); });
    }

    Door(Door&&) noexcept = default;
    Door& operator=(Door&&) = delete;
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;
    ~Door()
    {
        if (place_)
            unlinkat(place_.get(), name, 0);
    }

    /// The unit has come by then: systemd connects it before it starts.
    Result<void> hand_over(const FileDescriptor& terminal, const SteamcmdRun& run)
    {
        const FileDescriptor unit(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!unit)
            return fail_errno("the unit of steamcmd did not come for its terminal", errno);
        socket_.close();
        return pass_descriptor(unit, terminal, format_steamcmd_run(run));
    }

private:
    static constexpr const char* name = "door";

    Door(FileDescriptor place, FileDescriptor socket)
        : place_(std::move(place)), socket_(std::move(socket))
    {
    }

    static Result<FileDescriptor> listen(const FileDescriptor& place)
    {
        if (unlinkat(place.get(), name, 0) != 0 && errno != ENOENT)
            return fail_errno("cannot remove the door of a run before", errno);
        FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        const auto path = formatted("/proc/self/fd/{}/{}", place.get(), name);
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as bind takes it
        const auto* any = reinterpret_cast<const sockaddr*>(&address);
        if (!socket || bind(socket.get(), any, sizeof address) != 0 || ::listen(socket.get(), 1) != 0)
            return fail_errno("cannot make the door of steamcmd's unit", errno);
        return socket;
    }

    FileDescriptor place_;
    FileDescriptor socket_;
};

Result<Caller> wait_for_steamcmd(Speech& speech, int bus, short events)
{
    if (speech.stream)
        return speech.stream->carry_until(bus, events);
    return interrupted() ? Caller::gone : wait_with_caller(bus, events, -1);
}

Result<int> run_steamcmd(Systemd& systemd, Door& door, Speech& speech, const SteamcmdRun& run)
{
    const std::string unit = steamcmd_unit;
    Result<void> handed;
    // Down before: a helper that was killed may have left it.
    auto ended =
        systemd.stop({unit}, JobPatience::own)
            .and_then([&] { return systemd.hold(unit); })
            .and_then([&] {
                return systemd.run_held(
                    unit,
                    [&] {
                        handed = door.hand_over(speech.terminal, run);
                        speech.terminal.close(); // or its other end would never end
                    },
                    [&](int bus, short events) { return wait_for_steamcmd(speech, bus, events); });
            })
            .transform_error([&](const Error& error) {
                return explain_failed_start(systemd, {unit, packet_rules_unit}, error);
            });
    // Nobody else stops it once the caller is gone.
    auto stopped = systemd.stop({unit}, JobPatience::own);
    if (!ended)
        return std::unexpected(ended.error());
    if (!handed)
        return std::unexpected(handed.error());
    if (stopped && speech.stream)
        if (auto carried = speech.stream->carry_until(-1, 0); !carried)
            return std::unexpected(carried.error());
    return stopped.transform([&] { return shell_status(*ended); });
}

} // namespace

Result<int> run_steamcmd_unit(Systemd systemd)
{
    if (geteuid() != 0)
        return fail(ExitStatus::not_permitted, "this needs root: run it with sudo");
    std::signal(SIGPIPE, SIG_IGN); // a caller that is gone still has a unit to stop
    catch_interruptions();
    return read_request().and_then([&](const SteamcmdRun& run) {
        return find_terminal().and_then([&](Speech speech) {
            return Door::open().and_then(
                [&](Door door) { return run_steamcmd(systemd, door, speech, run); });
        });
    });
}

} // namespace left4me
