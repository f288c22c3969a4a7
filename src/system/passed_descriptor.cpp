#include "system/passed_descriptor.hpp"

#include "system/format.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <vector>

namespace left4me {
namespace {

/// Room for more than one, so that more than one is noticed.
constexpr std::size_t control_size = CMSG_SPACE(4 * sizeof(int));

/// Takes what descriptors a message has, so that none is left open.
void take_descriptors(msghdr& message, std::vector<FileDescriptor>& descriptors)
{
    for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        const auto count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(header) + i * sizeof number, sizeof number);
            descriptors.emplace_back(number);
        }
    }
}

} // namespace

Result<void> pass_descriptor(const FileDescriptor& socket, const FileDescriptor& descriptor,
                             std::string_view text)
{
    std::string words(text);
    iovec part = {words.data(), words.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control = {};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int number = descriptor.get();
    std::memcpy(CMSG_DATA(header), &number, sizeof number);
    const auto sent = sendmsg(socket.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0)
        return fail_errno("cannot pass a descriptor", errno);
    if (static_cast<std::size_t>(sent) != words.size())
        return fail(ExitStatus::io, "cannot pass a descriptor: only a part of its words was taken");
    return {};
}

Result<PassedDescriptor> receive_descriptor(int socket, std::size_t limit)
{
    std::vector<FileDescriptor> descriptors;
    std::string text;
    std::array<char, 256> buffer = {};
    while (text.size() <= limit) {
        iovec part = {buffer.data(), buffer.size()};
        alignas(cmsghdr) std::array<char, control_size> control = {};
        msghdr message = {};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const auto got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno("cannot receive a descriptor", errno);
        take_descriptors(message, descriptors);
        if (got == 0)
            break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    if (text.empty() && descriptors.empty())
        return fail(ExitStatus::cancelled, "whoever was to pass a descriptor is gone");
    if (descriptors.size() != 1 || text.size() > limit)
        return fail(ExitStatus::bad_data,
                    formatted("{} descriptors with {} bytes came: it has to be one, with {} at most",
                              descriptors.size(), text.size(), limit));
    return PassedDescriptor{std::move(descriptors.front()), std::move(text)};
}

} // namespace left4me
