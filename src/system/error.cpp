#include "system/error.hpp"

#include "system/format.hpp"
#include "system/utf8.hpp"

#include <cerrno>
#include <cstddef>
#include <system_error>

namespace left4me {
namespace {

ExitStatus status_of(int error_number)
{
    switch (error_number) {
    case ENOENT:
        return ExitStatus::not_found;
    case EACCES:
    case EPERM:
        return ExitStatus::not_permitted;
    case EBUSY:
    case EAGAIN:
        return ExitStatus::busy;
    // What a hostile tree gives to a careful open: links, FIFOs, files in
    // place of directories, a way out.
    case ELOOP:
    case ENOTDIR:
    case EISDIR:
    case EXDEV:
    case ENXIO:
    case ENAMETOOLONG:
        return ExitStatus::bad_data;
    default:
        return ExitStatus::io;
    }
}

/// Length of the UTF-8 sequence at the start of text, or 0 where there is none
/// that may be shown. C1 controls are none.
std::size_t printable_sequence(std::string_view text)
{
    const auto character = first_character(text);
    if (!character || character->code < 0xa0)
        return 0;
    // Line separators and the marks that reverse a line's direction can make a
    // terminal show something else than what is there.
    const auto code = character->code;
    const bool layout = code == 0x2028 || code == 0x2029 || (code >= 0x202a && code <= 0x202e) ||
                        (code >= 0x2066 && code <= 0x2069);
    return layout ? 0 : character->length;
}

} // namespace

std::unexpected<Error> fail(ExitStatus status, std::string message)
{
    return std::unexpected(Error{status, std::move(message)});
}

std::unexpected<Error> fail_errno(std::string_view act, int error_number)
{
    return fail(status_of(error_number),
                formatted("{}: {}", act, std::generic_category().message(error_number)));
}

std::string escaped(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == '\n')
            out += "\\n";
        else if (byte == '\t')
            out += "\\t";
        else if (byte >= 0x20 && byte < 0x7f)
            out += text[i];
        else if (const auto length = byte < 0x80 ? 0 : printable_sequence(text.substr(i))) {
            out += text.substr(i, length);
            i += length - 1;
        } else
            out += formatted("\\x{:02x}", byte);
    }
    return out;
}

std::string quote(std::string_view text)
{
    constexpr std::size_t limit = 200;
    return "'" + escaped(text.substr(0, limit)) + (text.size() > limit ? "…'" : "'");
}

} // namespace left4me
