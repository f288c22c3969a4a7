#include "host/stack_checks.hpp"

#include "host/open_layer.hpp"
#include "host/places.hpp"
#include "host/server_view.hpp"
#include "model/game_arguments.hpp"
#include "model/spec_files.hpp"
#include "system/format.hpp"
#include "system/key_value_lines.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>

namespace left4me {
namespace {

/// Whether a path lies in one of these, which are in the state directory.
bool is_in(const Host& host, const std::filesystem::path& path,
           const std::array<std::string_view, 2>& directories)
{
    return std::ranges::any_of(directories, [&](std::string_view directory) {
        return path.string().starts_with(host.state_path(directory) + '/');
    });
}

/// What is wrong with a link of a layer, whose target the game would lose without a word:
/// one into a cache that is not there, one to other layers or the installation, which
/// servers do not see but in their merged tree.
std::optional<std::string> problem_of_link(const Host& host, const std::filesystem::path& layer,
                                           const std::filesystem::path& link,
                                           const std::filesystem::path& target)
{
    namespace fs = std::filesystem;
    const auto resolved = (layer / link.parent_path() / target).lexically_normal();
    std::error_code problem;
    if (is_in(host, resolved, {"workshop_cache", "global_overlay_cache"}) &&
        !fs::exists(resolved, problem))
        return formatted("{} leads to a file that is not in the cache", quote((layer / link).string()));
    if (is_in(host, place_of_target(host.state(), link, target), {"overlays", "installation"}))
        return formatted("{} leads to another layer or the installation, which servers do not see: "
                         "copy the file, or put it into a cache",
                         quote((layer / link).string()));
    return {};
}

/// Of its links the first one that is wrong.
std::optional<std::string> problem_of_links(const Host& host, const std::filesystem::path& layer)
{
    std::optional<std::string> first;
    auto everything = std::numeric_limits<std::size_t>::max();
    for_each_link(layer, everything, [&](const auto& link, const auto& target) {
        if (!first)
            first = problem_of_link(host, layer, link, target);
    });
    return first;
}

/// In the merged tree of these layers, without what the server writes: the topmost layer
/// that has the path, or something in its way that is no directory, counts.
Result<bool> is_seen(const Directory& state, const std::vector<Layer>& lowerdirs, const HiddenPath& path)
{
    for (const auto& layer : lowerdirs) {
        const auto directory = state.subdirectory(layer.path());
        if (!directory)
            return std::unexpected(directory.error());
        for (const auto& parent : path.parents()) {
            const auto there = directory->contains(parent);
            const auto opened = directory->subdirectory(parent);
            if (there && *there && !opened)
                return false;
        }
        if (const auto there = directory->contains(path.str()); there && *there)
            return true;
    }
    return false;
}

} // namespace

Result<void> check_layers(const Host& host, const Directory& state, std::string_view file,
                          const InstanceSpec& spec)
{
    for (const auto& overlay : spec.overlays) {
        const auto layer = Layer::overlay(overlay.ref);
        const auto complain = [&](std::string_view why) {
            return fail_at_line(file, overlay.line, formatted("key 'overlays': {}", why));
        };
        if (const auto directory = open_layer(state, layer); !directory)
            return complain(directory.error().message);
        if (const auto problem = problem_of_links(host, host.state_path(layer.path())))
            return complain(formatted("layer {}: {}", quote(layer.name()), *problem));
    }
    return {};
}

Result<void> check_hidden(const Directory& state, std::string_view file, const InstanceSpec& spec)
{
    const auto lowerdirs = instance_config_of(spec).lowerdirs;
    for (const auto& hidden : spec.hidden) {
        const auto seen = is_seen(state, lowerdirs, hidden.path);
        if (!seen)
            return std::unexpected(seen.error());
        // A whiteout of nothing would be seen itself, as something that cannot be opened.
        if (!*seen)
            return fail_at_line(file, hidden.line,
                                formatted("key 'hide': no layer has {}, so there is nothing to hide",
                                          quote(hidden.path.str())));
    }
    return {};
}

Result<void> check_game(const Host& host, const Directory& state, const InstanceSpec& spec)
{
    const auto lowerdirs = instance_config_of(spec).lowerdirs;
    const auto has = [&](std::string_view program) {
        return std::ranges::any_of(lowerdirs, [&](const Layer& layer) {
            const auto there = state.contains(formatted("{}/{}", layer.path(), program));
            return there && *there;
        });
    };
    if (has("srcds_linux"))
        return {};
    if (!has("srcds_run"))
        return fail(ExitStatus::not_found, formatted("there is no srcds_linux in any layer: is the game "
                                                     "in {}/installation?",
                                                     host.state()));
    return check_for_wrapper(spec.arguments);
}

} // namespace left4me
