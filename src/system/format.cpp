#include "system/format.hpp"

namespace left4me {

std::string formatted_from(std::string_view format, std::format_args arguments)
{
    return std::vformat(format, arguments);
}

} // namespace left4me
