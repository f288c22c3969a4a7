#pragma once

#include "system/error.hpp"

#include <chrono>
#include <string_view>

namespace left4me {

/// What an operator says of a game's answers: keys of a spec, and of instance.conf where they
/// are not the default.
struct WatchSettings {
    enum class Query {
        a2s,  ///< it answers Valve's queries on its port
        none, ///< nobody asks it anything: that it has its port is all that can be known
    };

    Query query = Query::a2s;

    /// How long a game that has answered may be silent before it counts as hung; 0: for ever.
    std::chrono::seconds hang_after{90};

    bool operator==(const WatchSettings&) const = default;
};

// hang_after: shorter than a map change takes, and every change would be a hang; longer than an
// hour, and nobody would be left who waits.
constexpr std::chrono::seconds min_hang_after{10};
constexpr std::chrono::seconds max_hang_after{3600};

/// bad_data for anything but the words of query_word.
Result<WatchSettings::Query> parse_query(std::string_view text);

/// "a2s" or "none".
std::string_view query_word(WatchSettings::Query query);

/// Seconds: bad_data for anything but 0 and decimal digits in the range.
Result<std::chrono::seconds> parse_hang_after(std::string_view text);

} // namespace left4me
