#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <string>

namespace left4me {

/// What the kernel asks for each internet socket, for as long as this lives.
struct SocketRules {
    FileDescriptor when_made;
    FileDescriptor when_closed;
};

/// How many internet sockets the processes of one unit may have at a time. The kernel has
/// some 28000 ports to give to whoever asks for any, and no limit on who has them: without one
/// name in the whole host could be looked up while one server held them all.
constexpr int max_sockets_of_a_unit = 512;

/// Lets the processes of a cgroup, and of all beneath it, make no other internet sockets
/// than TCP and UDP, and of these no more than max_sockets_of_a_unit in each cgroup. Their
/// units' filters know ports of these two alone, and Landlock those of TCP: an MPTCP or SMC
/// socket is TCP on the wire and passes by both. Asked by the kernel for each socket, of
/// whichever ABI: what a 32-bit program asks socketcall(2) for no system call filter can see.
Result<SocketRules> apply_socket_rules(const std::string& cgroup);

} // namespace left4me
