#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/tree_walk.hpp"

#include <chrono>
#include <optional>

namespace left4me {

// Since when a layer has what it has: so it can be told whether a file that a server wrote
// hides what came later. The times of the files do not say it: their authors set them, and each
// version of a layer is a new copy.

using Time = std::chrono::microseconds; ///< since the epoch

/// Marks a version that is to be published: what the present one (none: it is the first) has
/// already keeps its time, what is new or has another content gets now. What was not changed
/// since untouched (by its inode's time) is the present one's without being read. Links keep
/// their time as that of their inode. cancelled on Ctrl-C.
Result<void> mark_ages(const Directory& next, const Directory* present, std::optional<Time> untouched,
                       Time now);

/// How it is known of a layer since when a file is in it.
enum class AgeSource {
    marks,   ///< by mark_ages
    changes, ///< it was made by hand: when it was put there or written, whichever is later
    writes,  ///< steamcmd wrote it, and copies keep the time
    none,    ///< it is written anew at each start
};

/// Of the files of one layer.
class FileAges {
public:
    FileAges(AgeSource source, const Directory& layer);

    /// None: it cannot be told, as of what was published by 0.1.0.
    [[nodiscard]] std::optional<Time> since(const TreeEntry& entry) const;

private:
    AgeSource source_;
    std::optional<Time> of_unmarked_;
};

} // namespace left4me
