#include "root/overlay_plan.hpp"

#include "host/places.hpp"

#include <format>

namespace left4me {

OverlayPlan plan_overlay(const InstanceName& name, const std::string& live, const InstanceConfig& config)
{
    return {
        .name = name,
        .configuration = std::format("{}/{}", live, entry::layer),
        .instance_conf = format_instance_config(config),
        .lowerdirs = config.lowerdirs,
        .options =
            {
                // Off, all that would let a hostile upper directory reach
                // another file than the one of the same name: hard link
                // handles, metadata-only copies, redirects.
                {"index", "off"},
                {"metacopy", "off"},
                {"redirect_dir", "nofollow"},
            },
    };
}

std::string describe(const Host& host, const OverlayPlan& plan)
{
    const auto runtime = std::format("{}/{}", host.state(), runtime_path(plan.name));
    std::string text = std::format("merged    {}/{}\n", runtime, entry::merged);
    text += std::format("upperdir  {}/{}\n", runtime, entry::upper);
    text += std::format("workdir   {}/{}\n", runtime, entry::work);
    text += std::format("lowerdir  {}/{}\n", host.state(), plan.configuration);
    for (const auto& layer : plan.lowerdirs)
        text += std::format("lowerdir  {}/{}\n", host.state(), layer.path());
    for (const auto& [key, value] : plan.options)
        text += std::format("option    {}={}\n", key, value);
    return text + "attribute nosuid\nattribute nodev\n";
}

} // namespace left4me
