#pragma once

#include "host/host_settings.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <string>
#include <string_view>

namespace left4me {

/// The host that a program works on: where what it keeps lies, and how it is set up. A
/// program takes the one that it is installed on and hands it down; a test makes one in a
/// temporary directory. Nothing is opened before it is asked for: a helper of root's enters
/// another mount namespace first.
class Host {
public:
    /// What the build was told, never an environment variable or an argument: privileged
    /// programs use it.
    static Host installed();

    /// Three absolute paths: of state, of what is gone after a boot, and of settings.
    Host(std::string state, std::string run, std::string settings)
        : state_(std::move(state)), run_(std::move(run)), settings_(std::move(settings))
    {
    }

    [[nodiscard]] const std::string& state() const noexcept { return state_; } ///< /var/lib/left4me
    [[nodiscard]] const std::string& run() const noexcept { return run_; }     ///< /run/left4me

    /// The absolute path of something beneath the state directory.
    [[nodiscard]] std::string state_path(std::string_view below) const;

    /// The absolute path of a server's merged tree.
    [[nodiscard]] std::string merged_path(const InstanceName& name) const;

    /// The absolute path at which a server finds its instance.conf: root's own copy
    /// (see mount_overlay), bound by the unit to where the launcher of 0.1.0 reads it.
    [[nodiscard]] std::string seen_config_path(const InstanceName& name) const;

    [[nodiscard]] std::string steam_home() const;    ///< of servers: they see all of it
    [[nodiscard]] std::string steamcmd_home() const; ///< has its login: no server sees it

    /// The absolute path of the tree that steamcmd works on.
    [[nodiscard]] std::string next_installation() const;

    [[nodiscard]] Result<Directory> open_state() const;
    [[nodiscard]] Result<Directory> open_run() const;

    /// Root's own copies of the instance.conf of each mounted server, by its name.
    [[nodiscard]] Result<Directory> open_configurations() const;

    /// host.env; for programs without privilege only, as what is in it. Read anew each time.
    [[nodiscard]] std::string settings_file() const;
    [[nodiscard]] Result<HostSettings> settings() const;

private:
    std::string state_;
    std::string run_;
    std::string settings_;
};

} // namespace left4me
