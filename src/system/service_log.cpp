#include "system/service_log.hpp"

#include "system/error.hpp"

#include <cstdio>

namespace left4me {

void log_line(std::string_view text)
{
    std::fputs((escaped(text) + '\n').c_str(), stderr);
}

} // namespace left4me
