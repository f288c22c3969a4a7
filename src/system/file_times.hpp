#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace left4me {

/// When a file was last put there or changed in any way (its inode's time), since the
/// epoch. Links are followed. None: it is not there.
std::optional<std::chrono::microseconds> file_changed(const std::string& path);

/// When its contents were last written, as whoever wrote or unpacked it says.
std::optional<std::chrono::microseconds> file_written(const std::string& path);

} // namespace left4me
