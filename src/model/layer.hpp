#pragma once

#include "model/layer_ref.hpp"
#include "system/error.hpp"

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// One lower layer of a server as its configuration names it, relative to the
/// state directory: "installation", or "overlays/REF".
class Layer {
public:
    static Layer installation() { return Layer(std::nullopt); }
    static Layer overlay(LayerRef ref) { return Layer(std::move(ref)); }

    /// bad_data for a path that is neither.
    static Result<Layer> parse(std::string_view path);

    /// The path beneath the state directory.
    [[nodiscard]] std::string path() const;

    /// What people call it: the ref, or "installation".
    [[nodiscard]] std::string name() const;

    [[nodiscard]] bool is_installation() const noexcept { return !ref_; }
    [[nodiscard]] const std::optional<LayerRef>& ref() const noexcept { return ref_; }

    bool operator==(const Layer&) const = default;

private:
    explicit Layer(std::optional<LayerRef> ref) : ref_(std::move(ref)) {}
    std::optional<LayerRef> ref_;
};

} // namespace left4me
