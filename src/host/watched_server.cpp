#include "host/watched_server.hpp"

#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/key_value_lines.hpp"

#include <cerrno>
#include <optional>
#include <sys/stat.h>

namespace left4me {
namespace {

constexpr std::size_t max_watched_size = 1024; // bytes

Result<Directory> open_watched(const Host& host)
{
    return Directory::open(host.run() + "/watch");
}

struct Partial {
    std::optional<GamePort> port;
    std::optional<WatchSettings::Query> query;
    std::optional<std::chrono::seconds> hang_after;
};

/// Each key once, and no others.
Result<void> take(Partial& partial, const KeyValue& line)
{
    if (line.key == "PORT")
        return take_once(partial.port, GamePort::parse(line.value));
    if (line.key == "QUERY")
        return take_once(partial.query, parse_query(line.value));
    if (line.key == "HANG_AFTER")
        return take_once(partial.hang_after, parse_hang_after(line.value));
    return fail(ExitStatus::bad_data, "there is no such key");
}

} // namespace

std::string format_watched_server(const WatchedServer& server)
{
    return formatted("PORT={}\nQUERY={}\nHANG_AFTER={}\n", server.port.number(),
                     query_word(server.settings.query), server.settings.hang_after.count());
}

Result<WatchedServer> parse_watched_server(std::string_view file, std::string_view text)
{
    Partial partial;
    auto taken = for_each_key_value(file, text, LineRules::strict, [&](const KeyValue& line) {
        return take(partial, line).or_else([&](const Error& error) -> Result<void> {
            return fail_at_line(file, line.line, formatted("{}: {}", quote(line.key), error.message));
        });
    });
    if (!taken)
        return std::unexpected(taken.error());
    if (!partial.port || !partial.query || !partial.hang_after)
        return fail(ExitStatus::bad_data, formatted("{}: a key is missing", file));
    return WatchedServer{.port = *partial.port,
                         .settings = {.query = *partial.query, .hang_after = *partial.hang_after}};
}

Result<WatchedServer> read_watched_server(const Host& host, const InstanceName& name)
{
    return open_watched(host).and_then([&](const Directory& watched) {
        return watched.read_file(name.str(), max_watched_size).and_then([&](const std::string& text) {
            return parse_watched_server(formatted("{}/{}", watched.path(), name.str()), text);
        });
    });
}

Result<std::chrono::sys_seconds> mount_time_of(const Host& host, const InstanceName& name)
{
    return open_watched(host)
        .and_then([&](const Directory& watched) { return watched.open_file(name.str()); })
        .and_then([](const FileDescriptor& file) -> Result<std::chrono::sys_seconds> {
            struct stat status = {};
            if (fstat(file.get(), &status) != 0)
                return fail_errno("cannot tell when a server was mounted", errno);
            return std::chrono::sys_seconds(std::chrono::seconds(status.st_mtim.tv_sec));
        });
}

Result<void> write_watched_server(const Host& host, const InstanceName& name,
                                  const WatchedServer& server)
{
    // Its group is the directory's: user left4me's.
    return open_watched(host).and_then([&](const Directory& watched) {
        return watched.replace_file(name.str(), format_watched_server(server), 0640);
    });
}

Result<void> remove_watched_server(const Host& host, const InstanceName& name)
{
    const auto watched = open_watched(host);
    if (!watched && watched.error().status == ExitStatus::not_found)
        return {}; // an upgrade is under way
    return watched.and_then([&](const Directory& all) { return all.remove_file(name.str()); });
}

} // namespace left4me
