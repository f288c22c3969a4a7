#include "model/valve_package.hpp"

namespace left4me {

bool is_package(std::string_view beginning)
{
    using namespace std::string_view_literals;
    const auto header = beginning.substr(0, package_header_size);
    return header == "\x34\x12\xaa\x55\x01\0\0\0"sv || header == "\x34\x12\xaa\x55\x02\0\0\0"sv;
}

} // namespace left4me
