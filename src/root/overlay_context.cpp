#include "root/overlay_context.hpp"

#include "system/format.hpp"

#include <array>
#include <cerrno>
#include <sys/mount.h>
#include <unistd.h>

namespace left4me {
namespace {

/// What the kernel says of a failed step is kept for whoever reads the context.
std::string kernel_log(const FileDescriptor& context)
{
    std::string text;
    std::array<char, 1024> message = {};
    for (ssize_t size; (size = read(context.get(), message.data(), message.size())) > 0;) {
        text += text.empty() ? " (" : "; ";
        text += escaped(std::string_view(message.data(), static_cast<std::size_t>(size)));
    }
    return text.empty() ? text : text + ")";
}

} // namespace

Result<OverlayContext> OverlayContext::open(const OverlayPlan& plan)
{
    OverlayContext made(FileDescriptor(fsopen("overlay", FSOPEN_CLOEXEC)), plan);
    if (!made.context_)
        return made.failed("opening overlayfs");
    return made;
}

Result<void> OverlayContext::set(const std::string& key, const std::string& value, std::string_view act)
{
    if (fsconfig(context_.get(), FSCONFIG_SET_STRING, key.c_str(), value.c_str(), 0) != 0)
        return failed(act);
    return {};
}

Result<void> OverlayContext::set_directory(const std::string& key, const Directory& directory,
                                           std::string_view act)
{
    if (route_ != LayerRoute::path) {
        if (fsconfig(context_.get(), FSCONFIG_SET_FD, key.c_str(), nullptr, directory.descriptor()) == 0)
            return {};
        if (route_ == LayerRoute::descriptor || errno != EINVAL)
            return failed(act);
        // An older kernel, which says it of the first directory already.
        (void)kernel_log(context_);
        route_ = LayerRoute::path;
    }
    return set(key, formatted("/proc/self/fd/{}", directory.descriptor()), act);
}

Result<FileDescriptor> OverlayContext::create()
{
    if (fsconfig(context_.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
        return failed("creating the overlay");
    FileDescriptor mount(fsmount(context_.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
    if (!mount)
        return failed("creating the mount");
    return mount;
}

std::unexpected<Error> OverlayContext::failed(std::string_view act)
{
    const int error_number = errno;
    auto error = fail_errno(formatted("cannot mount overlay for {}: {}", quote(plan_.name.str()), act),
                            error_number)
                     .error();
    error.message += kernel_log(context_);
    return std::unexpected(std::move(error));
}

} // namespace left4me
