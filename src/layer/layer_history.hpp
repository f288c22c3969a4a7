#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/tree_measurement.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// One attempt to change a layer.
struct LayerChangeRecord {
    std::string how; ///< create, build, import, rollback, workshop …
    std::chrono::sys_seconds when;
    std::chrono::milliseconds duration;
    std::optional<std::uint64_t> version; ///< that it made; none: it failed, or changed nothing
    std::string problem;                  ///< why it failed; else empty
    TreeSize size;                        ///< of the version
    bool operator==(const LayerChangeRecord&) const = default;
};

/// Newest last.
using LayerHistory = std::vector<LayerChangeRecord>;

std::string format_layer_history(const LayerHistory& history);

/// bad_data for anything that format_layer_history does not write.
Result<LayerHistory> parse_layer_history(std::string_view text);

/// The history in versions/REF; empty where there is none, or one that cannot be read:
/// it is for people, and keeps no layer from being changed.
LayerHistory read_layer_history(const Directory& versions);

/// Writes the history with one more, without all but the newest hundred. One that changed
/// nothing takes the place of one before it that did not either. It counts once it is put,
/// which needs no space any more.
Result<void> prepare_layer_history(const Directory& versions, LayerChangeRecord record);
Result<void> put_layer_history(const Directory& versions);
void drop_layer_history(const Directory& versions);

} // namespace left4me
