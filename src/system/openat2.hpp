#pragma once

#include <cstdint>
#include <string>

namespace left4me {

/// openat2, which glibc 2.41 does not wrap: a descriptor, close-on-exec, or -1 and errno.
/// resolve is a set of RESOLVE_ flags. EAGAIN, which only says that something was renamed
/// meanwhile and the kernel could not be sure, is tried again. Where a
/// filter has it ENOSYS, a path beneath, without links, is opened part by part.
int open_at2(int directory, const std::string& path, int flags, std::uint64_t resolve);

} // namespace left4me
