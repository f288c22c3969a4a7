#pragma once

#include "system/error.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace left4me {

/// One "KEY=value" of a settings file; the value goes to the end of the line,
/// taken literally. line counts from 1.
struct KeyValue {
    std::string_view key;
    std::string_view value;
    std::size_t line;
};

/// strict: every line is a setting and ends with a newline (files that left4me
/// writes). editable: blank lines, lines that begin with '#' and a last line
/// without its newline are fine too (files that people write).
enum class LineRules { strict, editable };

/// Calls take for each setting in text, in order, and ends at its first error.
/// bad_data, naming file and line, for a line without '=' or with a NUL.
Result<void> for_each_key_value(std::string_view file, std::string_view text, LineRules rules,
                                const std::function<Result<void>(const KeyValue&)>& take);

/// Keeps the value of a key that may be there once: bad_data for a second one.
template <class Value>
Result<void> take_once(std::optional<Value>& place, Result<Value> value)
{
    if (place)
        return fail(ExitStatus::bad_data, "it is given twice");
    return value.transform([&](Value taken) { place = std::move(taken); });
}

/// An Error for one line of a file: "FILE:LINE: MESSAGE".
std::unexpected<Error> fail_at_line(std::string_view file, std::size_t line, std::string_view message);

} // namespace left4me
