#include "attempt.hpp"
#include "names.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <mqueue.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

namespace probe {
namespace {

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

/// A segment that somebody else has made, by its key.
int try_shm(const std::string& key)
{
    return outcome(shmget(std::stoi(key), 0, 0));
}

int try_queue(const std::string& name)
{
    return outcome(mq_open(name.c_str(), O_RDONLY));
}

// --- what it was given ------------------------------------------------------------

/// Success is one more than the three standard ones and what reads the list.
int try_descriptors(const std::string&)
{
    for (const auto& name : names_in("/proc/self/fd")) {
        const int number = std::stoi(name);
        std::array<char, 256> link = {};
        const bool there = readlink(("/proc/self/fd/" + name).c_str(), link.data(), link.size() - 1) > 0;
        const std::string target = link.data();
        // Its own report, and whatever listed the names.
        if (number > STDERR_FILENO && there && !target.contains("probe") && !target.ends_with("/fd"))
            return 0;
    }
    return ENOENT;
}

/// Success is a working directory that is another one.
int try_working_directory(const std::string& expected)
{
    std::array<char, 4096> path = {};
    return getcwd(path.data(), path.size()) != nullptr && expected == path.data() ? ENOENT : 0;
}

// --- what it leaves ------------------------------------------------------------------

[[noreturn]] void crash_in(const char* directory)
{
    rlimit limit = {};
    getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_CORE, &limit);
    if (chdir(directory) != 0)
        _exit(1);
    abort();
}

/// Success is an image of its memory in a file.
int try_core(const std::string& parent)
{
    auto directory = parent + "/left4me-core.XXXXXX"; // nobody else's core is in the way
    if (mkdtemp(directory.data()) == nullptr)
        return errno;
    const pid_t child = fork();
    if (child == 0)
        crash_in(directory.c_str());
    int status = 0;
    waitpid(child, &status, 0);
    for (const auto& name : names_in(directory))
        unlink((directory + "/" + name).c_str());
    rmdir(directory.c_str());
    return WIFSIGNALED(status) && WCOREDUMP(status) ? 0 : ENOENT;
}

// --- programs that would give more rights ---------------------------------------------

int run_quietly(const std::vector<std::string>& words)
{
    std::vector<char*> argv;
    for (const auto& word : words)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
            dup2(null, standard);
        execv(argv.front(), argv.data());
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// A command that sudo lets this user run, its words with commas between them.
int try_sudo(const std::string& command)
{
    std::vector<std::string> words = {"/usr/bin/sudo", "-n"};
    std::istringstream stream(command);
    for (std::string word; std::getline(stream, word, ',');)
        words.push_back(word);
    return run_quietly(words) == 0 ? 0 : EACCES;
}

constexpr std::array attempts = {
    Attempt{"kill", try_kill},
    Attempt{"pids", try_pids},
    Attempt{"namespaces", try_namespaces},
    Attempt{"shm", try_shm},
    Attempt{"queue", try_queue},
    Attempt{"descriptors", try_descriptors},
    Attempt{"working-directory", try_working_directory},
    Attempt{"core", try_core},
    Attempt{"sudo", try_sudo},
};

} // namespace

std::span<const Attempt> process_attempts()
{
    return attempts;
}

} // namespace probe
