#include "host/places.hpp"

#include <format>

namespace left4me {

std::string program_path(std::string_view program)
{
    return std::format("{}/{}", LEFT4ME_LIBEXECDIR, program);
}

std::string units_path()
{
    return LEFT4ME_UNITDIR;
}

std::string units_path(std::string_view unit)
{
    return std::format("{}/{}", LEFT4ME_UNITDIR, unit);
}

std::string instance_path(const InstanceName& name)
{
    return std::format("instances/{}", name.str());
}

std::string live_path(const InstanceName& name)
{
    return std::format("{}/{}", entry::live, name.str());
}

std::string live_path_before(const InstanceName& name)
{
    return std::format("instances/{}/{}", name.str(), entry::live);
}

std::string runtime_path(const InstanceName& name)
{
    return std::format("runtime/{}", name.str());
}

} // namespace left4me
