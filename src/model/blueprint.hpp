#pragma once

#include "model/game_port.hpp"
#include "model/instance_spec.hpp"
#include "system/error.hpp"

#include <string>
#include <vector>

namespace left4me {

/// A blueprint as people write it, a text for each part.
struct BlueprintText {
    std::string layers = {};    ///< a line each, top first: "REF", or "REF ALIAS"
    std::string hide = {};      ///< a path in the game's tree a line
    std::string arguments = {}; ///< words; one in double quotes may have blanks
    std::string config = {};    ///< the lines of server.cfg

    bool operator==(const BlueprintText&) const = default;
};

/// What servers are made of: a spec but for the port, and without a password for the console, which
/// each server has of its own. What is one can always be a spec.
class Blueprint {
public:
    /// bad_data, with the part and its line: "Configuration, line 3: …". The rules are those of
    /// parse_instance_spec.
    static Result<Blueprint> parse(const BlueprintText& text);

    /// As it was written, without blanks and lines that mean nothing.
    [[nodiscard]] const BlueprintText& text() const noexcept { return text_; }

    [[nodiscard]] const std::vector<InstanceSpec::Overlay>& layers() const noexcept { return layers_; }

    /// spec.yaml of a server with that port.
    [[nodiscard]] std::string spec(GamePort port) const;

private:
    Blueprint() = default;
    BlueprintText text_;
    std::vector<InstanceSpec::Overlay> layers_;
    std::string spec_; ///< behind the port
};

} // namespace left4me
