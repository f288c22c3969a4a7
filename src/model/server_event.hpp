#pragma once

#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace left4me {

/// What operators may want to be told of at once: see /etc/left4me/events.d.
enum class EventKind : std::uint8_t {
    crashed,  ///< the game ended by itself, and is started again
    hung,     ///< it no longer answered, and is restarted
    given_up, ///< it ends again and again: it is tried every five minutes alone
    disk_low, ///< of the host's state
};

inline constexpr std::array event_words = {std::string_view("crashed"), std::string_view("hung"),
                                           std::string_view("given-up"), std::string_view("disk-low")};

std::string_view event_word(EventKind kind);

/// usage for a word that is none of event_words.
Result<EventKind> parse_event_kind(std::string_view word);

/// left4me-event@KIND:NAME.service, which runs the scripts for it.
std::string event_unit(EventKind kind, const InstanceName& name);

/// In the place of a server's name, of what is the whole host's.
InstanceName host_of_events();

} // namespace left4me
