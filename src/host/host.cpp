#include "host/host.hpp"

#include "host/places.hpp"
#include "system/format.hpp"

namespace left4me {

Host Host::installed()
{
    return {LEFT4ME_ROOT, "/run/left4me", "/etc/left4me"};
}

std::string Host::state_path(std::string_view below) const
{
    return formatted("{}/{}", state_, below);
}

std::string Host::merged_path(const InstanceName& name) const
{
    return formatted("{}/{}/{}", state_, runtime_path(name), entry::merged);
}

std::string Host::seen_config_path(const InstanceName& name) const
{
    return formatted("{}/{}/{}", state_, live_path_before(name), entry::config);
}

std::string Host::steam_home() const
{
    return state_path("steam");
}

std::string Host::steamcmd_home() const
{
    return state_path("steamcmd");
}

std::string Host::next_installation() const
{
    return state_path(entry::installation_next);
}

Result<Directory> Host::open_state() const
{
    return Directory::open(state_);
}

Result<Directory> Host::open_run() const
{
    return Directory::open(run_);
}

Result<Directory> Host::open_configurations() const
{
    return Directory::open(run_ + "/conf");
}

std::string Host::settings_file() const
{
    return settings_ + "/host.env";
}

Result<HostSettings> Host::settings() const
{
    return load_host_settings(settings_);
}

} // namespace left4me
