#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"

#include <string>
#include <string_view>

namespace left4me {

// Directory::replace_file in two steps: the first needs the disk's space, and what was done
// between them need not be undone for want of it. What is prepared and not put is dropped, or
// overwritten by the next one.

Result<void> prepare_file(const Directory& directory, const std::string& name, std::string_view contents,
                          mode_t mode);
Result<void> put_prepared(const Directory& directory, const std::string& name);
void drop_prepared(const Directory& directory, const std::string& name);

} // namespace left4me
