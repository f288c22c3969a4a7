#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// Which directory was mounted: mountinfo shows only /proc/self/fd/N for a
/// layer that was given by descriptor.
struct MountedDirectory {
    std::uint64_t device;
    std::uint64_t inode;
    bool operator==(const MountedDirectory&) const = default;
};

Result<MountedDirectory> identity_of(const Directory& directory);

struct MountedLayer {
    std::string ref; ///< a layer's ref; the last one is "installation"
    std::uint64_t version; ///< 1 for a layer that was never published anew
    MountedDirectory directory;
    bool operator==(const MountedLayer&) const = default;
};

/// /run/left4me/mounts/NAME.json, written by the mount helper (root, 0644) and
/// read by whoever wants to know what a running server stands on.
struct MountRecord {
    MountedDirectory configuration;
    std::vector<MountedLayer> layers; ///< top first
    bool operator==(const MountRecord&) const = default;
};

std::string format_mount_record(const InstanceName& name, const MountRecord& record);

/// bad_data for anything that format_mount_record does not write.
Result<MountRecord> parse_mount_record(std::string_view text);

/// The directory of the records, made by tmpfiles at boot.
Result<Directory> open_mount_records(const Host& host);

/// The record's name in it.
std::string mount_record_name(const InstanceName& name);

/// Whether a server has one: it is mounted, or nobody saw its file system end.
Result<bool> has_mount_record(const Host& host, const InstanceName& name);

/// The servers that have that directory mounted as a layer, sorted. A record that
/// cannot be read is an error: it may be one of them.
Result<std::vector<InstanceName>> servers_on(const Host& host, const MountedDirectory& directory);
Result<std::vector<InstanceName>> servers_on(const Host& host, const Directory& directory);

/// not_found where nothing is mounted.
Result<MountRecord> read_mount_record(const Host& host, const InstanceName& name);

} // namespace left4me
