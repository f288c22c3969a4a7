#pragma once

#include "host/host.hpp"
#include "layer/content_cache.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/report.hpp"
#include "system/tree_copy.hpp"

#include <cstdint>

namespace left4me {

/// Smaller files stay where they are: a link costs as much as they do.
constexpr std::uint64_t least_shared_size = 1 << 20;

struct SharedFiles {
    std::uint64_t files = 0; ///< that are links now
    std::uint64_t fresh = 0; ///< of them, those whose content was new to the cache
};

/// Moves the large files of a tree into the cache and leaves links to them: layers, and
/// versions of one, that have the same file keep it once. A script made the tree, and
/// nobody changes it any more. What stays a file: one on another file system than the
/// cache, one with holes (it may say to be larger than any disk, and would be read for
/// hours), and an executable program (the cache has one mode for all).
Result<SharedFiles> share_large_files(const Host& host, const Directory& tree, const ContentCache& cache,
                                      const Phase& phase);

} // namespace left4me
