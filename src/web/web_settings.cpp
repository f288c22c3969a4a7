#include "web/web_settings.hpp"

#include "system/format.hpp"
#include "system/key_value_lines.hpp"
#include "system/plain_text.hpp"

#include <algorithm>

namespace left4me::web {

Result<WebSettings> parse_web_settings(std::string_view file, std::string_view text)
{
    WebSettings settings;
    return for_each_key_value(
               file, text, LineRules::editable,
               [&](const KeyValue& setting) -> Result<void> {
                   const auto& [key, value, line] = setting;
                   if (key == "LEFT4ME_WEB_PROXY") {
                       if (value != "yes" && value != "no")
                           return fail_at_line(file, line, "LEFT4ME_WEB_PROXY is yes or no");
                       settings.proxy = value == "yes";
                   } else if (key == "LEFT4ME_WEB_SERVERS_OF_USER") {
                       constexpr std::int64_t most = 1000;
                       const auto number = parse_number<std::int64_t>(value);
                       if (!number || *number < 0 || *number > most)
                           return fail_at_line(file, line,
                                               formatted("LEFT4ME_WEB_SERVERS_OF_USER is a number "
                                                         "from 0 to {}",
                                                         most));
                       settings.servers_of_user = *number;
                   } else if (key != "SECRET_KEY") { // made at installation
                       settings.unknown.push_back(formatted("line {}: {}", line, quote(key)));
                   }
                   return {};
               })
        .transform([&] { return settings; });
}

std::vector<std::string> known_hosts(std::string_view web_host)
{
    std::vector<std::string> hosts = {"localhost", "127.0.0.1"};
    std::string name(web_host.substr(0, web_host.find(':')));
    std::ranges::transform(name, name.begin(), [](char byte) {
        return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
    });
    if (!name.empty())
        hosts.push_back(std::move(name));
    return hosts;
}

} // namespace left4me::web
