#pragma once

#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <string>

namespace left4me {

// A server's own tree, runtime/NAME/upper, and how all of it is replaced. runtime/NAME is root's,
// so the new tree is made within the old one, which also counts it to the server's quota.

/// Beneath the state directory.
std::string upper_path(const InstanceName& name);

/// An empty directory in upper, to make the new tree in. What is left of another one is gone.
Result<Directory> begin_replacement(const Directory& upper);

/// The new tree takes the old one's place, once it is on the disk: the one rename in this decides,
/// and what is cut off behind it is finished by finish_replacement.
Result<void> put_replacement(const Directory& upper);

void drop_replacement(const Directory& upper);

/// Finishes what was decided, and removes what was not. For whoever holds the server's lock, while
/// nothing is mounted. (Whatever a server itself puts there changes its own tree alone.)
Result<void> finish_replacement(const Directory& upper);

} // namespace left4me
