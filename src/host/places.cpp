#include "host/places.hpp"

#include "system/format.hpp"

namespace left4me {

std::string program_path(std::string_view program)
{
    return formatted("{}/{}", LEFT4ME_LIBEXECDIR, program);
}

std::string units_path()
{
    return LEFT4ME_UNITDIR;
}

std::string units_path(std::string_view unit)
{
    return formatted("{}/{}", LEFT4ME_UNITDIR, unit);
}

std::string instance_path(const InstanceName& name)
{
    return formatted("instances/{}", name.str());
}

std::string live_path(const InstanceName& name)
{
    return formatted("{}/{}", entry::live, name.str());
}

std::string live_path_before(const InstanceName& name)
{
    return formatted("instances/{}/{}", name.str(), entry::live);
}

std::string runtime_path(const InstanceName& name)
{
    return formatted("runtime/{}", name.str());
}

} // namespace left4me
