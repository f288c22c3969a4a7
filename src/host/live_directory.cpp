#include "host/live_directory.hpp"

#include "host/places.hpp"
#include "system/format.hpp"

namespace left4me {

Result<std::string> find_live(const Directory& state, const InstanceName& name)
{
    const auto before = live_path_before(name);
    // Opened, and not only looked for: no link may answer for it. Its layer, because in a
    // unit without a root of its own systemd makes the rest of that path to mount on.
    const auto there = state.subdirectory(formatted("{}/{}", before, entry::layer));
    if (!there && there.error().status != ExitStatus::not_found)
        return std::unexpected(there.error());
    return there ? before : live_path(name);
}

} // namespace left4me
