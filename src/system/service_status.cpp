#include "system/service_status.hpp"

#include "system/file_descriptor.hpp"

#include <cstddef>
#include <cstdlib>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>

namespace left4me {

void set_service_status(std::string_view text)
{
    const char* path = std::getenv("NOTIFY_SOCKET"); // NOLINT(concurrency-mt-unsafe): one thread
    const std::string_view name = path == nullptr ? "" : path;
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (name.size() < 2 || name.size() >= sizeof address.sun_path)
        return;
    name.copy(&address.sun_path[0], name.size());
    if (name.starts_with('@')) // an abstract one
        address.sun_path[0] = '\0';
    else if (!name.starts_with('/'))
        return; // of a virtual machine: it has no unit here
    const FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto message = "STATUS=" + std::string(text);
    // Nobody can be told that it failed: the line is on standard error as well.
    (void)sendto(socket.get(), message.data(), message.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), // NOLINT: as the call has it
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size()));
}

} // namespace left4me
