#include "root/boot_link.hpp"

#include "host/places.hpp"
#include "host/unit_names.hpp"
#include "root/mount_namespace.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"

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
            return wants.make_link(server_unit(name), units_path("left4me-server@.service"))
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
