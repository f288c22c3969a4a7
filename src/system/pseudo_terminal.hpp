#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace left4me {

/// Both ends of a terminal that echoes nothing: an answer must not come back as
/// output.
struct PseudoTerminal {
    FileDescriptor ours;
    FileDescriptor theirs;
};

Result<PseudoTerminal> make_pseudo_terminal();

/// Starts a program (the first word: an absolute path) as the leader of a session of its own
/// on the terminal, in a directory, behind all others in its turn, and without a way to new
/// privileges. It ends with this process. One that cannot be run ends with 126 or 127.
Result<pid_t> start_on_terminal(const FileDescriptor& terminal, const std::string& directory,
                                std::vector<std::string> command, std::vector<std::string> environment);

} // namespace left4me
