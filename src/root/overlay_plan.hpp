#pragma once

#include "host/host.hpp"
#include "host/watched_server.hpp"
#include "model/instance_config.hpp"
#include "model/instance_name.hpp"

#include <string>
#include <utility>
#include <vector>

namespace left4me {

/// How the kernel is given a directory. By descriptor needs Linux 6.13; by the path
/// /proc/self/fd/N works on 6.12, too: it is looked up at that moment, so nothing
/// can be swapped in between. Automatic is the first one that the kernel takes.
enum class LayerRoute { automatic, descriptor, path };

/// All that one overlay mount is made of, before anything is touched.
struct OverlayPlan {
    InstanceName name;
    std::string configuration;    ///< topmost lowerdir, beneath the state directory
    std::string instance_conf;    ///< what the server's launcher reads
    WatchedServer watched;        ///< what left4me-watch reads
    std::vector<Layer> lowerdirs; ///< the others, top first
    std::vector<std::pair<std::string, std::string>> options; ///< for fsconfig
    LayerRoute route = LayerRoute::automatic;
};

/// live is where config was read, beneath the state directory: see find_live.
OverlayPlan plan_overlay(const InstanceName& name, const std::string& live,
                         const InstanceConfig& config);

/// The plan as people read it (--print), one fact a line.
std::string describe(const Host& host, const OverlayPlan& plan);

} // namespace left4me
