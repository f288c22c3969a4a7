#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/report.hpp"
#include "system/tree_measurement.hpp"

#include <string>

namespace left4me {

/// Copies one file into another one, new and open for writing: its bytes, permissions
/// (its owner may always read and write it) and times. name is for messages.
Result<void> copy_file(const FileDescriptor& from, const FileDescriptor& to, const std::string& name);

/// Copies all that is in one directory into another; what has the name of a file or link
/// there is replaced: files (as a
/// reflink where the file system can, else their bytes with their holes), directories
/// and links, with permissions (no set-uid, set-gid or sticky bit) and times. Never a
/// hard link: who may write the copy could write the original. No link is followed.
/// bad_data, naming it, for a device, FIFO or socket;
/// cancelled on Ctrl-C.
Result<TreeSize> copy_tree(const Directory& from, const Directory& to, const Phase& phase);

} // namespace left4me
