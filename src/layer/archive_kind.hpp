#pragma once

#include "system/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// What an operator has to import, besides a directory.
enum class SourceKind {
    archive,
    file, ///< one that has a place of its own: an addon, a map, a plugin, a configuration
};

/// So much of a file's beginning tells what it is.
constexpr std::size_t source_head_size = 512;

/// What a file of that name and size is that begins so. bad_data for what cannot be read, by
/// what it is: empty, a web page, a program, one part of several, an archive that is locked as
/// a whole, a file whose content is not what its ending says.
///
/// Signatures and flags: APPNOTE.TXT 6.3.10 of PKWARE for .zip, 7zFormat.txt of the LZMA SDK for
/// .7z, technote.txt of unrar for .rar 4 and https://www.rarlab.com/technote.htm for .rar 5.
Result<SourceKind> kind_of_source(std::string_view name, std::string_view head, std::uint64_t size);

/// "tour.bsp" of "tour.bsp.bz2": the one file of the game that is compressed, as servers have
/// it for players to download; none for a name of anything else. It is read as an archive.
std::optional<std::string> compressed_file(std::string_view name);

} // namespace left4me
