#include "root/socket_rules.hpp"

#include "system/format.hpp"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <limits>
#include <linux/bpf.h>
#include <memory>
#include <netinet/in.h>
#include <vector>

namespace left4me {
namespace {

// --- what is counted -----------------------------------------------------------------

struct Maps {
    FileDescriptor sockets; ///< of each cgroup, by its number: how many
    FileDescriptor owners;  ///< of each socket that was counted: the cgroup's number
};

struct FreeTypes {
    void operator()(btf* types) const noexcept { btf__free(types); }
};

/// The kernel wants to know of which types a socket's own values are.
Result<FileDescriptor> make_owners()
{
    const std::unique_ptr<btf, FreeTypes> types(btf__new_empty());
    bpf_map_create_opts options = {};
    options.sz = sizeof options;
    options.map_flags = BPF_F_NO_PREALLOC;
    const int key = types ? btf__add_int(types.get(), "int", sizeof(int), BTF_INT_SIGNED) : -errno;
    const int value = types ? btf__add_int(types.get(), "long", sizeof(std::uint64_t), 0) : -errno;
    if (key < 0 || value < 0 || btf__load_into_kernel(types.get()) != 0)
        return fail_errno("cannot describe the owners of sockets", errno);
    options.btf_fd = static_cast<__u32>(btf__fd(types.get()));
    options.btf_key_type_id = static_cast<__u32>(key);
    options.btf_value_type_id = static_cast<__u32>(value);
    FileDescriptor owners(bpf_map_create(BPF_MAP_TYPE_SK_STORAGE, "left4me_owners", sizeof(int),
                                         sizeof(std::uint64_t), 0, &options));
    if (!owners)
        return fail_errno("cannot make the map of sockets' owners", errno);
    return owners;
}

Result<Maps> make_maps()
{
    // Each start of a unit is a new cgroup: who was not asked about for longest is forgotten.
    constexpr __u32 most_cgroups = 16384;
    FileDescriptor sockets(bpf_map_create(BPF_MAP_TYPE_LRU_HASH, "left4me_counts", sizeof(std::uint64_t),
                                          sizeof(std::uint64_t), most_cgroups, nullptr));
    if (!sockets)
        return fail_errno("cannot make the map of sockets' numbers", errno);
    return make_owners().transform([&](FileDescriptor owners) {
        return Maps{.sockets = std::move(sockets), .owners = std::move(owners)};
    });
}

// --- programs ------------------------------------------------------------------------

using Program = std::vector<bpf_insn>;

constexpr short to_the_end = std::numeric_limits<short>::max();
constexpr short cgroup = -8; ///< on the stack: its number
constexpr short none = -16;  ///< on the stack: a 0

constexpr bpf_insn instruction(__u8 code, unsigned to, unsigned from, short offset, int value)
{
    constexpr unsigned registers = 0xF; // four bits
    bpf_insn made = {};
    made.code = code;
    made.dst_reg = to & registers;
    made.src_reg = from & registers;
    made.off = offset;
    made.imm = value;
    return made;
}
constexpr bpf_insn move(unsigned to, unsigned from)
{
    return instruction(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}
constexpr bpf_insn set(unsigned to, int value)
{
    return instruction(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}
constexpr bpf_insn add(unsigned to, int value)
{
    return instruction(BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, value);
}
constexpr bpf_insn load(unsigned to, unsigned base, short offset)
{
    return instruction(BPF_LDX | BPF_DW | BPF_MEM, to, base, offset, 0);
}
constexpr bpf_insn store(unsigned base, short offset, unsigned from)
{
    return instruction(BPF_STX | BPF_DW | BPF_MEM, base, from, offset, 0);
}
constexpr bpf_insn add_atomically(unsigned base, unsigned from)
{
    return instruction(BPF_STX | BPF_DW | BPF_ATOMIC, base, from, 0, BPF_ADD);
}
constexpr bpf_insn call(int function)
{
    return instruction(BPF_JMP | BPF_CALL, 0, 0, 0, function);
}
constexpr bpf_insn end_if_zero(unsigned what)
{
    return instruction(BPF_JMP | BPF_JEQ | BPF_K, what, 0, to_the_end, 0);
}

void append(Program& program, const Program& more)
{
    program.insert(program.end(), more.begin(), more.end());
}

/// A map as the first argument.
Program with(const FileDescriptor& map)
{
    return {{BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, map.get()}, {0, 0, 0, 0, 0}};
}

/// R0 becomes the place of the cgroup's count.
void find_count(Program& program, const Maps& maps)
{
    append(program, with(maps.sockets));
    append(program, {move(BPF_REG_2, BPF_REG_10), add(BPF_REG_2, cgroup), call(BPF_FUNC_map_lookup_elem),
                     end_if_zero(BPF_REG_0)});
}

/// R0 becomes the place of the socket's owner. R6 is the socket.
void find_owner(Program& program, const Maps& maps, int flags)
{
    append(program, with(maps.owners));
    append(program, {move(BPF_REG_2, BPF_REG_6), set(BPF_REG_3, 0), set(BPF_REG_4, flags),
                     call(BPF_FUNC_sk_storage_get), end_if_zero(BPF_REG_0)});
}

/// The answer of all that has jumped there: 1 allows, 0 is EPERM.
Program ended(Program program, int answer)
{
    for (std::size_t i = 0; i < program.size(); ++i)
        if (program[i].off == to_the_end)
            program[i].off = static_cast<short>(program.size() - i - 1);
    append(program, {set(BPF_REG_0, answer), {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}});
    return program;
}

/// R1 is the socket that is being made. Two at the same moment may be one too many.
Program program_of_making(const Maps& maps)
{
    Program program = {
        move(BPF_REG_6, BPF_REG_1),
        {BPF_LDX | BPF_W | BPF_MEM, BPF_REG_2, BPF_REG_1, offsetof(bpf_sock, protocol), 0},
        {BPF_JMP32 | BPF_JEQ | BPF_K, BPF_REG_2, 0, 1, IPPROTO_TCP}, // over the next
        {BPF_JMP32 | BPF_JNE | BPF_K, BPF_REG_2, 0, to_the_end, IPPROTO_UDP},
        call(BPF_FUNC_get_current_cgroup_id),
        store(BPF_REG_10, cgroup, BPF_REG_0),
        {BPF_ST | BPF_DW | BPF_MEM, BPF_REG_10, 0, none, 0},
    };
    append(program, with(maps.sockets));
    append(program, {move(BPF_REG_2, BPF_REG_10), add(BPF_REG_2, cgroup), move(BPF_REG_3, BPF_REG_10),
                     add(BPF_REG_3, none), set(BPF_REG_4, BPF_NOEXIST), call(BPF_FUNC_map_update_elem)});
    find_count(program, maps);
    append(program, {move(BPF_REG_7, BPF_REG_0),
                     load(BPF_REG_1, BPF_REG_7, 0),
                     {BPF_JMP | BPF_JSGE | BPF_K, BPF_REG_1, 0, to_the_end, max_sockets_of_a_unit}});
    find_owner(program, maps, BPF_SK_STORAGE_GET_F_CREATE);
    append(program, {load(BPF_REG_1, BPF_REG_10, cgroup),
                     store(BPF_REG_0, 0, BPF_REG_1),
                     set(BPF_REG_1, 1),
                     add_atomically(BPF_REG_7, BPF_REG_1),
                     set(BPF_REG_0, 1),
                     {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}});
    return ended(std::move(program), 0);
}

/// R1 is the socket. One that came by accept(2) was never counted, and has no owner.
Program program_of_closing(const Maps& maps)
{
    Program program = {move(BPF_REG_6, BPF_REG_1)};
    find_owner(program, maps, 0);
    append(program, {load(BPF_REG_1, BPF_REG_0, 0), store(BPF_REG_10, cgroup, BPF_REG_1)});
    find_count(program, maps);
    append(program, {set(BPF_REG_1, -1), add_atomically(BPF_REG_0, BPF_REG_1)});
    return ended(std::move(program), 1);
}

Result<FileDescriptor> attach(const FileDescriptor& directory, bpf_attach_type moment,
                              const Program& program)
{
    bpf_prog_load_opts options = {};
    options.sz = sizeof options;
    options.expected_attach_type = moment;
    const FileDescriptor loaded(bpf_prog_load(BPF_PROG_TYPE_CGROUP_SOCK, "left4me_sockets", "Expat",
                                              program.data(), program.size(), &options));
    if (!loaded)
        return fail_errno("cannot load the filter of sockets", errno);
    FileDescriptor link(bpf_link_create(loaded.get(), directory.get(), moment, nullptr));
    if (!link)
        return fail_errno("cannot filter sockets", errno);
    return link;
}

} // namespace

Result<SocketRules> apply_socket_rules(const std::string& cgroup)
{
    const FileDescriptor directory(open(cgroup.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory)
        return fail_errno(formatted("cannot open {}", quote(cgroup)), errno);
    const auto maps = make_maps();
    if (!maps)
        return std::unexpected(maps.error());
    // What is counted is counted down: first that.
    auto closed = attach(directory, BPF_CGROUP_INET_SOCK_RELEASE, program_of_closing(*maps));
    if (!closed)
        return std::unexpected(closed.error());
    return attach(directory, BPF_CGROUP_INET_SOCK_CREATE, program_of_making(*maps))
        .transform([&](FileDescriptor made) {
            return SocketRules{.when_made = std::move(made), .when_closed = std::move(*closed)};
        });
}

} // namespace left4me
