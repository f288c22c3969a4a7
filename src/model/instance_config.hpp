#pragma once

#include "model/game_port.hpp"
#include "model/layer.hpp"
#include "model/watch_settings.hpp"
#include "system/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// What a spec became: what the mount helper and the launcher need to know of
/// a server. Its file, instance.conf, is data that user left4me can write, so
/// everything is checked again by whoever reads it.
///
///     L4D2_PORT=27015
///     L4D2_ARG=+map
///     L4D2_ARG=c1m1_hotel
///     L4D2_LOWERDIR=overlays/competitive/base
///     L4D2_LOWERDIR=installation
///     L4D2_QUERY=none
///     L4D2_HANG_AFTER=30
///
/// The last two are written where they are not the default, so that a release that does not know
/// them reads most files still.
struct InstanceConfig {
    GamePort port;
    std::vector<std::string> arguments; ///< one word each for the game
    std::vector<Layer> lowerdirs;       ///< top first; the last is the installation
    WatchSettings watch;
};

/// Largest instance.conf that is read, in bytes: more than the rules below allow,
/// so that what is accepted can be read again.
constexpr std::size_t max_instance_config_size = 3 * 1024 * 1024;

/// The kernel's limit for one overlay mount is 500 lower layers; one of them is
/// the generated configuration.
constexpr std::size_t max_lowerdirs = 499;

constexpr std::size_t max_arguments = 256;
constexpr std::size_t max_argument_size = 4096; ///< bytes

/// The rule that an argument for the game breaks, if any: reserved by left4me,
/// too long, or with a newline or a NUL.
Result<void> check_argument(std::string_view argument);

/// Unknown or repeated keys, and whatever the rules above refuse, are bad_data
/// with the line that is wrong. file is the name for messages.
Result<InstanceConfig> parse_instance_config(std::string_view file, std::string_view text);

/// The text that parse_instance_config reads back as the same.
std::string format_instance_config(const InstanceConfig& config);

/// The rules for a whole stack: the installation last and only there, no layer
/// twice or inside another, not too many.
Result<void> check_lowerdirs(const std::vector<Layer>& lowerdirs);

} // namespace left4me
