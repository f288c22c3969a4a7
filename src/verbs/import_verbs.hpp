#pragma once

#include "host/host.hpp"
#include "layer/layer_import.hpp"
#include "model/layer_ref.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"
#include "system/report.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace left4me {

// l4d2ctl overlay import, as user left4me: of a directory or a single file here, of an archive by
// left4me-unpack in the sandbox of scripts.

/// How an import ends: the layer has what it had and this, or this alone.
enum class ImportMode { add, replace };

/// Adds what is open as source to the layer, or makes it; the new version's number. What is
/// refused is in the history of a layer that is there.
Result<std::uint64_t> import_into_layer(const Host& host, const LayerRef& ref,
                                        const FileDescriptor& source, const ImportOrder& order,
                                        ImportMode mode, Report& report);

/// How a plan is shown: one that is made here, and one that left4me-unpack shows, with these
/// words.
struct PlanView {
    std::function<void(const LayoutPlan&)> show;
    std::vector<std::string> words;
    std::function<void(const std::string&)> print;
};

/// Shows what an import would do, and changes nothing.
Result<void> plan_layer_import(const Host& host, const LayerRef& ref, const FileDescriptor& source,
                               const ImportOrder& order, const PlanView& view);

} // namespace left4me
