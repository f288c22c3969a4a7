#pragma once

#include "model/build_run.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// Runs one of the package's helpers as root, its output on this process's stdout and stderr.
/// What the helper said and its status are passed on (an Error without a message). On Ctrl-C the
/// helper is let go of, waited for, and the Error is cancelled.
Result<void> call_helper(const std::string& helper, const std::vector<std::string>& arguments);

/// What becomes of a part of a helper's output before it is ours.
using OutputChange = std::function<std::string(std::string_view part)>;

/// The same, with its output changed on the way. io where ours cannot be written.
Result<void> call_helper(const std::string& helper, const std::vector<std::string>& arguments,
                         OutputChange change);

/// Runs a script by left4me-script-sandbox in the same way: its output on this
/// process's stdout, its status (128+N for a signal N; 125 for a failure of the helper,
/// which has said why; 1 where sudo refuses, which says so, too). On Ctrl-C the script is
/// ended, and the Error is cancelled.
Result<int> call_script_sandbox(const WorkCopy& copy, BuildAbi abi, std::string_view script);

/// Goes on as another of the package's programs, as this user and with an environment
/// of nothing but a language. Returns only if that fails.
Result<int> become_program(const std::string& program, const std::vector<std::string>& arguments);

/// Runs another of the package's programs as this user, with input as its standard
/// input, and waits. What it said and its status are passed on (an Error without a
/// message). On Ctrl-C it is ended, and the Error is cancelled.
Result<void> call_program(const std::string& program, const std::vector<std::string>& arguments,
                          const FileDescriptor& input);

/// Standard output of an ordinary program, run as this user; at most limit
/// bytes. An Error if it does not end with status 0.
Result<std::string> output_of(const std::vector<std::string>& command, std::size_t limit);

} // namespace left4me
