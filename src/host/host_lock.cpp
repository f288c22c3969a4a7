#include "host/host_lock.hpp"

#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/wait_notice.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace left4me {
namespace {

Result<FileDescriptor> open_lock(const Host& host, const std::string& name)
{
    auto directory = Directory::open(host.run() + "/lock");
    if (!directory)
        return std::unexpected(directory.error());
    FileDescriptor file(openat(directory->descriptor(), name.c_str(),
                               O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640));
    if (!file)
        return fail_errno(formatted("cannot open the lock of {}", quote(name)), errno);
    return file;
}

/// A lock's file: who holds it, for people alone, in two lines that are the same. Those who share
/// a lock write at the same time, and who reads does so at any: lines that differ are nobody's.
constexpr std::size_t record_size = 512;

std::string format_holder(std::string_view doing)
{
    constexpr std::size_t max_doing = 200; // a ref may be of any length
    const auto line = formatted("l4d2ctl {} (process {})\n", doing.substr(0, max_doing), getpid());
    auto record = line + line;
    record.resize(record_size); // of one size, so that nothing is left of who was before
    return record;
}

std::string holder(const FileDescriptor& file)
{
    constexpr int tries = 8;
    for (int i = 0; i < tries; ++i) {
        std::array<char, record_size> record = {};
        const auto size = pread(file.get(), record.data(), record.size(), 0);
        const std::string_view text(record.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        const auto end = text.find('\n');
        if (end == std::string_view::npos)
            break; // it is about to write
        const auto line = text.substr(0, end + 1);
        if (text.substr(line.size()).starts_with(line))
            return escaped(line.substr(0, end));
    }
    return "another process";
}

Result<void> lock_at_once(const FileDescriptor& file, int kind, std::string_view what)
{
    if (flock(file.get(), kind | LOCK_NB) == 0)
        return {};
    if (errno != EWOULDBLOCK)
        return fail_errno(formatted("cannot lock {}", what), errno);
    return fail(ExitStatus::busy, formatted("{} is busy: {} is at work on it", what, holder(file)));
}

Result<void> write_holder(const FileDescriptor& file, std::string_view doing)
{
    const auto record = format_holder(doing);
    if (pwrite(file.get(), record.data(), record.size(), 0) != static_cast<ssize_t>(record.size()))
        return fail_errno("cannot write the lock", errno);
    return {};
}

/// '+' is in no name of an instance. Refs that differ only far behind share a lock.
std::string layer_lock_name(std::string_view ref)
{
    constexpr std::size_t max_size = 240;
    auto name = formatted("layer+{}", ref).substr(0, max_size);
    std::ranges::replace(name, '/', '+');
    return name;
}

} // namespace

Result<InstanceLock> InstanceLock::take_named(const Host& host, const std::string& name,
                                              std::string_view what, std::string_view doing)
{
    auto file = open_lock(host, name);
    if (!file)
        return std::unexpected(file.error());
    if (auto locked = lock_at_once(*file, LOCK_EX, what); !locked)
        return std::unexpected(locked.error());
    return write_holder(*file, doing).transform([&] { return InstanceLock(std::move(*file)); });
}

Result<InstanceLock> InstanceLock::take(const Host& host, const InstanceName& name,
                                        std::string_view doing)
{
    return take_named(host, name.str(), formatted("server {}", quote(name.str())), doing);
}

Result<InstanceLock> InstanceLock::take(const Host& host, const LayerRef& layer, std::string_view doing)
{
    const auto name = layer_lock_name(layer.str());
    const auto what = formatted("layer {}", quote(layer.str()));
    std::vector<FileDescriptor> above;
    for (auto slash = layer.str().find('/'); slash != std::string::npos;
         slash = layer.str().find('/', slash + 1)) {
        const auto its_name = layer_lock_name(layer.str().substr(0, slash));
        if (its_name == name)
            break;
        auto file = open_lock(host, its_name);
        if (!file)
            return std::unexpected(file.error());
        auto locked =
            lock_at_once(*file, LOCK_SH, what).and_then([&] { return write_holder(*file, doing); });
        if (!locked)
            return std::unexpected(locked.error());
        above.push_back(std::move(*file));
    }
    auto lock = take_named(host, name, what, doing);
    if (lock)
        lock->above_ = std::move(above);
    return lock;
}

// No instance can have one of these names.

Result<InstanceLock> InstanceLock::take_installation(const Host& host, std::string_view doing)
{
    return take_named(host, ".installation", "the installation", doing);
}

Result<InstanceLock> InstanceLock::take_workshop(const Host& host, std::string_view doing)
{
    return take_named(host, ".workshop", "the workshop", doing);
}

constexpr std::string_view ports = "the table of ports";
constexpr std::string_view contents = "the cache";

Result<InstanceLock> InstanceLock::take_ports(const Host& host, LockPatience patience)
{
    return wait_for(host, ".ports", LOCK_EX, ports, patience);
}

Result<InstanceLock> InstanceLock::take_contents(const Host& host, LockPatience patience)
{
    return wait_for(host, ".contents", LOCK_EX, contents, patience);
}

Result<InstanceLock> InstanceLock::share_contents(const Host& host, LockPatience patience)
{
    return wait_for(host, ".contents", LOCK_SH, contents, patience);
}

Result<InstanceLock> InstanceLock::wait_for(const Host& host, const std::string& name, int kind,
                                            std::string_view what, LockPatience patience)
{
    constexpr int pause_ms = 50;
    auto file = open_lock(host, name);
    if (!file)
        return std::unexpected(file.error());
    const auto begun = std::chrono::steady_clock::now();
    bool told = false;
    while (flock(file->get(), kind | LOCK_NB) != 0) {
        if (errno != EINTR && errno != EWOULDBLOCK)
            return fail_errno(formatted("cannot wait for the lock {}", quote(name)), errno);
        const auto waited = std::chrono::steady_clock::now() - begun;
        if (waited >= patience.longest)
            return fail(ExitStatus::busy,
                        formatted("{} is busy: another process has held {}/lock/{} for {} s; lslocks "
                                  "shows which",
                                  what, host.run(), name,
                                  std::chrono::ceil<std::chrono::seconds>(waited).count()));
        if (waited >= patience.silent && !std::exchange(told, true))
            tell_wait(formatted("waiting for {}, at which another process is at work", what));
        (void)poll_or_interruption({}, pause_ms);
        if (auto going_on = check_interruption(); !going_on)
            return std::unexpected(going_on.error());
    }
    return InstanceLock(std::move(*file));
}

} // namespace left4me
