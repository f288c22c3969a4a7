#pragma once

#include <chrono>
#include <ctime>
#include <optional>
#include <string>

namespace left4me {

/// A time of struct stat.
std::chrono::microseconds since_epoch(const timespec& time);

/// When a file was last put there or changed in any way (its inode's time), since the
/// epoch. Links are followed. None: it is not there.
std::optional<std::chrono::microseconds> file_changed(const std::string& path);

/// When its contents were last written, as whoever wrote or unpacked it says.
std::optional<std::chrono::microseconds> file_written(const std::string& path);

/// When the inode of an entry was made, which nobody can set; where the file system does not
/// keep that, when it was last changed. None: it is not there. No link is followed.
std::optional<std::chrono::microseconds> entry_born(int directory, const std::string& name);

} // namespace left4me
