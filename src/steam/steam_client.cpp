#include "steam/steam_client.hpp"

#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {
namespace {

/// Where steamcmd put the client library that servers load; none: not to be found.
std::optional<std::string> find_steam_client(const std::string& program, const std::string& home_path,
                                             std::string_view bits)
{
    namespace fs = std::filesystem;
    std::error_code problem;
    const auto beside = fs::canonical(program, problem).parent_path();
    const fs::path home = home_path;
    for (const auto& folder : {beside, home / ".steam/steamcmd", home / ".local/share/Steam/steamcmd",
                               home / "Steam/steamcmd", home / "Steam"}) {
        const auto file = folder / formatted("linux{}", bits) / "steamclient.so";
        if (fs::is_regular_file(file, problem))
            return file.string();
    }
    return std::nullopt;
}

/// Servers see the home with .steam, but nothing of steamcmd's own, where its login
/// is. So this is a copy and no link.
Result<void> copy_steam_client(const Host& host, const std::string& file, const std::string& folder)
{
    constexpr std::size_t limit = 512 * 1024 * 1024;
    constexpr mode_t readable = 0755;
    const FileDescriptor source(open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source)
        return fail_errno(formatted("cannot open {}", quote(file)), errno);
    const auto library = read_regular(source, quote(file), limit);
    if (!library)
        return std::unexpected(library.error());
    auto target = Directory::open(host.steam_home()).and_then([&](const Directory& home) {
        return home.make_path(formatted(".steam/{}", folder), readable);
    });
    if (!target)
        return std::unexpected(target.error());
    if (const auto present = target->read_file("steamclient.so", limit); present && *present == *library)
        return {};
    return target->replace_file("steamclient.so", *library, 0644);
}

} // namespace

void place_steam_clients(const Host& host, const std::string& program, Report& report)
{
    for (const auto* bits : {"32", "64"}) {
        const auto file = find_steam_client(program, host.steamcmd_home(), bits);
        if (!file && std::string_view(bits) == "32")
            report.step("found no linux32/steamclient.so of steamcmd's: servers would be LAN-only "
                        "(see l4d2ctl doctor)");
        if (!file)
            continue;
        if (auto placed = copy_steam_client(host, *file, formatted("sdk{}", bits)); !placed)
            report.step(
                formatted("cannot give servers Steam's client library: {}", placed.error().message));
    }
}

} // namespace left4me
