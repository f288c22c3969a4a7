#include "root/counted_input.hpp"

#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"

#include <cerrno>
#include <unistd.h>

namespace left4me {
namespace {

/// Fills buffer from standard input, or says why not.
Result<void> read_exactly(std::string_view what, char* buffer, std::size_t size)
{
    while (size > 0) {
        const auto got = read(STDIN_FILENO, buffer, size);
        if (got < 0 && errno == EINTR) {
            if (auto going_on = check_interruption(); !going_on)
                return going_on;
            continue;
        }
        if (got < 0)
            return fail_errno(formatted("cannot read {}", what), errno);
        if (got == 0)
            return fail(ExitStatus::bad_data,
                        formatted("standard input ended before {} was there as a whole", what));
        buffer += got;
        size -= static_cast<std::size_t>(got);
    }
    return {};
}

/// The first line. Byte by byte, for what follows is not this line's.
Result<std::size_t> read_length(std::string_view what, std::size_t limit)
{
    constexpr std::size_t max_digits = 8;
    std::string digits;
    char c = 0;
    while (digits.size() <= max_digits) {
        if (auto got = read_exactly(what, &c, 1); !got)
            return std::unexpected(got.error());
        if (c == '\n')
            break;
        digits += c;
    }
    const auto length = parse_number<std::size_t>(digits);
    if (!length || c != '\n')
        return fail(ExitStatus::usage,
                    formatted("{} is not the length of {} in bytes", quote(digits), what));
    if (*length == 0)
        return fail(ExitStatus::bad_data, formatted("{} is empty", what));
    if (*length > limit)
        return fail(ExitStatus::bad_data,
                    formatted("{} has {} bytes; {} are allowed", what, *length, limit));
    return *length;
}

} // namespace

Result<std::string> read_counted_input(std::string_view what, std::size_t limit)
{
    return read_length(what, limit).and_then([&](std::size_t length) -> Result<std::string> {
        std::string text(length, '\0');
        if (auto got = read_exactly(what, text.data(), length); !got)
            return std::unexpected(got.error());
        return text;
    });
}

} // namespace left4me
