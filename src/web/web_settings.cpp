#include "web/web_settings.hpp"

#include "system/format.hpp"
#include "system/key_value_lines.hpp"

#include <algorithm>

namespace left4me::web {
namespace {

/// A name as browsers send it (Host): in lower case, without a port.
bool is_host_name(std::string_view text)
{
    return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
               byte == '.';
    });
}

} // namespace

Result<WebSettings> parse_web_settings(std::string_view file, std::string_view text)
{
    WebSettings settings;
    return for_each_key_value(
               file, text, LineRules::editable,
               [&](const KeyValue& setting) -> Result<void> {
                   const auto& [key, value, line] = setting;
                   if (key == "LEFT4ME_WEB_HOST") {
                       if (!is_host_name(value))
                           return fail_at_line(file, line,
                                               formatted("{} is no name of a host: small letters, "
                                                         "digits, '-' and '.', and no port",
                                                         quote(value)));
                       settings.hosts.emplace_back(value);
                   } else if (key == "LEFT4ME_WEB_PROXY") {
                       if (value != "yes" && value != "no")
                           return fail_at_line(file, line, "LEFT4ME_WEB_PROXY is yes or no");
                       settings.proxy = value == "yes";
                   } else if (key != "SECRET_KEY") { // made at installation
                       settings.unknown.push_back(formatted("line {}: {}", line, quote(key)));
                   }
                   return {};
               })
        .transform([&] { return settings; });
}

} // namespace left4me::web
