#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <sys/types.h>

namespace left4me {

/// Whether two files, each of that size, have the same bytes. cancelled on Ctrl-C.
Result<bool> same_bytes(const FileDescriptor& one, const FileDescriptor& other, off_t size);

/// Whether two trees have the same entries: names, kinds, permissions, where links lead,
/// and what is in files; not their times. No link is followed. cancelled on Ctrl-C.
Result<bool> same_tree(const Directory& one, const Directory& other);

} // namespace left4me
