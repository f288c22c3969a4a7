#pragma once

#include "system/exit_status.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace left4me {

/// Why something was not done: one line for people, and the status a program
/// ends with. An empty message means that somebody else has already said it
/// (a helper on the same stderr). With ExitStatus::ok the text is what was
/// asked for (--help, --version) and goes to stdout.
struct Error {
    ExitStatus status;
    std::string message;
};

template <class T = void>
using Result = std::expected<T, Error>;

/// An Error ready to be returned from any function that gives a Result.
std::unexpected<Error> fail(ExitStatus status, std::string message);

/// A failed system call: "ACT: REASON". The status follows from the errno, so
/// that a missing file is not_found and a full disk is io.
std::unexpected<Error> fail_errno(std::string_view act, int error_number);

/// 'text' as it may appear in a message: in single quotes, control characters
/// escaped, cut after 200 bytes.
std::string quote(std::string_view text);

/// The same without quotes and without a limit: \n, \t, else \xNN. UTF-8 stays
/// readable, but for C1 controls and characters that turn a line around.
std::string escaped(std::string_view text);

} // namespace left4me
