#pragma once

#include <string>
#include <string_view>

namespace left4me::web {

/// An event of text/event-stream (HTML, 9.2.6). Each line of data becomes one of the event's, so
/// that nothing in it ends the event or begins a field; an id with an end of line is left out.
std::string event_text(std::string_view name, std::string_view data, std::string_view id);

} // namespace left4me::web
