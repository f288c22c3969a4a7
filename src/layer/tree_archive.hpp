#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"
#include "system/report.hpp"
#include "system/tree_measurement.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

// A tree as one archive (tar with pax headers), and back. The same tree gives the same bytes:
// its entries in the order of their names, nobody's, without the times of inodes. A whiteout
// is overlayfs's own, a character device 0:0; of a directory that hides all that layers have
// there the archive has overlayfs's attribute, as "tar --xattrs" of root's would write it.

/// Where an archive goes, part by part.
using ArchiveSink = std::function<Result<void>(std::string_view)>;

struct ArchiveStyle {
    /// Whether the times of contents (in whole seconds) and the permissions are as the tree has
    /// them; else all times are the same, directories and programs are 0755, other files 0644.
    bool own_times_and_modes = true;
    /// Of a directory's path, whether it hides what layers have there.
    std::function<bool(const std::string& path)> is_opaque = {};
    /// The file that is to take a link's place; none: it stays a link.
    std::function<Result<std::optional<FileDescriptor>>(const std::string& target)> file_of_link = {};
    /// Whether what cannot be read or is no file, directory, link or whiteout is left out;
    /// else it is an Error.
    bool lenient = false;
};

struct ArchivedTree {
    TreeSize size;
    std::vector<std::string> left_out; ///< and why; the first of many
    std::uint64_t left_out_count = 0;
};

/// cancelled on Ctrl-C. A file that becomes shorter meanwhile is filled up with zeros, and of
/// one that grows the beginning is written.
Result<ArchivedTree> write_tree_archive(const Directory& tree, const ArchiveSink& sink,
                                        const ArchiveStyle& style, const Phase& phase);

struct UnpackedTree {
    TreeSize size;
    std::vector<std::string> opaque; ///< directories that are to hide what layers have there
};

/// The reverse, into an empty directory; nothing else is unpacked by it. Whoever may have made
/// the archive: bad_data, naming the entry, for what write_tree_archive does not write (names
/// that leave the tree, hard links, devices, one name twice, a way through a link), and for one
/// that is cut off. Files are this user's, who may read and write them. cancelled on Ctrl-C.
Result<UnpackedTree> read_tree_archive(const FileDescriptor& source, const Directory& into,
                                       const Phase& phase);

} // namespace left4me
