#include "web/event_text.hpp"

namespace left4me::web {

std::string event_text(std::string_view name, std::string_view data, std::string_view id)
{
    std::string text = "event: " + std::string(name) + '\n';
    if (!id.empty() && id.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos)
        text += "id: " + std::string(id) + '\n';
    while (true) {
        // Either of the two ends a line there.
        const auto end = data.find_first_of("\r\n");
        text += "data: " + std::string(data.substr(0, end)) + '\n';
        if (end == std::string_view::npos)
            break;
        data.remove_prefix(end + 1);
    }
    return text + '\n';
}

} // namespace left4me::web
