#include "root/boot_link.hpp"

#include "host/places.hpp"
#include "host/unit_names.hpp"
#include "root/mount_namespace.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace left4me {
namespace {

constexpr const char* unit_links = "/etc/systemd/system";
constexpr const char* target_wants = "multi-user.target.wants";

Result<Directory> open_wants()
{
    return enter_mount_namespace_of_init()
        .and_then([] { return Directory::open(unit_links); })
        .and_then([](const Directory& links) { return links.make_subdirectory(target_wants, 0755); });
}

/// A name costs nothing, and each link a start at every boot.
Result<void> require_room(const Directory& wants, const InstanceName& name)
{
    const auto present = wants.contains(server_unit(name));
    const auto names = wants.entries();
    if (!present || !names)
        return std::unexpected(!present ? present.error() : names.error());
    const auto links = static_cast<std::size_t>(std::ranges::count_if(
        *names, [](const auto& link) { return link.starts_with("left4me-server@"); }));
    if (*present || links < max_servers)
        return {};
    return fail(ExitStatus::busy,
                formatted("{} servers start at boot already, which is all that may: l4d2ctl stop ends "
                          "that of one",
                          links));
}

/// A failure names the unit.
auto failed(std::string_view act, const InstanceName& name)
{
    return [act, unit = server_unit(name)](Error error) {
        error.message = formatted("cannot {} {}: {}", act, unit, error.message);
        return error;
    };
}

} // namespace

Result<void> make_boot_link(const InstanceName& name)
{
    return open_wants()
        .and_then([&](const Directory& wants) {
            return require_room(wants, name)
                .and_then([&] {
                    return wants.make_link(server_unit(name), units_path("left4me-server@.service"));
                })
                .and_then([&] { return wants.sync(); });
        })
        .transform_error(failed("enable", name));
}

Result<void> remove_boot_link(const InstanceName& name)
{
    return open_wants()
        .and_then([&](const Directory& wants) {
            return wants.remove_file(server_unit(name)).and_then([&] { return wants.sync(); });
        })
        .transform_error(failed("disable", name));
}

} // namespace left4me
