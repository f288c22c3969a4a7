#pragma once

#include "content_cache.hpp"
#include "directory.hpp"
#include "error.hpp"

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
/// nobody changes it any more. A file that is on another file system than the cache
/// stays.
Result<SharedFiles> share_large_files(const Directory& tree, const ContentCache& cache);

} // namespace left4me
