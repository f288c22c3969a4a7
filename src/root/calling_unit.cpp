#include "root/calling_unit.hpp"

#include "system/format.hpp"

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <poll.h>
#include <sys/socket.h>
#include <systemd/sd-login.h>

namespace left4me {
namespace {

std::unexpected<Error> unknown_caller(std::string why)
{
    return fail(ExitStatus::not_permitted, std::move(why));
}

template <class Value>
bool read_option(int socket, int option, Value& value)
{
    socklen_t size = sizeof value;
    return getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 && size == sizeof value;
}

Result<std::string> unit_of(const FileDescriptor& process)
{
    char* text = nullptr;
    const int result = sd_pidfd_get_unit(process.get(), &text);
    const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
    if (result < 0)
        return unknown_caller("the calling process is gone, or belongs to no unit");
    return std::string(text);
}

bool lives(const FileDescriptor& process)
{
    pollfd watched = {process.get(), POLLIN, 0};
    return poll(&watched, 1, 0) == 0;
}

} // namespace

Result<CallingUnit> find_calling_unit(int socket, uid_t user, Systemd& systemd)
{
    ucred peer = {};
    int number = -1;
    if (!read_option(socket, SO_PEERCRED, peer) || peer.pid <= 0)
        return unknown_caller("standard input is no socket that a process has connected");
    if (peer.uid != user)
        return unknown_caller(formatted("process {} is of another user ({})", peer.pid, peer.uid));
    if (!read_option(socket, SO_PEERPIDFD, number))
        return unknown_caller(formatted("process {} is gone", peer.pid));
    CallingUnit caller = {FileDescriptor(number), {}};
    auto unit = unit_of(caller.process);
    if (!unit)
        return std::unexpected(unit.error());
    const auto main_process = systemd.main_process(*unit);
    if (!main_process)
        return std::unexpected(main_process.error());
    // What ended before the unit was asked for its main process may have left its number to that.
    if (*main_process != static_cast<std::uint32_t>(peer.pid) || !lives(caller.process))
        return unknown_caller(formatted("process {} is not the main process of {}", peer.pid, *unit));
    caller.unit = std::move(*unit);
    return caller;
}

} // namespace left4me
