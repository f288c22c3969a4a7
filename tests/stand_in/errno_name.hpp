#pragma once

#include <cstring>
#include <string>

namespace stand_in {

/// "EACCES" for EACCES: what a test compares with, the same in every language.
inline std::string errno_name(int error_number)
{
    const char* name = strerrorname_np(error_number);
    return name != nullptr ? name : std::to_string(error_number);
}

} // namespace stand_in
