#pragma once

#include "host/host.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace left4me {

/// Directories of the host that a server sees, at the same paths: what
/// left4me-server@.service binds.
std::vector<std::filesystem::path> visible_directories(const Host& host);

/// What a server finds at an absolute path.
enum class Sight {
    there,
    gone,   ///< it leads to nothing
    hidden, ///< it leads out of what a server sees
};

/// Follows links as a server would, part by part, and never looks at anything
/// outside of visible.
Sight look(const std::vector<std::filesystem::path>& visible, const std::filesystem::path& path);

/// Told of a symbolic link.
using LinkVisit =
    std::function<void(const std::filesystem::path& link, const std::filesystem::path& target)>;

/// Calls visit(link, target) for each symbolic link below a directory; link is
/// relative to it. Follows none, passes over what it may not read, and ends
/// when budget entries, which it counts down, have been seen. False: it ended early.
bool for_each_link(const std::filesystem::path& directory, std::size_t& budget, const LinkVisit& visit);

/// Where a server looks for the target of a layer's link, which is relative to the layer.
/// Where a relative one that climbs out of its layer leads depends on how deep the merged
/// tree lies, not the layer.
std::filesystem::path place_of_target(const std::filesystem::path& state,
                                      const std::filesystem::path& link,
                                      const std::filesystem::path& target);

/// A link of a layer that leads a server to nothing.
struct DeadLink {
    std::filesystem::path path; ///< in the layer
    std::filesystem::path target;
    Sight sight;
    bool stays; ///< it leads to a place in the merged tree, where a server may yet write
};

/// The links of a layer as a server finds them: in its merged tree, where they
/// lie beside the files of the other layers. budget is as above; used up, the
/// rest was not looked at. Paths of layers are those beneath state.
std::vector<DeadLink> dead_links(const std::vector<std::filesystem::path>& visible,
                                 const std::filesystem::path& state, const std::string& layer,
                                 const std::set<std::string>& beside, std::size_t& budget);

} // namespace left4me
