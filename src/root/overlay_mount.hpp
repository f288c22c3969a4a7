#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "root/overlay_plan.hpp"
#include "system/error.hpp"

namespace left4me {

/// What left4me-overlay does, as root. Each function works in the mount
/// namespace of PID 1, whoever calls it, and holds the lock of runtime/NAME
/// (busy when another one has it). Everything below instances/, overlays/ and
/// upper/ belongs to user left4me, who may change it at any moment: each
/// directory is opened once, beneath the state directory and through no link,
/// and mounted by that descriptor.

/// Reads what the server was started with and plans its mount.
Result<OverlayPlan> read_overlay_plan(const Host& host, const InstanceName& name);

/// Mounts merged, and writes the record and root's own copy of the server's instance.conf,
/// which its unit binds: what lies in live/ is user left4me's, who could swap it for a link
/// that systemd follows. Mounted already with the same layers
/// is success; with others that mount goes first (busy while it is in use). busy, too, while
/// one that was unmounted before still lives in another mount namespace.
Result<void> mount_overlay(const Host& host, const OverlayPlan& plan);

/// Unmounts merged and waits until the file system is really gone, so that its
/// upper directory can be used again: busy, naming who keeps it, if it is not. Nothing
/// mounted is success.
Result<void> unmount_overlay(const Host& host, const InstanceName& name);

/// What an unmount leaves that could not see the file system end. busy, naming who keeps it,
/// while it lives; nothing is done where it is mounted.
Result<void> clean_up_unmounted(const Host& host, const InstanceName& name);

} // namespace left4me
