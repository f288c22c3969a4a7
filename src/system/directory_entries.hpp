#pragma once

#include "system/error.hpp"

#include <dirent.h>
#include <functional>
#include <string>

namespace left4me {

/// Calls visit for each entry of an open directory but '.' and '..', in no order; false
/// ends it. path is for messages.
Result<void> for_each_entry(int directory, const std::string& path,
                            const std::function<bool(const dirent&)>& visit);

} // namespace left4me
