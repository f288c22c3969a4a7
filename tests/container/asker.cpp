// Asks left4me-broker as its protocol is (src/host/helper_door.hpp), or otherwise: for the tests
// of what it takes and refuses.
//
//   asker [--child] [--gone] [--descriptors KIND] [--input TEXT] [--unread] [--calls N] [--stay]
//         SOCKET MESSAGE
//
// MESSAGE's words end with "," for NUL; KIND is one of pipes (the default), none, two, four,
// file, device, memory, fifo, nonblocking, backwards. Prints what the helper wrote, and
// "answer: TEXT", "closed" or "error: NAME" for each call. An empty MESSAGE is never sent.
//
//   asker --repeat N SOCKET MESSAGE   so many calls, with pauses, and what each took, in microseconds
//
//   asker --become PROGRAM WORD...    goes on as that, which reads its standard input, with a
//                                     child that tries to write into it

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <string>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

struct Options {
    bool child = false;
    bool gone = false;
    bool unread = false;
    bool stay = false;
    int calls = 1;
    int repeat = 0;
    std::string descriptors = "pipes";
    std::string input;
    std::string socket;
    std::string message;
};

struct Pipes {
    int ends[3][2];
};

Pipes make_pipes(int flags)
{
    Pipes pipes = {};
    for (auto& one : pipes.ends)
        if (pipe2(one, O_CLOEXEC | flags) != 0)
            std::abort();
    return pipes;
}

std::vector<int> chosen(const std::string& kind, const Pipes& pipes)
{
    const std::vector<int> right = {pipes.ends[0][0], pipes.ends[1][1], pipes.ends[2][1]};
    if (kind == "none")
        return {};
    if (kind == "two")
        return {right[0], right[1]};
    if (kind == "four")
        return {right[0], right[1], right[2], right[2]};
    if (kind == "backwards")
        return {pipes.ends[0][1], pipes.ends[1][0], pipes.ends[2][0]};
    const auto other = [&](const char* path, int flags) -> std::vector<int> {
        return {right[0], open(path, flags | O_CLOEXEC), right[2]};
    };
    if (kind == "file")
        return other("/tmp/asker-file", O_WRONLY | O_CREAT);
    if (kind == "device")
        return other("/dev/null", O_WRONLY);
    if (kind == "memory")
        return other("/proc/self/mem", O_WRONLY);
    if (kind == "fifo")
        return other("/tmp/asker-fifo", O_RDWR);
    return right;
}

int connect_to(const std::string& path)
{
    const int made = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        return -1;
    return made;
}

void send_call(int socket, std::string text, const std::vector<int>& descriptors)
{
    for (auto& c : text)
        if (c == ',')
            c = '\0';
    iovec part = {text.data(), text.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(4 * sizeof(int))> control = {};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        const auto size = descriptors.size() * sizeof(int);
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(size);
        auto* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(size);
        std::memcpy(CMSG_DATA(header), descriptors.data(), size);
    }
    if (sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
        std::printf("send: %s\n", strerrorname_np(errno));
}

void print_what_comes(int pipe)
{
    std::array<char, 4096> buffer = {};
    ssize_t got = 0;
    while ((got = read(pipe, buffer.data(), buffer.size())) > 0)
        std::fwrite(buffer.data(), 1, static_cast<std::size_t>(got), stdout);
    std::fflush(stdout);
}

void print_answer(int socket)
{
    std::array<char, 4096> buffer = {};
    const auto got = recv(socket, buffer.data(), buffer.size(), 0);
    if (got > 0)
        std::printf("answer: %.*s\n", static_cast<int>(got), buffer.data());
    else
        std::printf(got == 0 ? "closed\n" : "error: %s\n", strerrorname_np(errno));
    std::fflush(stdout);
}

struct Call {
    int socket;
    Pipes pipes;
};

Call begin(const Options& options)
{
    Call call = {connect_to(options.socket),
                 make_pipes(options.descriptors == "nonblocking" ? O_NONBLOCK : 0)};
    if (call.socket < 0) {
        std::printf("connect: %s\n", strerrorname_np(errno));
        std::exit(1);
    }
    if (!options.message.empty())
        send_call(call.socket, options.message, chosen(options.descriptors, call.pipes));
    (void)!write(call.pipes.ends[0][1], options.input.data(), options.input.size());
    close(call.pipes.ends[0][0]);
    close(call.pipes.ends[1][1]);
    close(call.pipes.ends[2][1]);
    return call;
}

int ask(const Options& options)
{
    std::vector<Call> calls;
    for (int i = 0; i < options.calls; ++i)
        calls.push_back(begin(options));
    std::printf("asked by %d\n", getpid());
    std::fflush(stdout);
    if (options.gone)
        return 0;
    for (const auto& call : calls) {
        if (!options.unread && !options.message.empty() && options.calls == 1) {
            print_what_comes(call.pipes.ends[1][0]);
            print_what_comes(call.pipes.ends[2][0]);
        }
        print_answer(call.socket);
    }
    if (options.stay)
        pause();
    return 0;
}

/// What each took, in microseconds. A pause before each, in which systemd ends the last one's unit.
int time_calls(const Options& options)
{
    constexpr timespec pause = {0, 100'000'000};
    for (int i = 0; i < options.repeat; ++i) {
        nanosleep(&pause, nullptr);
        const auto begun = std::chrono::steady_clock::now();
        const auto call = begin(options);
        char answer[512];
        (void)!recv(call.socket, answer, sizeof answer, 0);
        const auto took = std::chrono::steady_clock::now() - begun;
        std::printf("%ld\n", static_cast<long>(
                                 std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
        close(call.socket);
        for (const int end : {call.pipes.ends[0][1], call.pipes.ends[1][0], call.pipes.ends[2][0]})
            close(end);
    }
    return 0;
}

// --- writing into the parent --------------------------------------------------------------

void report(const char* how, bool done)
{
    std::printf("%s: %s\n", how, done ? "ok" : strerrorname_np(errno));
    std::fflush(stdout);
}

/// Its stack is where it can be written to whatever the program is.
std::uintptr_t stack_of(pid_t process)
{
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%d/stat", process);
    std::FILE* file = std::fopen(path, "re");
    std::array<char, 4096> text = {};
    if (file == nullptr || std::fgets(text.data(), text.size(), file) == nullptr)
        return 0;
    std::fclose(file);
    const char* at = std::strrchr(text.data(), ')');
    for (int field = 2; at != nullptr && field < 28; ++field)
        at = std::strchr(at + 1, ' ');
    return at == nullptr ? 0 : std::strtoull(at, nullptr, 10);
}

void write_into(pid_t process, std::uintptr_t address)
{
    char byte = 'x';
    iovec own = {&byte, 1};
    iovec other = {reinterpret_cast<void*>(address), 1};
    report("process_vm_writev", process_vm_writev(process, &own, 1, &other, 1, 0) == 1);
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%d/mem", process);
    const int memory = open(path, O_RDWR | O_CLOEXEC);
    report("mem", memory >= 0 && pwrite(memory, &byte, 1, static_cast<off_t>(address)) == 1);
    const bool traced = ptrace(PTRACE_SEIZE, process, nullptr, nullptr) == 0;
    report("ptrace", traced);
    if (traced)
        ptrace(PTRACE_DETACH, process, nullptr, nullptr);
}

/// The program reads its standard input, and has begun once more than a pipe holds is read.
int become(char* words[])
{
    int input[2];
    if (pipe2(input, O_CLOEXEC) != 0)
        return 1;
    const pid_t parent = getpid();
    if (fork() == 0) {
        const std::string more(70000, '#');
        (void)!write(input[1], more.data(), more.size());
        write_into(parent, stack_of(parent));
        kill(parent, SIGTERM);
        std::_Exit(0);
    }
    dup2(input[0], STDIN_FILENO);
    execv(words[0], words);
    return 1;
}

Options parse(int argc, char* argv[])
{
    Options options;
    int i = 1;
    for (; i < argc && std::strncmp(argv[i], "--", 2) == 0; ++i) {
        const std::string name = argv[i];
        options.child |= name == "--child";
        options.gone |= name == "--gone";
        options.unread |= name == "--unread";
        options.stay |= name == "--stay";
        if (name == "--input")
            options.input = argv[++i];
        if (name == "--descriptors")
            options.descriptors = argv[++i];
        if (name == "--calls")
            options.calls = std::atoi(argv[++i]);
        if (name == "--repeat")
            options.repeat = std::atoi(argv[++i]);
    }
    if (i < argc)
        options.socket = argv[i];
    if (i + 1 < argc)
        options.message = argv[i + 1];
    return options;
}

} // namespace

int main(int argc, char* argv[])
{
    if (argc > 2 && std::strcmp(argv[1], "--become") == 0)
        return become(argv + 2);
    const auto options = parse(argc, argv);
    if (options.repeat > 0)
        return time_calls(options);
    if (options.child) {
        if (fork() == 0)
            std::_Exit(ask(options));
        wait(nullptr);
        return 0;
    }
    return ask(options);
}
