#include "host/instance_store.hpp"

#include "host/generated_configuration.hpp"
#include "host/live_directory.hpp"
#include "host/mount_record.hpp"
#include "host/own_tree.hpp"
#include "host/places.hpp"
#include "model/rcon_password.hpp"
#include "model/spec_files.hpp"
#include "system/format.hpp"
#include "system/key_value_lines.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr mode_t private_directory = 0700;
constexpr mode_t readable_directory = 0755; // within a private one
constexpr mode_t file_mode = 0640;
constexpr mode_t readable_file = 0644;
constexpr std::size_t max_config_file_size = 1024 * 1024; // of a layer's server.cfg

const std::string game_directory = "left4dead2";
const std::string config_directory = "cfg";
const std::string hidden_file = "hidden"; // what a server shall not see, a path a line
constexpr std::size_t max_live_server_cfg_size = max_server_cfg_size + 1024; // and a password
constexpr std::string_view server_cfg_path = "left4dead2/cfg/server.cfg";

/// Beside instances/NAME and live/NAME: what is written before the two change names,
/// and what the old one is called after that. No instance can have such a name.
std::string replacement_name(const InstanceName& name)
{
    return "." + name.str() + ".new";
}
std::string second_replacement_name(const InstanceName& name)
{
    return "." + name.str() + ".newer";
}
std::string removed_name(const InstanceName& name)
{
    return "." + name.str() + ".removed";
}

/// A path a line; no file where nothing is hidden.
Result<void> write_hidden(const Directory& directory, const InstanceSpec& spec)
{
    std::string text;
    for (const auto& hidden : spec.hidden)
        text += hidden.path.str() + '\n';
    return text.empty() ? Result<void>() : directory.create_file(hidden_file, text, file_mode);
}

/// sync of a directory's entries after its files are synced.
Result<void> sync_all(std::initializer_list<const Directory*> directories)
{
    for (const auto* directory : directories)
        if (auto synced = directory->sync(); !synced)
            return synced;
    return {};
}

} // namespace

Result<InstanceStore> InstanceStore::open(const Host& host)
{
    auto state = host.open_state();
    if (!state)
        return std::unexpected(state.error());
    auto instances = state->subdirectory("instances");
    if (!instances)
        return std::unexpected(instances.error());
    return state->subdirectory(entry::live).transform([&](Directory live) {
        return InstanceStore(host, std::move(*state), std::move(*instances), std::move(live));
    });
}

Result<std::vector<InstanceName>> InstanceStore::names() const
{
    return instances_.entries().transform([](const std::vector<std::string>& entries) {
        std::vector<InstanceName> names;
        for (const auto& entry : entries)
            if (auto name = InstanceName::parse(entry))
                names.push_back(std::move(*name));
        std::ranges::sort(names);
        return names;
    });
}

Result<bool> InstanceStore::exists(const InstanceName& name) const
{
    return instances_.contains(name.str());
}

Result<void> InstanceStore::recover(const InstanceName& name) const
{
    return instances_.remove_tree(replacement_name(name))
        .and_then([&] { return instances_.remove_tree(removed_name(name)); })
        .and_then([&] { return remove_unless_mounted(name, live_, replacement_name(name)); })
        .and_then([&] { return remove_unless_mounted(name, live_, second_replacement_name(name)); })
        .and_then([&] { return finish_own_tree(name); });
}

/// A restore of what the server wrote may have been cut off.
Result<void> InstanceStore::finish_own_tree(const InstanceName& name) const
{
    const auto upper = state_.subdirectory(upper_path(name));
    if (!upper || read_mount_record(host_, name))
        return {};
    return finish_replacement(*upper);
}

/// The generated layer in that directory is the one that its server stands on.
bool InstanceStore::is_mounted(const InstanceName& name, const Directory& parent,
                               const std::string& live) const
{
    const auto record = read_mount_record(host_, name);
    const auto layer = parent.subdirectory(formatted("{}/{}", live, entry::layer)).and_then(identity_of);
    return record && layer && record->configuration == *layer;
}

Result<void> InstanceStore::remove_unless_mounted(const InstanceName& name, const Directory& parent,
                                                  const std::string& live) const
{
    return is_mounted(name, parent, live) ? Result<void>() : parent.remove_tree(live);
}

Result<std::string> InstanceStore::read(const InstanceName& name, std::string_view file,
                                        std::size_t limit) const
{
    auto text = instances_.read_file(formatted("{}/{}", name.str(), file), limit);
    if (!text && text.error().status == ExitStatus::not_found)
        return fail(ExitStatus::not_found,
                    formatted("there is no server {0}: make one with l4d2ctl initialize {1} -f SPEC",
                              quote(name.str()), name.str()));
    return text;
}

Result<InstanceSpec> InstanceStore::read_spec(const InstanceName& name) const
{
    const auto file = formatted("{}/{}/{}", host_.state(), instance_path(name), entry::spec);
    return read(name, entry::spec, max_instance_spec_size).and_then([&](const std::string& text) {
        return parse_instance_spec(file, text, SpecRules::of_stored);
    });
}

Result<std::string> InstanceStore::read_spec_text(const InstanceName& name) const
{
    return read(name, entry::spec, max_instance_spec_size);
}

Result<InstanceConfig> InstanceStore::read_config(const InstanceName& name) const
{
    const auto file = formatted("{}/{}/{}", host_.state(), instance_path(name), entry::config);
    return read(name, entry::config, max_instance_config_size).and_then([&](const std::string& text) {
        return parse_instance_config(file, text);
    });
}

Result<InstanceConfig> InstanceStore::read_live_config(const InstanceName& name) const
{
    return find_live(state_, name).and_then([&](const std::string& live) {
        const auto file = formatted("{}/{}", live, entry::config);
        return state_.read_file(file, max_instance_config_size).and_then([&](const std::string& text) {
            return parse_instance_config(host_.state_path(file), text);
        });
    });
}

Result<bool> InstanceStore::differs_from_live(const InstanceName& name) const
{
    const auto live_directory = find_live(state_, name);
    if (!live_directory)
        return std::unexpected(live_directory.error());
    const auto same = [&](std::string_view file, std::string_view live_file) -> Result<bool> {
        const auto now = read(name, file, max_instance_config_size);
        const auto live =
            state_.read_file(formatted("{}/{}", *live_directory, live_file), max_instance_config_size);
        if (!now)
            return std::unexpected(now.error());
        return live && *now == *live;
    };
    const auto same_hidden = [&]() -> Result<bool> {
        const auto now =
            instances_.read_file(formatted("{}/{}", name.str(), hidden_file), max_instance_spec_size);
        const auto live =
            state_.read_file(formatted("{}/{}", *live_directory, hidden_file), max_instance_spec_size);
        return now.value_or("") == live.value_or("");
    };
    const auto layer_cfg = formatted("{}/{}", entry::layer, server_cfg_path);
    return same(entry::config, entry::config)
        .and_then([&](bool equal) -> Result<bool> {
            return equal ? same(entry::server_cfg, layer_cfg) : equal;
        })
        .and_then([&](bool equal) -> Result<bool> { return equal ? same_hidden() : equal; })
        .transform([](bool equal) { return !equal; });
}

Result<std::optional<InstanceName>> InstanceStore::owner_of(GamePort port,
                                                            const InstanceName& except) const
{
    const auto all = names();
    if (!all)
        return std::unexpected(all.error());
    for (const auto& name : *all) {
        // What another instance's files are worth is told when that one is used.
        const auto config = read_config(name);
        if (name != except && config && config->port == port)
            return name;
    }
    return std::nullopt;
}

/// The spec's lines, and where none of them sets it, the password by which l4d2ctl speaks with
/// the game: the one that there is, so that a server that runs goes on with its own.
Result<std::string> InstanceStore::server_cfg_for(const InstanceName& name,
                                                  const InstanceSpec& spec) const
{
    auto text = server_cfg_of(spec);
    if (rcon_password_in(text) || rcon_password_of(spec.arguments))
        return text;
    const auto before = read(name, entry::server_cfg, max_live_server_cfg_size);
    const auto kept = before ? rcon_password_in(*before) : std::nullopt;
    return (kept ? Result<std::string>(*kept) : random_rcon_password())
        .transform([&](const std::string& password) { return text + rcon_password_line(password); });
}

Result<Secret> InstanceStore::read_live_rcon_password(const InstanceName& name) const
{
    const auto config = read_live_config(name);
    if (!config)
        return std::unexpected(config.error());
    const auto text = find_live(state_, name).and_then([&](const std::string& live) {
        return state_.read_file(formatted("{}/{}/{}", live, entry::layer, server_cfg_path),
                                max_live_server_cfg_size);
    });
    if (!text)
        return std::unexpected(text.error());
    // The file is read after the arguments, and counts.
    auto password = rcon_password_in(*text);
    if (!password)
        password = rcon_password_of(config->arguments);
    if (!password)
        return fail(ExitStatus::not_found,
                    formatted("{} has no rcon password: give it its spec again (l4d2ctl initialize), "
                              "then restart it",
                              name.str()));
    return Secret(std::move(*password));
}

Result<void> InstanceStore::write(const InstanceName& name, const InstanceSpec& spec,
                                  std::string_view spec_text) const
{
    const auto fresh = replacement_name(name);
    auto made = instances_.make_subdirectory(fresh, private_directory);
    if (!made)
        return std::unexpected(made.error());
    auto written =
        made->create_file(entry::spec, spec_text, file_mode)
            .and_then([&] {
                return made->create_file(entry::config, format_instance_config(instance_config_of(spec)),
                                         file_mode);
            })
            .and_then([&] { return server_cfg_for(name, spec); })
            .and_then([&](const std::string& text) {
                return made->create_file(entry::server_cfg, text, file_mode);
            })
            .and_then([&] { return write_hidden(*made, spec); })
            .and_then([&] { return made->sync(); })
            .and_then([&] { return instances_.contains(name.str()); })
            .and_then([&](bool present) {
                return instances_.rename(fresh, name.str(),
                                         present ? RENAME_EXCHANGE : RENAME_NOREPLACE);
            })
            .and_then([&] { return instances_.sync(); });
    // Either the new one is half written, or the old one bears its name now: what cannot be
    // cleared away is for the next verb, and changes nothing of what was done.
    (void)recover(name);
    return written;
}

Result<void> InstanceStore::fill_layer(const Directory& live, const InstanceName& name,
                                       const InstanceSpec& spec) const
{
    auto layer = live.make_subdirectory(entry::layer, readable_directory);
    if (!layer)
        return std::unexpected(layer.error());
    auto game = layer->make_subdirectory(game_directory, readable_directory);
    if (!game)
        return std::unexpected(game.error());
    auto cfg = game->make_subdirectory(config_directory, readable_directory);
    if (!cfg)
        return std::unexpected(cfg.error());
    auto done = read(name, entry::server_cfg, max_live_server_cfg_size)
                    .and_then([&](const std::string& text) {
                        return cfg->create_file("server.cfg", text, readable_file);
                    })
                    .and_then([&] { return hide(*layer, spec.hidden); });
    for (const auto& overlay : spec.overlays) {
        if (!done || !overlay.alias)
            continue;
        const auto text = state_.subdirectory(Layer::overlay(overlay.ref).path())
                              .and_then([](const Directory& directory) {
                                  return directory.read_file(server_cfg_path, max_config_file_size);
                              });
        if (text)
            done =
                cfg->create_file(formatted("server_{}.cfg", overlay.alias->str()), *text, readable_file);
        else if (text.error().status != ExitStatus::not_found)
            done = std::unexpected(text.error());
    }
    return done.and_then([&] { return sync_all({&*cfg, &*game, &*layer}); });
}

/// What it was started with before may have had aliases that it has no more.
Result<void> InstanceStore::clear_upper(const InstanceName& name) const
{
    const auto upper = state_.subdirectory(formatted("{}/{}", runtime_path(name), entry::upper));
    const auto layer = find_live(state_, name).and_then([&](const std::string& live) {
        return state_.subdirectory(formatted("{}/{}", live, entry::layer));
    });
    for (const auto* directory : {&upper, &layer})
        if (!*directory)
            return directory->error().status == ExitStatus::not_found
                       ? Result<void>{}
                       : Result<void>(std::unexpected(directory->error()));
    return clear_copies(*layer, *upper);
}

Result<void> InstanceStore::make_live(const InstanceName& name, const InstanceSpec& spec) const
{
    // After a restart that was cut off, what is mounted has the first of these names.
    const auto fresh = is_mounted(name, live_, replacement_name(name)) ? second_replacement_name(name)
                                                                       : replacement_name(name);
    auto config = read(name, entry::config, max_instance_config_size);
    if (!config)
        return std::unexpected(config.error());
    if (auto cleared = live_.remove_tree(fresh); !cleared)
        return cleared;
    auto made = live_.make_subdirectory(fresh, private_directory);
    if (!made)
        return std::unexpected(made.error());
    return made->create_file(entry::config, *config, file_mode)
        .and_then([&] { return write_hidden(*made, spec); })
        .and_then([&] { return fill_layer(*made, name, spec); })
        .and_then([&] { return made->sync(); })
        .and_then([&] { return read_mount_record(host_, name) ? Result<void>() : clear_upper(name); })
        .and_then([&] { return live_.contains(name.str()); })
        .and_then([&](bool present) {
            return live_.rename(fresh, name.str(), present ? RENAME_EXCHANGE : RENAME_NOREPLACE);
        })
        .and_then([&] { return live_.sync(); })
        .and_then([&] { return remove_unless_mounted(name, live_, fresh); })
        .and_then([&] { return find_live(state_, name); })
        .and_then([&](const std::string& used) {
            return used == live_path(name) ? Result<void>() : take_from_instance(name, fresh);
        });
}

/// Where 0.1.0 had it nothing may stay, or it would count.
Result<void> InstanceStore::take_from_instance(const InstanceName& name, const std::string& to) const
{
    return instances_.subdirectory(name.str()).and_then([&](const Directory& instance) {
        return is_mounted(name, instance, entry::live)
                   ? instance.rename_to(entry::live, live_, to, RENAME_NOREPLACE)
                   : instance.remove_tree(entry::live);
    });
}

Result<void> InstanceStore::remove(const InstanceName& name) const
{
    const auto removed = removed_name(name);
    return instances_.contains(name.str())
        .and_then([&](bool present) {
            return present ? instances_.rename(name.str(), removed, RENAME_NOREPLACE) : Result<void>();
        })
        .and_then([&] { return instances_.sync(); })
        .and_then([&] { return live_.remove_tree(name.str()); })
        .and_then([&] { return recover(name); });
}

} // namespace left4me
