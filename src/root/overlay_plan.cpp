#include "root/overlay_plan.hpp"

#include "host/places.hpp"
#include "system/format.hpp"

namespace left4me {

OverlayPlan plan_overlay(const InstanceName& name, const std::string& live, const InstanceConfig& config)
{
    return {
        .name = name,
        .configuration = formatted("{}/{}", live, entry::layer),
        .instance_conf = format_instance_config(config),
        .watched = {.port = config.port, .settings = config.watch},
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
    const auto runtime = formatted("{}/{}", host.state(), runtime_path(plan.name));
    std::string text = formatted("merged    {}/{}\n", runtime, entry::merged);
    text += formatted("upperdir  {}/{}\n", runtime, entry::upper);
    text += formatted("workdir   {}/{}\n", runtime, entry::work);
    text += formatted("lowerdir  {}/{}\n", host.state(), plan.configuration);
    for (const auto& layer : plan.lowerdirs)
        text += formatted("lowerdir  {}/{}\n", host.state(), layer.path());
    for (const auto& [key, value] : plan.options)
        text += formatted("option    {}={}\n", key, value);
    return text + "attribute nosuid\nattribute nodev\n";
}

} // namespace left4me
