#include "model/watch_settings.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <cstdint>
#include <utility>

namespace left4me {

using std::chrono::seconds;

Result<WatchSettings::Query> parse_query(std::string_view text)
{
    using enum WatchSettings::Query;
    for (const auto query : {a2s, none})
        if (text == query_word(query))
            return query;
    return fail(ExitStatus::bad_data,
                formatted("{} is no way to ask a game: it is a2s, or none for one that answers no "
                          "queries",
                          quote(text)));
}

std::string_view query_word(WatchSettings::Query query)
{
    switch (query) {
    case WatchSettings::Query::a2s:
        return "a2s";
    case WatchSettings::Query::none:
        return "none";
    }
    std::unreachable();
}

Result<seconds> parse_hang_after(std::string_view text)
{
    const auto number = parse_number<std::uint16_t>(text);
    const bool canonical = text == "0" || !text.starts_with('0');
    if (!number || !canonical ||
        (*number != 0 && (seconds(*number) < min_hang_after || seconds(*number) > max_hang_after)))
        return fail(ExitStatus::bad_data,
                    formatted("{} is no time after which a game hangs: it is a number of seconds from "
                              "{} to {}, or 0 for never",
                              quote(text), min_hang_after.count(), max_hang_after.count()));
    return seconds(*number);
}

} // namespace left4me
