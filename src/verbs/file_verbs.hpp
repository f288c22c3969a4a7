#pragma once

#include "host/host.hpp"
#include "layer/layer_digest.hpp"
#include "model/engine_view.hpp"
#include "model/layer_ref.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"
#include "system/report.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace left4me {

// Single files of a layer, and all of it as one archive. Run as user left4me.

/// What is put into a layer.
struct FileChange {
    std::string path; ///< in the layer, as path_of_entry gives it
    std::string how;  ///< put, edit: for the history
    /// What the file must have been: the text that somebody has changed. none: anything.
    const FileDescriptor* before = nullptr;
};

/// Puts an open file, or what comes through a pipe, into a layer: in the place of the file of that
/// path, or as a new one. The version that it made; none where the layer has that content
/// already. busy where the file is not the one before.
Result<std::optional<std::uint64_t>> put_file(const Host& host, const LayerRef& ref,
                                              const FileDescriptor& file, const FileChange& change,
                                              Report& report);

/// Copies a file of a layer, or of the cache that it is a link to, into another one, for somebody
/// to change. False: the layer has none of that path. bad_data: it is no file, or larger than
/// max_edited_size. not_found: there is no such layer.
Result<bool> take_file(const Host& host, const LayerRef& ref, const std::string& path,
                       const FileDescriptor& to);
constexpr std::uint64_t max_edited_size = 16U << 20U;

/// The layer as the game sees it.
Result<EngineView> layer_view(const Host& host, const LayerRef& ref);

/// See digest_of_layer.
Result<std::string> layer_digest(const Host& host, const LayerRef& ref, Report& report);

/// See export_tree.
Result<ExportedLayer> export_layer(const Host& host, const LayerRef& ref, const ArchiveSink& sink,
                                   Report& report);

} // namespace left4me
