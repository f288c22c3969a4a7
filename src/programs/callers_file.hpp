#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <functional>
#include <string>

namespace left4me {

/// Writes a file of the caller's, who may be root and write where user left4me may not: what act
/// writes, as user left4me and in a child, goes into a new file (0600) beside it, which takes its
/// name when it is whole and on the disk. "-" is standard output; a device or a pipe is written
/// as it is. Nothing is left of what failed.
Result<int> write_callers_file(const std::string& file,
                               const std::function<Result<int>(const FileDescriptor&)>& act);

} // namespace left4me
