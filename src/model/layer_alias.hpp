#pragma once

#include "system/error.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace left4me {

/// A layer's alias, [a-z0-9][a-z0-9_-]{0,31}: the layer's server.cfg also
/// becomes server_ALIAS.cfg.
class LayerAlias {
public:
    /// bad_data, with the rule that was broken.
    static Result<LayerAlias> parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    auto operator<=>(const LayerAlias&) const = default;

private:
    explicit LayerAlias(std::string_view text) : text_(text) {}
    std::string text_;
};

} // namespace left4me
