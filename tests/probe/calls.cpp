#include "attempt.hpp"

#include <array>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/kcmp.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <linux/userfaultfd.h>
#include <mqueue.h>
#include <sched.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <unistd.h>

namespace probe {
namespace {

constexpr const char* nothing = "/nonexistent";

// --- other processes' memory ----------------------------------------------------

int trace_child(__ptrace_request request)
{
    const pid_t tracer = getpid();
    const pid_t victim = fork();
    if (victim == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); // the tracer may be killed for trying
        while (getppid() == tracer)       // or have been, already
            pause();
        _exit(0);
    }
    const int result = outcome(ptrace(request, victim, nullptr, nullptr));
    kill(victim, SIGKILL);
    return result;
}

int try_ptrace(const std::string&)
{
    return trace_child(PTRACE_ATTACH);
}

int try_seize(const std::string&)
{
    return trace_child(PTRACE_SEIZE);
}

/// Of an address that is nobody's: EFAULT says that the kernel would have looked.
int try_readv(const std::string& pid)
{
    char byte = 0;
    const iovec own = {&byte, 1};
    const iovec other = {reinterpret_cast<void*>(16), 1};
    return outcome(process_vm_readv(std::stoi(pid), &own, 1, &other, 1, 0));
}

int try_writev(const std::string& pid)
{
    char byte = 0;
    const iovec own = {&byte, 1};
    const iovec other = {reinterpret_cast<void*>(16), 1};
    return outcome(process_vm_writev(std::stoi(pid), &own, 1, &other, 1, 0));
}

int try_kcmp(const std::string& pid)
{
    return outcome(syscall(SYS_kcmp, getpid(), std::stoi(pid), KCMP_VM, 0, 0));
}

int try_pidfd_getfd(const std::string&)
{
    const long self = syscall(SYS_pidfd_open, getpid(), 0);
    return self < 0 ? errno : outcome(syscall(SYS_pidfd_getfd, self, 0, 0));
}

// --- privileges -------------------------------------------------------------------

int try_setuid(const std::string&)
{
    return outcome(setuid(0));
}

int try_setresuid(const std::string&)
{
    return outcome(setresuid(0, 0, 0));
}

int try_chown(const std::string& directory)
{
    const auto path = directory + "/.left4me-chown";
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return errno;
    const int result = outcome(fchown(file, 1, 1));
    unlink(path.c_str());
    return result;
}

int try_capset(const std::string&)
{
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> none = {};
    return outcome(syscall(SYS_capset, &header, none.data()));
}

/// Success is that a program may have more rights than the one that starts it.
int try_new_privileges(const std::string&)
{
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 ? 0 : EPERM;
}

int try_personality(const std::string&)
{
    // Not by the C library's function: in a 32-bit program it takes EPERM for the
    // personality that was before.
    return outcome(syscall(SYS_personality, ADDR_NO_RANDOMIZE));
}

int try_fifo(const std::string&)
{
    const sched_param parameters = {.sched_priority = 1};
    return outcome(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &parameters));
}

int try_sched_setattr(const std::string&)
{
    struct sched_attr attributes = {};
    attributes.size = sizeof attributes;
    attributes.sched_policy = SCHED_FIFO;
    attributes.sched_priority = 1;
    return outcome(syscall(SYS_sched_setattr, 0, &attributes, 0));
}

// --- what is the whole machine's ----------------------------------------------------

/// With a tick that no clock has: EINVAL says that the kernel would have set it.
int try_adjtimex(const std::string&)
{
    struct timex change = {};
    change.modes = ADJ_TICK;
    return outcome(adjtimex(&change));
}

/// To the one that it has.
int try_sethostname(const std::string&)
{
    std::array<char, 65> host = {};
    if (gethostname(host.data(), host.size() - 1) != 0)
        return errno;
    return outcome(sethostname(host.data(), strlen(host.data())));
}

int try_kernel_log(const std::string&)
{
    constexpr int bytes_unread = 9; // SYSLOG_ACTION_SIZE_UNREAD of klogctl(3)
    return outcome(syscall(SYS_syslog, bytes_unread, nullptr, 0));
}

/// Memory that can be written and run.
int try_writable_code(const std::string&)
{
    constexpr std::size_t page = 4096;
    return mmap(nullptr, page, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                   MAP_FAILED
               ? errno
               : 0;
}

// --- namespaces ---------------------------------------------------------------------

int try_unshare(const std::string&)
{
    return outcome(unshare(CLONE_NEWUSER));
}

int try_setns(const std::string&)
{
    return outcome(setns(open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC), CLONE_NEWUTS));
}

int reap_clone(long child)
{
    if (child == 0)
        _exit(0);
    return outcome(child);
}

int try_clone(const std::string&)
{
    return reap_clone(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

int try_clone3(const std::string&)
{
    struct clone_args arguments = {};
    arguments.flags = CLONE_NEWUSER;
    arguments.exit_signal = SIGCHLD;
    return reap_clone(syscall(SYS_clone3, &arguments, sizeof arguments));
}

// --- mounts ---------------------------------------------------------------------------

int try_mount(const std::string&)
{
    return outcome(mount("tmpfs", "/tmp", "tmpfs", 0, nullptr));
}

int try_umount(const std::string&)
{
    return outcome(umount2("/tmp", MNT_DETACH));
}

int try_fsopen(const std::string&)
{
    return outcome(syscall(SYS_fsopen, "tmpfs", 0));
}

int try_open_tree(const std::string&)
{
    return outcome(syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE));
}

int try_move_mount(const std::string&)
{
    return outcome(syscall(SYS_move_mount, -1, "", -1, "", 0));
}

int try_pivot_root(const std::string&)
{
    return outcome(syscall(SYS_pivot_root, nothing, nothing));
}

int try_chroot(const std::string&)
{
    return outcome(chroot("/tmp"));
}

// --- the kernel's rarer parts ---------------------------------------------------------

int try_bpf(const std::string&)
{
    bpf_attr attributes = {};
    attributes.map_type = BPF_MAP_TYPE_ARRAY;
    attributes.key_size = 4;
    attributes.value_size = 4;
    attributes.max_entries = 1;
    return outcome(syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
}

int try_perf(const std::string&)
{
    perf_event_attr attributes = {};
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.size = sizeof attributes;
    attributes.config = PERF_COUNT_SW_CPU_CLOCK;
    return outcome(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
}

/// Of nothing that is there, as the next three: what counts is whether the kernel
/// gets to look.
int try_swapon(const std::string&)
{
    return outcome(syscall(SYS_swapon, nothing, 0));
}

int try_open_by_handle(const std::string&)
{
    struct {
        unsigned bytes;
        int type;
    } handle = {0, 0};
    const int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return outcome(syscall(SYS_open_by_handle_at, root, &handle, O_RDONLY));
}

int try_init_module(const std::string&)
{
    return outcome(syscall(SYS_init_module, nullptr, 0, ""));
}

int try_kexec(const std::string&)
{
    constexpr unsigned long no_such_flag = 1UL << 15;
    return outcome(syscall(SYS_kexec_load, 0, 0, nullptr, no_such_flag));
}

int try_iopl(const std::string&)
{
    return outcome(syscall(SYS_iopl, 3));
}

int try_modify_ldt(const std::string&)
{
    std::array<char, 16> table = {};
    return outcome(syscall(SYS_modify_ldt, 0, table.data(), table.size()));
}

int try_io_uring(const std::string&)
{
    std::array<char, 256> parameters = {}; // more than any kernel's
    return outcome(syscall(SYS_io_uring_setup, 1, parameters.data()));
}

int try_userfaultfd(const std::string&)
{
    return outcome(syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY));
}

int try_keyctl(const std::string&)
{
    return outcome(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1, 0, 0));
}

int try_add_key(const std::string&)
{
    return outcome(syscall(SYS_add_key, "user", "left4me", "x", 1, KEY_SPEC_PROCESS_KEYRING));
}

// --- what the kernel counts for users -----------------------------------------------------

int try_inotify_init(const std::string&)
{
    return outcome(syscall(SYS_inotify_init));
}

int try_inotify_init1(const std::string&)
{
    return outcome(syscall(SYS_inotify_init1, IN_CLOEXEC));
}

int try_fanotify_init(const std::string&)
{
    return outcome(syscall(SYS_fanotify_init, FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY));
}

/// So many: each holds a pending signal of its own.
int try_timers(const std::string& number)
{
    for (int left = std::stoi(number); left > 0; --left) {
        timer_t timer = {};
        if (timer_create(CLOCK_MONOTONIC, nullptr, &timer) != 0)
            return errno;
    }
    return 0;
}

/// So many bytes, in one piece of shared memory.
int try_locked_memory(const std::string& bytes)
{
    const int memory = shmget(IPC_PRIVATE, std::stoul(bytes), IPC_CREAT | 0600);
    if (memory < 0)
        return errno;
    const int result = outcome(shmctl(memory, SHM_LOCK, nullptr));
    shmctl(memory, IPC_RMID, nullptr);
    return result;
}

/// Of slots that the whole machine has.
int try_io_setup(const std::string&)
{
    unsigned long context = 0;
    return outcome(syscall(SYS_io_setup, 1, &context));
}

int try_new_queue(const std::string& name)
{
    const mqd_t queue = mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, nullptr);
    if (queue == static_cast<mqd_t>(-1))
        return errno;
    mq_unlink(name.c_str());
    return 0;
}

// --- other ABIs -------------------------------------------------------------------------

int try_x32([[maybe_unused]] const std::string& unused)
{
#ifdef __x86_64__
    constexpr long x32 = 0x40000000;
    return outcome(syscall(x32 | SYS_getpid));
#else
    return EOPNOTSUPP;
#endif
}

/// A 32-bit call with that number and no arguments, as a 64-bit program may make.
int try_int80([[maybe_unused]] const std::string& number)
{
#ifdef __x86_64__
    long result = std::stol(number);
    asm volatile("int $0x80"
                 : "+a"(result)
                 : "b"(0), "c"(0), "d"(0), "S"(0), "D"(0)
                 : "memory", "r8", "r9", "r10", "r11");
    return static_cast<int>(result < 0 ? -result : 0);
#else
    return EOPNOTSUPP;
#endif
}

constexpr std::array attempts = {
    Attempt{"ptrace", try_ptrace},
    Attempt{"seize", try_seize},
    Attempt{"readv", try_readv},
    Attempt{"writev", try_writev},
    Attempt{"kcmp", try_kcmp},
    Attempt{"pidfd_getfd", try_pidfd_getfd},
    Attempt{"setuid", try_setuid},
    Attempt{"setresuid", try_setresuid},
    Attempt{"chown", try_chown},
    Attempt{"capset", try_capset},
    Attempt{"new-privileges", try_new_privileges},
    Attempt{"personality", try_personality},
    Attempt{"adjtimex", try_adjtimex},
    Attempt{"sethostname", try_sethostname},
    Attempt{"kernel-log", try_kernel_log},
    Attempt{"writable-code", try_writable_code},
    Attempt{"sched_setscheduler", try_fifo},
    Attempt{"sched_setattr", try_sched_setattr},
    Attempt{"unshare", try_unshare},
    Attempt{"setns", try_setns},
    Attempt{"clone", try_clone},
    Attempt{"clone3", try_clone3},
    Attempt{"mount", try_mount},
    Attempt{"umount", try_umount},
    Attempt{"fsopen", try_fsopen},
    Attempt{"open_tree", try_open_tree},
    Attempt{"move_mount", try_move_mount},
    Attempt{"pivot_root", try_pivot_root},
    Attempt{"chroot", try_chroot},
    Attempt{"bpf", try_bpf},
    Attempt{"perf_event_open", try_perf},
    Attempt{"swapon", try_swapon},
    Attempt{"open_by_handle_at", try_open_by_handle},
    Attempt{"init_module", try_init_module},
    Attempt{"kexec_load", try_kexec},
    Attempt{"iopl", try_iopl},
    Attempt{"modify_ldt", try_modify_ldt},
    Attempt{"io_uring_setup", try_io_uring},
    Attempt{"userfaultfd", try_userfaultfd},
    Attempt{"keyctl", try_keyctl},
    Attempt{"add_key", try_add_key},
    Attempt{"inotify_init", try_inotify_init},
    Attempt{"inotify_init1", try_inotify_init1},
    Attempt{"fanotify_init", try_fanotify_init},
    Attempt{"timers", try_timers},
    Attempt{"locked-memory", try_locked_memory},
    Attempt{"io_setup", try_io_setup},
    Attempt{"new-queue", try_new_queue},
    Attempt{"x32", try_x32},
    Attempt{"int80", try_int80},
};

} // namespace

std::span<const Attempt> call_attempts()
{
    return attempts;
}

} // namespace probe
