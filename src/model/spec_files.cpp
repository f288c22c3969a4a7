#include "model/spec_files.hpp"

namespace left4me {

InstanceConfig instance_config_of(const InstanceSpec& spec)
{
    InstanceConfig config{spec.port, spec.arguments, {}, spec.watch};
    for (const auto& overlay : spec.overlays)
        config.lowerdirs.push_back(Layer::overlay(overlay.ref));
    config.lowerdirs.push_back(Layer::installation());
    return config;
}

std::string server_cfg_of(const InstanceSpec& spec)
{
    std::string text;
    for (const auto& line : spec.config)
        text += line + '\n';
    return text;
}

} // namespace left4me
