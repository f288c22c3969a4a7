#include "system/error.hpp"

#include "system/format.hpp"

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

std::string quote(std::string_view text)
{
    constexpr std::size_t limit = 200;
    return "'" + escaped(text.substr(0, limit)) + (text.size() > limit ? "…'" : "'");
}

} // namespace left4me
