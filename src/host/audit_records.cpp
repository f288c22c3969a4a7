#include "host/audit_records.hpp"

#include "system/child_process.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <optional>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace left4me {
namespace {

using Clock = std::chrono::steady_clock;

/// A thousand records of a host whose other programs are killed all the time; more say no more.
constexpr std::size_t max_records = 10'000;

/// More than the longest record (MAX_AUDIT_MESSAGE_LENGTH of libaudit).
constexpr std::size_t max_record_size = 9000;

/// In strict mode any call but four ends the process, by SIGKILL, and is recorded.
[[noreturn]] void be_ended_by_a_filter()
{
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0);
    syscall(SYS_getppid);
    syscall(SYS_exit, 0); // strict mode knows no exit_group
    __builtin_unreachable();
}

Result<pid_t> end_a_child()
{
    const pid_t child = fork();
    if (child < 0)
        return fail_errno("cannot start a child", errno);
    if (child == 0)
        be_ended_by_a_filter();
    (void)wait_for_end(child);
    return child;
}

/// One record's text, if it is of the kind; none where nothing is there.
Result<std::optional<std::string>> receive(const FileDescriptor& socket)
{
    std::array<char, max_record_size> buffer = {};
    const auto size = recv(socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return std::nullopt;
    if (size < 0 && errno == ENOBUFS)
        return fail(ExitStatus::unavailable, "the kernel had more records than could be read");
    if (size < 0)
        return fail_errno("cannot read the kernel's records", errno);
    nlmsghdr header = {};
    if (static_cast<std::size_t>(size) < sizeof header)
        return std::string();
    std::memcpy(&header, buffer.data(), sizeof header);
    if (header.nlmsg_type != AUDIT_SECCOMP)
        return std::string();
    return std::string(buffer.data() + NLMSG_HDRLEN, static_cast<std::size_t>(size) - NLMSG_HDRLEN);
}

} // namespace

Result<AuditRecords> AuditRecords::open()
{
    FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT));
    if (!socket)
        return fail_errno("cannot ask the kernel for its records", errno);
    constexpr int buffer = 16 << 20; // bytes: for as long as nobody reads
    (void)setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
    sockaddr_nl address = {};
    address.nl_family = AF_NETLINK;
    address.nl_groups = 1U << (AUDIT_NLGRP_READLOG - 1);
    if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return fail_errno("cannot listen to the kernel's records", errno);
    return AuditRecords(std::move(socket));
}

Result<std::vector<std::string>> AuditRecords::take()
{
    constexpr std::chrono::seconds patience{2};
    const auto child = end_a_child();
    if (!child)
        return std::unexpected(child.error());
    const auto mark = formatted(" pid={} ", *child);
    const auto end = Clock::now() + patience;
    std::vector<std::string> records;
    while (true) {
        auto record = receive(socket_);
        if (!record)
            return std::unexpected(record.error());
        if (*record && (*record)->contains(mark))
            return records;
        if (*record) {
            if (!(*record)->empty() && records.size() < max_records)
                records.push_back(std::move(**record));
            continue;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        if (left.count() <= 0)
            return fail(ExitStatus::unavailable,
                        "the kernel's records do not reach this host: a container, or audit=0");
        pollfd watched = {socket_.get(), POLLIN, 0};
        (void)poll_or_interruption({&watched, 1}, static_cast<int>(left.count()));
        if (auto go_on = check_interruption(); !go_on)
            return std::unexpected(go_on.error());
    }
}

} // namespace left4me
