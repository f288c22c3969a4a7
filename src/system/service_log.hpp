#pragma once

#include <string_view>

namespace left4me {

/// A line in the journal of the service that this program is. What strangers wrote in it is escaped.
void log_line(std::string_view text);

} // namespace left4me
