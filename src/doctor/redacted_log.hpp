#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// A game's log as it may be shown to anybody: without the secrets, lines that may tell another
/// one (may_tell_a_secret), addresses of IPv4 and IPv6 but this host's own (127.…, 0.0.0.0, ::1),
/// and numbers of Steam's accounts. What only looks like one of them goes, too: a version of four
/// numbers, for one. In their place is what they were, in brackets.
std::string redacted_log(std::string_view log, const std::vector<std::string>& secrets);

} // namespace left4me
