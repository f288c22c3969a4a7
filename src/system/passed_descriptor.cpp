#include "system/passed_descriptor.hpp"

#include "system/format.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <vector>

namespace left4me {
namespace {

/// As many as a message of ours may have, or somewhat more, which is noticed.
constexpr std::size_t max_descriptors = 8;
constexpr std::size_t control_size = CMSG_SPACE(max_descriptors * sizeof(int));

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

/// What one call of recvmsg() gives.
struct Part {
    std::size_t size;
    bool whole; ///< neither bytes nor descriptors were thrown away
};

Result<Part> receive_part(int socket, std::span<char> buffer, std::vector<FileDescriptor>& descriptors)
{
    iovec part = {buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<char, control_size> control = {};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t got = -1;
    do
        got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return fail_errno("cannot receive a message", errno);
    take_descriptors(message, descriptors);
    return Part{static_cast<std::size_t>(got), (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0};
}

} // namespace

Result<void> pass_message(const FileDescriptor& socket, std::string_view text,
                          std::span<const int> descriptors)
{
    if (descriptors.size() > max_descriptors)
        return fail(ExitStatus::internal, "those are too many descriptors for a message");
    std::string words(text);
    iovec part = {words.data(), words.size()};
    alignas(cmsghdr) std::array<char, control_size> control = {};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        auto* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
    }
    const auto sent = sendmsg(socket.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0)
        return fail_errno("cannot send a message", errno);
    if (static_cast<std::size_t>(sent) != words.size())
        return fail(ExitStatus::io, "cannot send a message: only a part of its words was taken");
    return {};
}

Result<PassedMessage> receive_message(int socket, std::size_t limit)
{
    PassedMessage message;
    message.text.resize(limit);
    const auto part = receive_part(socket, message.text, message.descriptors);
    if (!part)
        return std::unexpected(part.error());
    if (!part->whole)
        return fail(ExitStatus::bad_data,
                    formatted("a message came with more than {} bytes, or more descriptors than {}",
                              limit, max_descriptors));
    message.text.resize(part->size);
    return message;
}

Result<void> pass_descriptor(const FileDescriptor& socket, const FileDescriptor& descriptor,
                             std::string_view text)
{
    const int number = descriptor.get();
    return pass_message(socket, text, {&number, 1});
}

Result<PassedDescriptor> receive_descriptor(int socket, std::size_t limit)
{
    std::vector<FileDescriptor> descriptors;
    std::string text;
    std::array<char, 256> buffer = {};
    while (text.size() <= limit) {
        const auto part = receive_part(socket, buffer, descriptors);
        if (!part)
            return std::unexpected(part.error());
        if (part->size == 0)
            break;
        text.append(buffer.data(), part->size);
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
