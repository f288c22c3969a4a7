#pragma once

#include "host/mount_times.hpp"
#include "layer/file_ages.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// One of the trees that a server stands on.
struct LowerTree {
    std::string name; ///< the layer's ref, or "installation"; empty: what left4me generated
    Directory tree;
    FileAges ages;
};

enum class OwnKind { file, link, directory, removal, other };

/// Something that a server made in its own tree, above its layers.
struct OwnFile {
    std::string path; ///< in the game's tree, as it is: any bytes but NUL
    OwnKind kind;
    std::uint64_t bytes; ///< of a file
    Time changed;        ///< by the inode's time, which the server cannot set
    std::optional<std::string> over = {}; ///< the layer whose file or directory it hides or removes
    bool hides_newer = false;  ///< that came into the layer after this was made
    bool defeats_hide = false; ///< the spec hides what is there
};

struct OwnFiles {
    std::vector<OwnFile> files; ///< the newest first
    std::uint64_t bytes = 0;
    std::vector<std::string> unread; ///< why something could not be looked at
};

/// Whether a directory of that path was made anew, so that it hides all that the layers have
/// there (overlayfs: it is opaque). None: it cannot be told.
using IsOpaque = std::function<std::optional<bool>(const std::string& path)>;

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

/// What is in a server's own tree (upper). A directory is told of where it hides something, or
/// has nothing in it. lower: top first. The server writes the tree meanwhile, and may have made
/// anything of it: what cannot be read is passed over. busy where there is more than most of it,
/// files and directories. cancelled on Ctrl-C.
Result<OwnFiles> survey_own_files(const Directory& upper, const std::vector<LowerTree>& lower,
                                  const MountTimes& mounts, const IsOpaque& is_opaque,
                                  std::size_t most = no_limit);

/// IsOpaque of a server whose tree is mounted. User left4me cannot read overlayfs's own marks
/// (trusted.*), but sees what is missing: something of a layer that the directory itself neither
/// has nor removes. lower: the very trees that are mounted. merged is looked at by path, entry
/// by entry: an open descriptor in it would keep it from being unmounted.
std::optional<bool> is_opaque_in(const std::string& path, const Directory& upper,
                                 const std::vector<Directory>& lower, const std::string& merged);

} // namespace left4me
