#include "instance_lock.hpp"

#include "directory.hpp"
#include "state_directory.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <format>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace left4me {
namespace {

Result<FileDescriptor> open_lock(const std::string& name)
{
    auto directory = Directory::open(path::run + "/lock");
    if (!directory)
        return std::unexpected(directory.error());
    FileDescriptor file(openat(directory->descriptor(), name.c_str(),
                               O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640));
    if (!file)
        return fail_errno(std::format("cannot open the lock of {}", quote(name)), errno);
    return file;
}

/// What the holder wrote; it may be about to, so this is for people alone.
std::string holder(const FileDescriptor& file)
{
    constexpr std::size_t limit = 200;
    const auto text = read_regular(file, "the lock", limit);
    return text && !text->empty() ? escaped(*text) : "another process";
}

} // namespace

Result<InstanceLock> InstanceLock::take_named(const std::string& name, std::string_view what,
                                              std::string_view doing)
{
    auto file = open_lock(name);
    if (!file)
        return std::unexpected(file.error());
    if (flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return fail_errno(std::format("cannot lock {}", what), errno);
        return fail(ExitStatus::busy,
                    std::format("{} is busy: {} is at work on it", what, holder(*file)));
    }
    const auto text = std::format("l4d2ctl {} (process {})", doing, getpid());
    if (ftruncate(file->get(), 0) != 0)
        return fail_errno("cannot write the lock", errno);
    return write_all(*file, "the lock", text).transform([&] { return InstanceLock(std::move(*file)); });
}

Result<InstanceLock> InstanceLock::take(const InstanceName& name, std::string_view doing)
{
    return take_named(name.str(), std::format("server {}", quote(name.str())), doing);
}

Result<InstanceLock> InstanceLock::take(const LayerRef& layer, std::string_view doing)
{
    // '+' is in no name of an instance. Refs that differ only far behind share a lock.
    constexpr std::size_t longest = 240;
    auto name = std::format("layer+{}", layer.str()).substr(0, longest);
    std::ranges::replace(name, '/', '+');
    return take_named(name, std::format("layer {}", quote(layer.str())), doing);
}

// No instance can have one of these names.

Result<InstanceLock> InstanceLock::take_installation(std::string_view doing)
{
    return take_named(".installation", "the installation", doing);
}

Result<InstanceLock> InstanceLock::take_workshop(std::string_view doing)
{
    return take_named(".workshop", "the workshop", doing);
}

Result<InstanceLock> InstanceLock::take_ports()
{
    auto file = open_lock(".ports");
    if (!file)
        return std::unexpected(file.error());
    if (flock(file->get(), LOCK_EX) != 0)
        return fail_errno("cannot lock the table of ports", errno);
    return InstanceLock(std::move(*file));
}

} // namespace left4me
