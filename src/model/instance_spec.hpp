#pragma once

#include "model/game_port.hpp"
#include "model/hidden_path.hpp"
#include "model/layer_alias.hpp"
#include "model/layer_ref.hpp"
#include "model/watch_settings.hpp"
#include "system/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// What an operator writes for one server: spec.yaml.
struct InstanceSpec {
    struct Overlay {
        LayerRef ref;
        std::optional<LayerAlias> alias;
        std::size_t line; ///< in the file, for messages
    };

    struct Hidden {
        HiddenPath path;
        std::size_t line; ///< in the file, for messages
    };

    GamePort port;
    std::size_t port_line;
    std::vector<Overlay> overlays; ///< top first
    std::vector<Hidden> hidden; ///< of the layers, not to be seen by this server
    std::vector<std::string> arguments;
    std::vector<std::string> config; ///< lines of server.cfg
    WatchSettings watch;
};

/// Largest spec.yaml that is read, in bytes.
constexpr std::size_t max_instance_spec_size = 1024 * 1024;

constexpr std::size_t max_config_lines = 4096;
constexpr std::size_t max_config_line_size = 4096; ///< bytes
constexpr std::size_t max_hidden_paths = 256;

/// Largest server.cfg, in bytes: by YAML's aliases a spec can make more of it than
/// it is long itself.
constexpr std::size_t max_server_cfg_size = 1024 * 1024;

/// A server that was initialised by an earlier release is started by what that release
/// accepted: rules that came later are for new specs alone.
enum class SpecRules { of_new, of_stored };

/// bad_data, "FILE:LINE: key 'KEY': …", for unknown and repeated keys, wrong
/// types, duplicate aliases or layers, reserved arguments, newlines and NULs.
/// What only the host knows (port range, existing layers) is not looked at.
Result<InstanceSpec> parse_instance_spec(std::string_view file, std::string_view text,
                                         SpecRules rules = SpecRules::of_new);

} // namespace left4me
