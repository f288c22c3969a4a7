// What a taken-over game server would try. Static, built for both ABIs from this
// one source, and started by the real unit in place of the game:
//
//   probeNN [--out FILE] [--also PROGRAM FILE] [--stay] ATTEMPT...
//
// Each attempt runs in a child of its own under an alarm, and leaves lines
//
//   ID ABI ok|error|killed|entry DETAIL
//
// on standard output or in FILE, which has its name only when all is in it.
// PROGRAM is the probe of the other ABI: it makes the same attempts first, so
// that one start of a unit shows both.

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <linux/bpf.h>
#include <poll.h>
#include <sched.h>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr int abi = sizeof(void*) == 8 ? 64 : 32;
constexpr unsigned time_limit_s = 30; // of one attempt
constexpr int connect_limit_ms = 500;

int out = STDOUT_FILENO;

/// 0 or the errno of what was just tried.
int outcome(long result)
{
    return result < 0 ? errno : 0;
}

void print(const std::string& id, const char* result, const std::string& detail)
{
    dprintf(out, "%s %d %s %s\n", id.c_str(), abi, result, detail.c_str());
}

void print_entry(const std::string& id, const std::string& detail)
{
    print(id, "entry", detail);
}

// --- system calls ------------------------------------------------------------

int try_mount(const std::string&)
{
    return outcome(mount("tmpfs", "/tmp", "tmpfs", 0, nullptr));
}

int try_ptrace(const std::string&)
{
    const pid_t victim = fork();
    if (victim == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); // the tracer may be killed for trying
        while (true)
            pause();
    }
    const int result = outcome(ptrace(PTRACE_ATTACH, victim, nullptr, nullptr));
    kill(victim, SIGKILL);
    return result;
}

int try_bpf(const std::string&)
{
    bpf_attr attributes = {};
    attributes.map_type = BPF_MAP_TYPE_ARRAY;
    attributes.key_size = 4;
    attributes.value_size = 4;
    attributes.max_entries = 1;
    return outcome(syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
}

int try_unshare(const std::string&)
{
    return outcome(unshare(CLONE_NEWUSER));
}

int try_setns(const std::string&)
{
    return outcome(setns(open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC), CLONE_NEWUTS));
}

/// Of nothing that is there: what counts is whether the kernel gets to look.
int try_swapon(const std::string&)
{
    return outcome(syscall(SYS_swapon, "/nonexistent", 0));
}

int try_chroot(const std::string&)
{
    return outcome(chroot("/tmp"));
}

/// Not by the C library's function: in a 32-bit program it takes EPERM for the
/// personality that was before.
int try_personality(const std::string&)
{
    return outcome(syscall(SYS_personality, ADDR_NO_RANDOMIZE));
}

// --- network -----------------------------------------------------------------

struct Address {
    int type = SOCK_STREAM;
    sockaddr_in name = {};
};

/// tcp:IP:PORT or tcp:PORT, udp alike.
Address address_of(const std::string& text)
{
    Address address;
    address.type = text.starts_with("udp:") ? SOCK_DGRAM : SOCK_STREAM;
    const auto port = text.rfind(':');
    const auto host = port > 4 ? text.substr(4, port - 4) : "0.0.0.0";
    address.name.sin_family = AF_INET;
    address.name.sin_port = htons(static_cast<std::uint16_t>(std::stoi(text.substr(port + 1))));
    inet_pton(AF_INET, host.c_str(), &address.name.sin_addr);
    return address;
}

const sockaddr* generic(const sockaddr_in& name)
{
    return reinterpret_cast<const sockaddr*>(&name);
}

int try_bind(const std::string& text)
{
    const auto address = address_of(text);
    const int end = socket(AF_INET, address.type | SOCK_CLOEXEC, 0);
    return end < 0 ? errno : outcome(bind(end, generic(address.name), sizeof address.name));
}

/// A packet that is dropped without a word shows as ETIMEDOUT.
int finish_connect(int end)
{
    pollfd writable = {end, POLLOUT, 0};
    if (poll(&writable, 1, connect_limit_ms) != 1)
        return ETIMEDOUT;
    int problem = 0;
    socklen_t size = sizeof problem;
    getsockopt(end, SOL_SOCKET, SO_ERROR, &problem, &size);
    return problem;
}

int try_connect(const std::string& text)
{
    const auto address = address_of(text);
    const int end = socket(AF_INET, address.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (end < 0)
        return errno;
    if (address.type == SOCK_DGRAM)
        return outcome(sendto(end, "probe", 5, 0, generic(address.name), sizeof address.name));
    const int begun = outcome(connect(end, generic(address.name), sizeof address.name));
    return begun == EINPROGRESS ? finish_connect(end) : begun;
}

int try_netlink(const std::string&)
{
    return outcome(socket(AF_NETLINK, SOCK_RAW, 0));
}

// --- files -------------------------------------------------------------------

int try_read(const std::string& path)
{
    const int file = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    char byte = 0;
    if (file < 0)
        return errno;
    const auto got = read(file, &byte, 1);
    return got < 0 && errno != EISDIR && errno != EAGAIN ? errno : 0;
}

int try_write(const std::string& path)
{
    return outcome(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

int try_create(const std::string& directory)
{
    const auto path = directory + "/.left4me-probe";
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return errno;
    close(file);
    unlink(path.c_str());
    return 0;
}

int try_set_uid_bit(const std::string& directory)
{
    const auto path = directory + "/.left4me-set-uid";
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
    if (file < 0)
        return errno;
    const int result = outcome(fchmod(file, 04700));
    unlink(path.c_str());
    return result;
}

std::vector<std::string> names_in(const std::string& directory)
{
    std::vector<std::string> names;
    DIR* stream = opendir(directory.c_str());
    if (stream == nullptr)
        return names;
    while (const dirent* entry = readdir(stream)) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..")
            names.push_back(name);
    }
    closedir(stream);
    return names;
}

bool is_directory(const std::string& path)
{
    struct stat status = {};
    return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// The topmost directories in which a file can be made. Not in /proc, where no
/// directory can hold one and each process has thousands.
void print_writable(const std::string& id, const std::string& directory)
{
    if (try_create(directory.empty() ? "/" : directory) == 0) {
        print_entry(id, directory);
        return;
    }
    if (directory == "/usr" && errno == EROFS)
        return; // thousands of directories; what is mounted in there is in the mount table
    for (const auto& name : names_in(directory.empty() ? "/" : directory)) {
        const auto path = directory + "/" + name;
        if (path != "/proc" && is_directory(path))
            print_writable(id, path);
    }
}

int try_writable(const std::string&)
{
    print_writable("writable", "");
    return 0;
}

int try_list(const std::string& directory)
{
    if (!is_directory(directory))
        return errno == 0 ? ENOTDIR : errno;
    for (const auto& name : names_in(directory))
        print_entry("list:" + directory, name);
    return 0;
}

// --- processes and namespaces --------------------------------------------------

int try_kill(const std::string& pid)
{
    return outcome(kill(std::stoi(pid), 0));
}

/// All processes that are no probe.
int try_pids(const std::string&)
{
    for (const auto& name : names_in("/proc")) {
        std::string command;
        std::getline(std::ifstream("/proc/" + name + "/comm") >> std::ws, command);
        if (name.find_first_not_of("0123456789") == std::string::npos && !command.starts_with("probe"))
            print_entry("pids", name + ":" + command);
    }
    return 0;
}

int try_namespaces(const std::string&)
{
    for (const char* kind : {"mnt", "pid", "user", "ipc", "uts", "cgroup", "net"}) {
        std::array<char, 64> link = {};
        const auto path = std::string("/proc/self/ns/") + kind;
        if (readlink(path.c_str(), link.data(), link.size() - 1) > 0)
            print_entry("namespaces", link.data());
    }
    return 0;
}

/// MOUNTPOINT OPTIONS FSTYPE, the mount's own options without the times.
int try_mounts(const std::string&)
{
    std::ifstream table("/proc/self/mountinfo");
    for (std::string line; std::getline(table, line);) {
        std::istringstream words(line);
        std::string ignored;
        std::string point;
        std::string options;
        std::string type;
        words >> ignored >> ignored >> ignored >> ignored >> point >> options;
        while (words >> type && type != "-")
            ;
        words >> type;
        print_entry("mounts", point + " " + options + " " + type);
    }
    return 0;
}

// --- the table -----------------------------------------------------------------

struct Attempt {
    std::string_view id; ///< up to the argument
    int (*run)(const std::string& argument);
};

constexpr std::array attempts = {
    Attempt{"mount", try_mount},
    Attempt{"ptrace", try_ptrace},
    Attempt{"bpf", try_bpf},
    Attempt{"unshare", try_unshare},
    Attempt{"setns", try_setns},
    Attempt{"swapon", try_swapon},
    Attempt{"chroot", try_chroot},
    Attempt{"personality", try_personality},
    Attempt{"bind", try_bind},
    Attempt{"connect", try_connect},
    Attempt{"netlink", try_netlink},
    Attempt{"read", try_read},
    Attempt{"write", try_write},
    Attempt{"create", try_create},
    Attempt{"set-uid", try_set_uid_bit},
    Attempt{"writable", try_writable},
    Attempt{"list", try_list},
    Attempt{"kill", try_kill},
    Attempt{"pids", try_pids},
    Attempt{"namespaces", try_namespaces},
    Attempt{"mounts", try_mounts},
};

const Attempt* find(std::string_view id)
{
    for (const auto& attempt : attempts)
        if (id.substr(0, id.find(':')) == attempt.id)
            return &attempt;
    return nullptr;
}

[[noreturn]] void make(const std::string& id)
{
    alarm(time_limit_s);
    const auto* attempt = find(id);
    const auto colon = id.find(':');
    errno = 0;
    const int result = attempt == nullptr
                           ? EINVAL
                           : attempt->run(colon == std::string::npos ? "" : id.substr(colon + 1));
    print(id, result == 0 ? "ok" : "error", result == 0 ? "-" : strerrorname_np(result));
    _exit(0);
}

/// Runs its child to the end; what killed it, or 0.
int wait_for(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

void make_in_child(const std::string& id)
{
    const pid_t child = fork();
    if (child == 0)
        make(id);
    if (const int number = wait_for(child))
        print(id, "killed", std::string("SIG") + sigabbrev_np(number));
}

struct Options {
    std::string file;
    std::string also;
    std::string also_file;
    bool stay = false;
    std::vector<std::string> attempts;
};

Options parse(std::span<char*> words)
{
    Options options;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string word = words[i];
        if (word == "--out") {
            options.file = words[++i];
        } else if (word == "--also") {
            options.also = words[++i];
            options.also_file = words[++i];
        } else if (word == "--stay") {
            options.stay = true;
        } else {
            options.attempts.push_back(word);
        }
    }
    return options;
}

void run_other(const Options& options)
{
    std::vector<std::string> words = {options.also, "--out", options.also_file};
    words.insert(words.end(), options.attempts.begin(), options.attempts.end());
    std::vector<char*> argv;
    for (auto& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        execv(argv.front(), argv.data());
        _exit(127);
    }
    wait_for(child);
}

} // namespace

int main(int argc, char* argv[])
{
    // As PID 1 of its namespace it gets no signal that it does not wait for.
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, nullptr);

    const auto options = parse({argv + 1, static_cast<std::size_t>(argc - 1)});
    if (!options.also.empty())
        run_other(options);
    const auto unfinished = options.file + ".part";
    if (!options.file.empty())
        out = open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
    for (const auto& id : options.attempts)
        make_in_child(id);
    if (!options.file.empty() && rename(unfinished.c_str(), options.file.c_str()) != 0)
        return 1;
    int number = 0;
    while (options.stay && sigwait(&ends, &number) != 0)
        ;
    return 0;
}
