#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <string>

namespace left4me {

/// Lets the processes of a cgroup, and of all beneath it, make no other internet sockets
/// than TCP and UDP, for as long as the descriptor is open. Their units' filters know
/// ports of these two alone, and Landlock those of TCP: an MPTCP or SMC socket is TCP on
/// the wire and passes by both. Asked by the kernel for each socket, of whichever ABI:
/// what a 32-bit program asks socketcall(2) for no system call filter can see.
Result<FileDescriptor> allow_tcp_and_udp_alone(const std::string& cgroup);

} // namespace left4me
