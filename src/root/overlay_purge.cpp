#include "root/overlay_purge.hpp"

#include "host/helper_call.hpp"
#include "host/hung_restarts.hpp"
#include "host/mount_record.hpp"
#include "host/places.hpp"
#include "host/unit_names.hpp"
#include "host/upper_quota.hpp"
#include "root/runtime_directories.hpp"
#include "system/format.hpp"

#include <array>
#include <ranges>
#include <string>

namespace left4me {
namespace {

/// The active state of each unit, in their order. By systemctl: this helper mounts, too, and
/// libsystemd takes a third of that time to load.
Result<std::vector<std::string>> states_of(const std::array<std::string, 2>& units)
{
    constexpr std::size_t max_answer = 4096;
    return output_of({"/usr/bin/systemctl", "show", "--property=ActiveState", "--value", "--",
                      units.front(), units.back()},
                     max_answer)
        .transform_error([](const Error& error) {
            return Error{ExitStatus::unavailable,
                         formatted("cannot ask systemd for units: {}", error.message)};
        })
        .transform([](const std::string& answer) {
            std::vector<std::string> states;
            for (const auto line : std::views::split(answer, '\n'))
                if (!line.empty())
                    states.emplace_back(std::string_view(line));
            return states;
        });
}

Result<void> require_units_down(const InstanceName& name)
{
    const std::array units = {server_unit(name), overlay_unit(name)};
    return states_of(units).and_then([&](const std::vector<std::string>& states) -> Result<void> {
        if (states.size() != units.size())
            return fail(ExitStatus::unavailable, "cannot tell which units are down");
        for (std::size_t i = 0; i < units.size(); ++i)
            if (states[i] != "inactive" && states[i] != "failed")
                return fail(ExitStatus::busy,
                            formatted("{} is {}: stop the server first", units.at(i), states[i]));
        return {};
    });
}

} // namespace

Result<void> purge_overlay(const Host& host, const InstanceName& name)
{
    if (auto down = require_units_down(name); !down)
        return down;
    const auto found = find_runtime(host, name);
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return {};
    const auto& [state, runtime, mounted] = **found;
    if (mounted)
        return fail(ExitStatus::busy,
                    formatted("{} is mounted: stop the server first", quote(host.merged_path(name))));
    return forget_upper_limit(runtime)
        .and_then([&] { return state.subdirectory("runtime"); })
        .and_then([&](const Directory& all) { return all.remove_tree(name.str()); })
        // Of a mount whose end nobody saw. What may keep it has another upper directory than
        // the next one now.
        .and_then([&] { return open_mount_records(host); })
        .and_then([&](const Directory& records) { return records.remove_file(mount_record_name(name)); })
        .and_then([&] { return open_hung(host); })
        .and_then([&](const Directory& hung) { return remove_hung_restarts(hung, name); });
}

} // namespace left4me
