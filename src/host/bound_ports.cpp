#include "host/bound_ports.hpp"

#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sstream>
#include <string>
#include <unistd.h>

namespace left4me {

namespace {

/// The user of a bound port in one of these tables.
Result<std::optional<std::uint32_t>> find_user_of(GamePort port)
{
    constexpr std::size_t limit = 64 * 1024 * 1024; // some 150 bytes a socket
    // Not /proc/net, which is no more where ProcSubset=pid is.
    for (const auto* table :
         {"/proc/self/net/udp", "/proc/self/net/udp6", "/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
        const FileDescriptor file(open(table, O_RDONLY | O_CLOEXEC));
        if (!file && errno == ENOENT && std::string_view(table).ends_with('6'))
            continue; // a kernel without IPv6
        if (!file)
            return fail_errno(formatted("cannot open {}", table), errno);
        const auto text = read_stream(file, table, limit);
        if (!text)
            return std::unexpected(text.error());
        if (const auto user = user_of_port(*text, port.number()))
            return user;
    }
    return std::nullopt;
}

} // namespace

bool has_bound_port(std::string_view table, std::uint16_t port)
{
    return user_of_port(table, port).has_value();
}

std::optional<std::uint32_t> user_of_port(std::string_view table, std::uint16_t port)
{
    constexpr int hexadecimal = 16;
    std::istringstream lines{std::string(table)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string number;
        std::string local;
        std::string remote;
        std::string state;
        std::string queues;
        std::string timer;
        std::string retransmits;
        std::uint32_t user = 0;
        if (!(words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user))
            continue;
        // TCP_LISTEN; and TCP_CLOSE, which a UDP socket has that is bound and not connected.
        const bool bound = state == "0A" || state == "07";
        const auto colon = local.find(':');
        if (bound && colon != std::string::npos &&
            parse_number<std::uint16_t>(std::string_view(local).substr(colon + 1), hexadecimal) == port)
            return user;
    }
    return std::nullopt;
}

Result<bool> is_bound(GamePort port)
{
    return find_user_of(port).transform([](const auto& user) { return user.has_value(); });
}

Result<PortHolder> holder_of(GamePort port)
{
    return find_user_of(port).transform([](const auto& user) {
        if (!user)
            return PortHolder::nobody;
        return *user == geteuid() ? PortHolder::own_user : PortHolder::another;
    });
}

} // namespace left4me
