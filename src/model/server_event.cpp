#include "model/server_event.hpp"

#include "system/format.hpp"

#include <algorithm>
#include <cstddef>

namespace left4me {

std::string_view event_word(EventKind kind)
{
    return event_words.at(static_cast<std::size_t>(kind));
}

Result<EventKind> parse_event_kind(std::string_view word)
{
    const auto* found = std::ranges::find(event_words, word);
    if (found == event_words.end())
        return fail(ExitStatus::usage, formatted("{} is no kind of event", quote(word)));
    return static_cast<EventKind>(found - event_words.begin());
}

std::string event_unit(EventKind kind, const InstanceName& name)
{
    return formatted("left4me-event@{}:{}.service", event_word(kind), name.str());
}

InstanceName host_of_events()
{
    return InstanceName::parse("host").value();
}

} // namespace left4me
