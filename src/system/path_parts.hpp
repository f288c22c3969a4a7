#pragma once

#include <string>
#include <string_view>

namespace left4me {

/// "c" of "a/b/c", and of "c".
inline std::string last_part(std::string_view path)
{
    return std::string(path.substr(path.rfind('/') + 1)); // none: npos + 1 is 0
}

/// "a/b" of "a/b/c"; of "c" what stands for the top, "" or ".".
inline std::string part_above(std::string_view path, std::string_view top = "")
{
    const auto slash = path.rfind('/');
    return std::string(slash == std::string_view::npos ? top : path.substr(0, slash));
}

} // namespace left4me
