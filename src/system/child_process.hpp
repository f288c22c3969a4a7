#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace left4me {

/// Both ends are closed by exec.
struct Pipe {
    FileDescriptor read_end;
    FileDescriptor write_end;
};

Result<Pipe> make_pipe();

/// Starts program (looked up nowhere: a path) with all signals unblocked. That it
/// could not be run is an Error here, not a status of the child. name is for the
/// message. Its standard output and errors go to output.
Result<pid_t> start_child(const std::string& program, std::string_view name,
                          std::vector<std::string> command, std::vector<std::string> environment,
                          const FileDescriptor& output);

/// The same; they go to where this process' own go.
Result<pid_t> start_child(const std::string& program, std::string_view name,
                          std::vector<std::string> command, std::vector<std::string> environment);

/// Which descriptor becomes which standard one.
struct Replaced {
    int descriptor;
    int standard;
};

/// The session of a new process: one of its own has no terminal, whose keys and signals it would
/// get, or whose settings it could change.
enum class Session { callers, own };

/// Starts a command (an absolute path first) with some of its standard descriptors replaced, an
/// environment of nothing but a language, and ended by SIGPIPE, which services ignore.
Result<pid_t> spawn(std::vector<std::string> command, const std::vector<Replaced>& replaced,
                    Session session = Session::callers);

/// As execve() takes words, with the null pointer behind them: for as long as the words stay.
std::vector<char*> pointers_to(std::vector<std::string>& words);

/// Does something in a child, a copy of this process, and waits: what it gives is passed on. On
/// Ctrl-C it is told to end, and waited for; the Error is cancelled.
Result<int> in_child(const std::function<Result<int>()>& act);

/// To poll: readable once the child has ended.
Result<FileDescriptor> watch_child(pid_t child);

/// Waits for the child's end, whatever signals come: its status, as shell_status() has it.
int wait_for_end(pid_t child);

/// Reaps what has ended, without waiting; the status of child (as shell_status() has it), once
/// it is among them.
std::optional<int> reap(pid_t child);

/// As a shell has it: the exit status, or 128+N for a signal N.
int shell_status(int wait_status);

} // namespace left4me
