#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"

#include <functional>
#include <string_view>

namespace left4me {

/// Calls visit(target) for each symbolic link in a tree, however long the path to it,
/// following none. What is gone when its turn comes, or was put in the place of something
/// else, is passed over, and so is what this user may not read; any other failure is an
/// Error, so that nobody takes a part of the links for all of them. cancelled on Ctrl-C.
Result<void> for_each_link_in(const Directory& tree,
                              const std::function<void(std::string_view target)>& visit);

} // namespace left4me
