#pragma once

#include "system/error.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace left4me {

/// Makes a tree of this user's usable for all of its programs, whatever a script
/// left there: files become readable for their owner, directories readable and
/// writable (u+r, u+rwx), FIFOs, sockets and devices are removed, each told by name.
/// Follows no link, enters no other file system, and goes to any depth. Nothing it
/// needs is withheld by RestrictSUIDSGID=, as openat2 is.
Result<void> mend_tree(const std::string& path, const std::function<void(const std::string&)>& remark);

} // namespace left4me
