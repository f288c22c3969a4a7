#pragma once

#include "host/host.hpp"
#include "layer/tree_archive.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

#include <string>

namespace left4me {

// A layer as one archive, which says the same of the same content: whoever made it, on whatever
// host and at whatever time. Files that lie in a cache are in it as files.

/// Writes it to sink, and gives its SHA256, as sha256sum would. not_found where a link leads to
/// nothing in a cache.
struct ExportedLayer {
    TreeSize size;
    std::string sha256;
};
Result<ExportedLayer> export_tree(const Host& host, const Directory& layer, const ArchiveSink& sink,
                                  const Phase& phase);

/// The SHA256 of that archive. It is kept with the layer, and made anew when anything in it was
/// changed since; that takes as long as to read all of it.
Result<std::string> digest_of_layer(const Host& host, const Directory& layer, const Phase& phase);

} // namespace left4me
