#include "host/places.hpp"

#include <format>

namespace left4me {

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

std::string seen_config_path(const InstanceName& name)
{
    return std::format("{}/{}/{}", path::state, live_path_before(name), entry::config);
}

std::string runtime_path(const InstanceName& name)
{
    return std::format("runtime/{}", name.str());
}

std::string merged_path(const InstanceName& name)
{
    return std::format("{}/{}/{}", path::state, runtime_path(name), entry::merged);
}

} // namespace left4me
