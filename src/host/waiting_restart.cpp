#include "host/waiting_restart.hpp"

#include "system/format.hpp"
#include "system/key_value_lines.hpp"
#include "system/plain_text.hpp"

namespace left4me {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::size_t max_waiting_size = 1024; // bytes

std::int64_t count_of(sys_seconds time)
{
    return time.time_since_epoch().count();
}

Result<void> take(std::optional<sys_seconds>& place, std::string_view value)
{
    const auto number = parse_number<std::int64_t>(value);
    if (place || !number)
        return fail(ExitStatus::bad_data, "seconds since 1970 are expected, once");
    place = sys_seconds(seconds(*number));
    return {};
}

} // namespace

std::string format_waiting_restart(const WaitingRestart& waiting)
{
    auto text = formatted("REQUESTED={}\n", count_of(waiting.requested));
    if (waiting.latest)
        text += formatted("LATEST={}\n", count_of(*waiting.latest));
    return text;
}

Result<WaitingRestart> parse_waiting_restart(std::string_view file, std::string_view text)
{
    std::optional<sys_seconds> requested;
    std::optional<sys_seconds> latest;
    auto taken =
        for_each_key_value(file, text, LineRules::strict, [&](const KeyValue& line) -> Result<void> {
            if (line.key != "REQUESTED" && line.key != "LATEST")
                return fail_at_line(file, line.line, "there is no such key");
            return take(line.key == "LATEST" ? latest : requested, line.value)
                .or_else([&](const Error& error) -> Result<void> {
                    return fail_at_line(file, line.line, error.message);
                });
        });
    if (!taken)
        return std::unexpected(taken.error());
    if (!requested)
        return fail(ExitStatus::bad_data, formatted("{}: there is no REQUESTED", file));
    return WaitingRestart{.requested = *requested, .latest = latest};
}

Result<Directory> open_waiting(const Host& host)
{
    return Directory::open(host.state_path("waiting"));
}

Result<WaitingRestart> read_waiting_restart(const Directory& waiting, const InstanceName& name)
{
    return waiting.read_file(name.str(), max_waiting_size).and_then([&](const std::string& text) {
        return parse_waiting_restart(formatted("{}/{}", waiting.path(), name.str()), text);
    });
}

Result<void> write_waiting_restart(const Directory& waiting, const InstanceName& name,
                                   const WaitingRestart& restart)
{
    return waiting.replace_file(name.str(), format_waiting_restart(restart), 0640);
}

Result<bool> drop_waiting_restart(const Directory& waiting, const InstanceName& name)
{
    return waiting.contains(name.str()).and_then([&](bool there) {
        return waiting.remove_file(name.str()).transform([&] { return there; });
    });
}

Result<std::vector<InstanceName>> waiting_servers(const Directory& waiting)
{
    return waiting.entries().transform([](const std::vector<std::string>& entries) {
        std::vector<InstanceName> names;
        for (const auto& entry : entries)
            if (auto name = InstanceName::parse(entry))
                names.push_back(std::move(*name));
        return names;
    });
}

} // namespace left4me
