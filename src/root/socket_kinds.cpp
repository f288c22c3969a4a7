#include "root/socket_kinds.hpp"

#include "system/format.hpp"

#include <array>
#include <bpf/bpf.h>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/in.h>

namespace left4me {
namespace {

/// Answers 1 for TCP and UDP, 0 (EPERM) for all else. R1 is the socket that is being made.
constexpr std::array<bpf_insn, 6> program = {{
    {BPF_LDX | BPF_W | BPF_MEM, BPF_REG_2, BPF_REG_1, offsetof(bpf_sock, protocol), 0},
    {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 1},
    {BPF_JMP32 | BPF_JEQ | BPF_K, BPF_REG_2, 0, 2, IPPROTO_TCP}, // to the end
    {BPF_JMP32 | BPF_JEQ | BPF_K, BPF_REG_2, 0, 1, IPPROTO_UDP},
    {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0},
    {BPF_JMP | BPF_EXIT, 0, 0, 0, 0},
}};

} // namespace

Result<FileDescriptor> allow_tcp_and_udp_alone(const std::string& cgroup)
{
    const FileDescriptor directory(open(cgroup.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory)
        return fail_errno(formatted("cannot open {}", quote(cgroup)), errno);
    bpf_prog_load_opts options = {};
    options.sz = sizeof options;
    options.expected_attach_type = BPF_CGROUP_INET_SOCK_CREATE;
    const FileDescriptor loaded(bpf_prog_load(BPF_PROG_TYPE_CGROUP_SOCK, "left4me_sockets", "Expat",
                                              program.data(), program.size(), &options));
    if (!loaded)
        return fail_errno("cannot load the filter of socket kinds", errno);
    FileDescriptor link(
        bpf_link_create(loaded.get(), directory.get(), BPF_CGROUP_INET_SOCK_CREATE, nullptr));
    if (!link)
        return fail_errno(formatted("cannot filter the sockets of {}", quote(cgroup)), errno);
    return link;
}

} // namespace left4me
