#include "host/web_host.hpp"

#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>

namespace left4me {

Result<std::string> parse_web_host(std::string_view file, const KeyValue& setting)
{
    const std::string_view value = setting.value;
    const auto colon = std::min(value.find(':'), value.size());
    const auto name = value.substr(0, colon);
    const auto port = parse_number<std::uint16_t>(value.substr(std::min(colon + 1, value.size())));
    const bool plausible =
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos &&
        (value.empty() || !name.empty()) && (colon == value.size() || (port && *port != 0));
    if (!plausible)
        return fail_at_line(
            file, setting.line,
            formatted("{}: {} is no name of a host, in small letters (HOST or HOST:PORT)", setting.key,
                      quote(value)));
    return std::string(value);
}

Result<std::string> web_host(const Host& host)
{
    const std::filesystem::path file = host.settings_file();
    const auto text = Directory::open(file.parent_path()).and_then([&](const Directory& directory) {
        return directory.read_file(file.filename().string(), max_host_settings_size);
    });
    if (!text && text.error().status == ExitStatus::not_found)
        return "";
    if (!text)
        return std::unexpected(text.error());
    std::string name;
    const auto take = [&](const KeyValue& setting) -> Result<void> {
        if (setting.key != web_host_key)
            return {};
        return parse_web_host(file.string(), setting).transform([&](std::string value) {
            name = std::move(value);
        });
    };
    return for_each_key_value(file.string(), *text, LineRules::editable, take).transform([&] {
        return name;
    });
}

} // namespace left4me
