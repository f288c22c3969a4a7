#pragma once

#include <cerrno>
#include <span>
#include <string>
#include <string_view>

/// What a taken-over game server would try, one function for each attempt.
namespace probe {

/// Returns 0 when it got what it wanted, else the errno that stood in its way.
struct Attempt {
    std::string_view id; ///< up to the colon of "ID:ARGUMENT"
    int (*run)(const std::string& argument);
};

std::span<const Attempt> call_attempts();    ///< system calls
std::span<const Attempt> file_attempts();    ///< files and devices
std::span<const Attempt> network_attempts(); ///< sockets of all kinds
std::span<const Attempt> process_attempts(); ///< processes, namespaces, IPC

/// 0 or the errno of what was just tried.
inline int outcome(long result)
{
    return result < 0 ? errno : 0;
}

/// One of several things that an attempt has found: a line of its own.
void print_entry(std::string_view id, const std::string& detail);

} // namespace probe
