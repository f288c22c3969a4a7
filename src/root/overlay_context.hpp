#pragma once

#include "root/overlay_plan.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <string>
#include <string_view>

namespace left4me {

/// One overlay file system in the making, by the kernel's fsopen. A failure names the plan's
/// server and act, with what the kernel says of it.
class OverlayContext {
public:
    static Result<OverlayContext> open(const OverlayPlan& plan);

    Result<void> set(const std::string& key, const std::string& value, std::string_view act);
    Result<void> set_directory(const std::string& key, const Directory& directory, std::string_view act);

    /// The mount, nosuid and nodev, attached to nothing yet.
    Result<FileDescriptor> create();

private:
    OverlayContext(FileDescriptor context, const OverlayPlan& plan)
        : context_(std::move(context)), plan_(plan), route_(plan.route)
    {
    }
    std::unexpected<Error> failed(std::string_view act);

    FileDescriptor context_;
    const OverlayPlan& plan_;
    LayerRoute route_;
};

} // namespace left4me
