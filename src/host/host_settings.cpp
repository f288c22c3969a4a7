#include "host/host_settings.hpp"

#include "host/web_host.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/key_value_lines.hpp"
#include "system/plain_text.hpp"

#include <string>

namespace left4me {
namespace {

Result<void> take_program(std::string_view file, const KeyValue& setting, std::string& program)
{
    if (!setting.value.starts_with('/'))
        return fail_at_line(
            file, setting.line,
            formatted("{}: {} is not an absolute path", setting.key, quote(setting.value)));
    program = setting.value;
    return {};
}

Result<void> take_address(std::string_view file, const KeyValue& setting, std::string& address)
{
    auto value = setting.value;
    while (value.ends_with('/'))
        value.remove_suffix(1);
    const bool plausible = (value.starts_with("https://") || value.starts_with("http://")) &&
                           value.find_first_of(" \t\"'\\?#@") == std::string_view::npos;
    if (!plausible)
        return fail_at_line(
            file, setting.line,
            formatted("{}: {} is no address (https://HOST)", setting.key, quote(setting.value)));
    address = value;
    return {};
}

Result<void> take_count(std::string_view file, const KeyValue& setting, std::size_t& count)
{
    constexpr std::size_t max_count = 1000;
    const auto number = parse_number<std::size_t>(setting.value);
    if (!number || *number == 0 || *number > max_count)
        return fail_at_line(file, setting.line,
                            formatted("{}: {} is not a number from 1 to {}", setting.key,
                                      quote(setting.value), max_count));
    count = *number;
    return {};
}

} // namespace

Result<HostSettings> parse_host_settings(std::string_view file, std::string_view text)
{
    HostSettings settings{.ports = {*GamePort::parse("27000"), *GamePort::parse("27999")}};
    const auto take = [&](const KeyValue& setting) -> Result<void> {
        if (setting.key == "LEFT4ME_WORKSHOP_API")
            return take_address(file, setting, settings.workshop_api);
        if (setting.key == "LEFT4ME_STEAMCMD")
            return take_program(file, setting, settings.steamcmd);
        if (setting.key == web_host_key)
            return parse_web_host(file, setting).transform([](const std::string&) {});
        if (setting.key == "LEFT4ME_LAYER_HISTORY")
            return take_count(file, setting, settings.layer_history);
        GamePort* target = setting.key == "LEFT4ME_PORT_RANGE_START" ? &settings.ports.first
                           : setting.key == "LEFT4ME_PORT_RANGE_END" ? &settings.ports.last
                                                                     : nullptr;
        if (target == nullptr) {
            settings.unknown.push_back(formatted("line {}: {}", setting.line, quote(setting.key)));
            return {};
        }
        const auto port = GamePort::parse(setting.value);
        if (!port)
            return fail_at_line(file, setting.line,
                                formatted("{}: {}", setting.key, port.error().message));
        *target = *port;
        return {};
    };
    if (auto taken = for_each_key_value(file, text, LineRules::editable, take); !taken)
        return std::unexpected(taken.error());
    if (settings.ports.last < settings.ports.first)
        return fail(ExitStatus::bad_data,
                    formatted("{}: LEFT4ME_PORT_RANGE_START is above LEFT4ME_PORT_RANGE_END", file));
    return settings;
}

Result<HostSettings> load_host_settings(const std::string& path)
{
    const auto file = path + "/host.env";
    auto directory = Directory::open(path);
    if (!directory && directory.error().status == ExitStatus::not_found)
        return parse_host_settings(file, "");
    if (!directory)
        return std::unexpected(directory.error());
    auto text = directory->read_file("host.env", max_host_settings_size);
    if (!text && text.error().status == ExitStatus::not_found)
        return parse_host_settings(file, "");
    return text.and_then(
        [&](const std::string& contents) { return parse_host_settings(file, contents); });
}

} // namespace left4me
