#pragma once

#include "host/systemd.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <string>
#include <sys/types.h>
#include <utility>

namespace left4me {

/// A server's unit for one start in which its game is followed by strace: for l4d2ctl doctor
/// --play, as root. While this lives, a drop-in in /run takes the filter of system calls and the
/// AppArmor profile away, which would forbid what is to be seen and to be followed, and has the
/// launcher wait for a line before it begins. All else of the sandbox stays.
class TracedUnit {
public:
    /// not_found where strace is not installed.
    static Result<TracedUnit> make(Systemd& systemd, const InstanceName& name);

    /// Takes away what was made, or what an earlier process left of it.
    static Result<void> clear(Systemd& systemd, const InstanceName& name);

    /// Where "go" lets the launcher begin, and any other line end.
    [[nodiscard]] FileDescriptor& go() noexcept { return go_; }

    /// Follows the unit's main process with all that it starts. What strace says goes to output.
    /// Its process, to be waited for.
    static Result<pid_t> follow(Systemd& systemd, const InstanceName& name,
                                const FileDescriptor& output);

private:
    explicit TracedUnit(FileDescriptor go) : go_(std::move(go)) {}

    FileDescriptor go_;
};

} // namespace left4me
