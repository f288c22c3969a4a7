#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "model/layer_ref.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <chrono>
#include <string_view>
#include <vector>

namespace left4me {

/// How a lock is waited for that is held for moments: for so long without a word (see
/// tell_wait), and no longer than that.
struct LockPatience {
    std::chrono::milliseconds silent{1000};
    std::chrono::milliseconds longest{60'000};
};

/// /run/left4me/lock/NAME, held by whoever changes an instance; released at
/// the end of its life, a killed process's too.
class InstanceLock {
public:
    /// busy, naming who holds it, when another process does. doing is the verb
    /// that others are told.
    static Result<InstanceLock> take(const Host& host, const InstanceName& name, std::string_view doing);

    /// The same of whoever changes a layer. Layers that lie within it, or that it lies
    /// within, are locked against it, too: two that begin at once cannot both be made.
    static Result<InstanceLock> take(const Host& host, const LayerRef& layer, std::string_view doing);

    /// The lock of the host's table of ports, for the moment in which one is
    /// claimed. Waits for it; busy where another process holds it for too long.
    static Result<InstanceLock> take_ports(const Host& host, LockPatience patience = {});

    /// The lock of the game's installation, for whoever changes it; as take().
    static Result<InstanceLock> take_installation(const Host& host, std::string_view doing);

    /// The lock of layers and cache of the workshop; as take().
    static Result<InstanceLock> take_workshop(const Host& host, std::string_view doing);

    /// Held while files of a ContentCache that no link leads to are removed, and shared by
    /// whoever moves trees with links, or puts in what a link will lead to. Both wait, as
    /// take_ports().
    static Result<InstanceLock> take_contents(const Host& host, LockPatience patience = {});
    static Result<InstanceLock> share_contents(const Host& host, LockPatience patience = {});

private:
    static Result<InstanceLock> wait_for(const Host& host, const std::string& file, int kind,
                                         std::string_view what, LockPatience patience);
    static Result<InstanceLock> take_named(const Host& host, const std::string& file,
                                           std::string_view what, std::string_view doing);
    explicit InstanceLock(FileDescriptor file) : file_(std::move(file)) {}
    FileDescriptor file_;
    std::vector<FileDescriptor> above_; ///< shared locks of what a layer's ref lies within
};

} // namespace left4me
