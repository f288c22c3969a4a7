#include "model/journal_cursor.hpp"

#include "model/name_grammar.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ranges>

namespace left4me {
namespace {

struct CursorField {
    char key;
    std::size_t min_digits;
    std::size_t max_digits;
};

constexpr std::array<CursorField, 6> cursor_fields = {{
    {'s', 32, 32}, // the journal file's sequence, and the number in it
    {'i', 1, 16},
    {'b', 32, 32}, // the boot, and the time since
    {'m', 1, 16},
    {'t', 1, 16}, // the time of day
    {'x', 1, 16}, // a digest of the entry
}};

bool is_field(std::string_view text, const CursorField& field)
{
    if (text.size() < 2 || text[0] != field.key || text[1] != '=')
        return false;
    const auto digits = text.substr(2);
    return digits.size() >= field.min_digits && digits.size() <= field.max_digits &&
           std::ranges::all_of(digits, is_hexadecimal);
}

} // namespace

Result<JournalCursor> JournalCursor::parse(std::string_view text)
{
    std::size_t count = 0;
    for (const auto part : std::views::split(text, ';')) {
        if (count == cursor_fields.size() || !is_field(std::string_view(part), cursor_fields.at(count)))
            return fail(ExitStatus::usage, formatted("{} is no cursor of the journal", quote(text)));
        ++count;
    }
    if (count != cursor_fields.size())
        return fail(ExitStatus::usage, formatted("{} is no cursor of the journal", quote(text)));
    return JournalCursor(text);
}

std::partial_ordering operator<=>(const JournalCursor& left, const JournalCursor& right)
{
    // "s=", 32 digits, ";i=", a number.
    constexpr std::size_t number_at = 37;
    const auto sequence = [](const JournalCursor& cursor) {
        return std::string_view(cursor.text_).substr(0, number_at);
    };
    const auto number = [](const JournalCursor& cursor) {
        const auto digits = std::string_view(cursor.text_).substr(number_at);
        return parse_number<std::uint64_t>(digits.substr(0, digits.find(';')), 16).value_or(0);
    };
    if (sequence(left) != sequence(right))
        return std::partial_ordering::unordered;
    return number(left) <=> number(right);
}

} // namespace left4me
