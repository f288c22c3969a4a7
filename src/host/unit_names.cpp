#include "host/unit_names.hpp"

#include "system/format.hpp"

namespace left4me {

std::string server_unit(const InstanceName& name)
{
    return formatted("left4me-server@{}.service", name.str());
}

std::string overlay_unit(const InstanceName& name)
{
    return formatted("left4me-overlay@{}.service", name.str());
}

std::string purge_unit(const InstanceName& name)
{
    return formatted("left4me-purge@{}.service", name.str());
}

std::string released_unit(const InstanceName& name)
{
    return formatted("left4me-released@{}.service", name.str());
}

std::string hung_unit(const InstanceName& name)
{
    return formatted("left4me-hung@{}.service", name.str());
}

std::string retry_unit(const InstanceName& name)
{
    return formatted("left4me-retry@{}.timer", name.str());
}

} // namespace left4me
