#pragma once

#include "host/host.hpp"
#include "model/instance_config.hpp"
#include "model/instance_name.hpp"
#include "model/instance_spec.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// instances/, live/ and what the control program needs around them, as user left4me.
/// Whoever changes an instance holds its lock. Nothing is changed in place: a
/// new directory is written beside the old one, synced and put in its place by
/// one rename, and recover() clears away what a crash left.
class InstanceStore {
public:
    static Result<InstanceStore> open(const Host& host);

    [[nodiscard]] Result<std::vector<InstanceName>> names() const;
    [[nodiscard]] Result<bool> exists(const InstanceName& name) const;

    /// Finishes or undoes what an earlier process left half done, with its own tree, too.
    [[nodiscard]] Result<void> recover(const InstanceName& name) const;

    /// not_found: not initialised.
    [[nodiscard]] Result<InstanceSpec> read_spec(const InstanceName& name) const;
    [[nodiscard]] Result<std::string> read_spec_text(const InstanceName& name) const;
    [[nodiscard]] Result<InstanceConfig> read_config(const InstanceName& name) const;

    /// What the server was last started with; not_found before its first start.
    [[nodiscard]] Result<InstanceConfig> read_live_config(const InstanceName& name) const;

    /// By which the game that was last started takes commands (model/rcon_password.hpp): not_found
    /// where it has none, as one that was initialised by 0.1.0.
    [[nodiscard]] Result<Secret> read_live_rcon_password(const InstanceName& name) const;

    /// Whether the next start would use other settings than the last one did.
    [[nodiscard]] Result<bool> differs_from_live(const InstanceName& name) const;

    /// The instance, other than name itself, that has the port.
    [[nodiscard]] Result<std::optional<InstanceName>> owner_of(GamePort port,
                                                               const InstanceName& except) const;

    /// Makes or replaces instances/NAME as one; live/NAME stays as it is.
    [[nodiscard]] Result<void> write(const InstanceName& name, const InstanceSpec& spec,
                                     std::string_view spec_text) const;

    /// Writes live/NAME anew from what initialize wrote and the aliased layers. What is
    /// mounted is never changed: it stays beside the new one until recover finds that it is
    /// mounted no more. Else the server's copies of what was generated before are removed.
    [[nodiscard]] Result<void> make_live(const InstanceName& name, const InstanceSpec& spec) const;

    /// Renames instances/NAME away, then removes it and live/NAME.
    [[nodiscard]] Result<void> remove(const InstanceName& name) const;

    [[nodiscard]] const Host& host() const noexcept { return host_; }
    [[nodiscard]] const Directory& state() const noexcept { return state_; }

private:
    InstanceStore(Host host, Directory state, Directory instances, Directory live)
        : host_(std::move(host)), state_(std::move(state)), instances_(std::move(instances)),
          live_(std::move(live))
    {
    }
    [[nodiscard]] Result<std::string> read(const InstanceName& name, std::string_view file,
                                           std::size_t limit) const;
    [[nodiscard]] Result<std::string> server_cfg_for(const InstanceName& name,
                                                     const InstanceSpec& spec) const;
    [[nodiscard]] bool is_mounted(const InstanceName& name, const Directory& parent,
                                  const std::string& live) const;
    [[nodiscard]] Result<void> remove_unless_mounted(const InstanceName& name, const Directory& parent,
                                                     const std::string& live) const;
    [[nodiscard]] Result<void> take_from_instance(const InstanceName& name, const std::string& to) const;
    [[nodiscard]] Result<void> finish_own_tree(const InstanceName& name) const;
    [[nodiscard]] Result<void> clear_upper(const InstanceName& name) const;
    [[nodiscard]] Result<void> fill_layer(const Directory& live, const InstanceName& name,
                                          const InstanceSpec& spec) const;

    Host host_;
    Directory state_;
    Directory instances_;
    Directory live_;
};

} // namespace left4me
