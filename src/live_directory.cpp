#include "live_directory.hpp"

#include "state_directory.hpp"

#include <functional>

namespace left4me {
namespace {

Result<void> move_live(const Directory& instances, const InstanceName& name)
{
    auto moved = instances.subdirectory(replacement_name(name)).and_then([&](const Directory& from) {
        return instances.subdirectory(name.str()).and_then([&](const Directory& to) {
            return from.move_to(entry::live, to);
        });
    });
    if (!moved && moved.error().status == ExitStatus::not_found)
        return {}; // another one was faster
    return moved;
}

} // namespace

std::string replacement_name(const InstanceName& name)
{
    return "." + name.str() + ".new";
}

Result<void> bring_live_back(const Directory& instances, const InstanceName& name)
{
    return instances.contains(replacement_name(name) + "/" + entry::live)
        .and_then([&](bool left) -> Result<bool> {
            if (!left)
                return false;
            return instances.contains(name.str() + "/" + entry::live).transform(std::logical_not());
        })
        .and_then([&](bool to_be_moved) -> Result<void> {
            if (!to_be_moved)
                return {};
            return move_live(instances, name);
        });
}

} // namespace left4me
