#include "root/steamcmd_unit.hpp"

#include "host/unit_names.hpp"
#include "model/steamcmd_run.hpp"
#include "root/start_failure.hpp"
#include "system/caller_watch.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/passed_descriptor.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
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

/// The caller's terminal, and nothing in its place: when steamcmd ends, it hangs up, which is
/// not the caller's end.
Result<FileDescriptor> take_terminal()
{
    if (isatty(STDOUT_FILENO) == 0)
        return fail(ExitStatus::usage, "standard output is no terminal for steamcmd to speak on");
    FileDescriptor terminal(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    const FileDescriptor nothing(open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (!terminal || !nothing || dup2(nothing.get(), STDOUT_FILENO) < 0)
        return fail_errno("cannot take the terminal", errno);
    return terminal;
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

Result<int> run_steamcmd(Systemd& systemd, Door& door, const FileDescriptor& terminal,
                         const SteamcmdRun& run)
{
    const std::string unit = steamcmd_unit;
    Result<void> handed;
    // Down before: a helper that was killed may have left it.
    auto ended = systemd.stop({unit}, JobPatience::own)
                     .and_then([&] { return systemd.hold(unit); })
                     .and_then([&] {
                         return systemd.run_held(
                             unit, [&] { handed = door.hand_over(terminal, run); },
                             [](int bus, short events) -> Result<Caller> {
                                 if (interrupted())
                                     return Caller::gone;
                                 return wait_with_caller(bus, events, -1);
                             });
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
    return stopped.transform([&] { return shell_status(*ended); });
}

} // namespace

Result<int> run_steamcmd_unit(Systemd systemd)
{
    if (geteuid() != 0)
        return fail(ExitStatus::not_permitted, "this needs root: run it with sudo");
    catch_interruptions();
    return read_request().and_then([&](const SteamcmdRun& run) {
        return take_terminal().and_then([&](const FileDescriptor& terminal) {
            return Door::open().and_then(
                [&](Door door) { return run_steamcmd(systemd, door, terminal, run); });
        });
    });
}

} // namespace left4me
