#include "startup_checks.hpp"

#include "errno_name.hpp"
#include "system/file_descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <format>
#include <memory>
#include <netinet/in.h>
#include <print>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stand_in {

namespace {

using left4me::FileDescriptor;

/// The game's crash reporter traces the game. In a child of its own, because a
/// system call filter may kill who tries.
std::string check_ptrace()
{
    const pid_t child = fork();
    if (child == -1)
        return errno_name(errno);
    if (child == 0)
        _exit(ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == -1 ? errno : 0);
    int status = 0;
    if (waitpid(child, &status, 0) == -1)
        return errno_name(errno);
    if (WIFSIGNALED(status))
        return std::format("killed SIG{}", sigabbrev_np(WTERMSIG(status)));
    return WEXITSTATUS(status) == 0 ? "ok" : errno_name(WEXITSTATUS(status));
}

std::string check_cpuinfo()
{
    const FileDescriptor file(open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC));
    if (!file)
        return errno_name(errno);
    std::array<char, 256> start{};
    const ssize_t length = read(file.get(), start.data(), start.size());
    if (length == -1)
        return errno_name(errno);
    return length > 0 ? "ok" : "empty";
}

/// Loads a library for good and calls nothing in it but through 'entry', which
/// must be there.
std::string load(const std::string& path, const char* entry, void** function)
{
    void* library = dlopen(path.c_str(), RTLD_NOW);
    if (library == nullptr)
        return dlerror();
    *function = dlsym(library, entry);
    return *function != nullptr ? "ok" : dlerror();
}

std::string check_steamclient()
{
    const char* home = std::getenv("HOME");
    if (home == nullptr)
        return "HOME is not set";
    void* create_interface = nullptr;
    return load(std::string(home) + "/.steam/sdk32/steamclient.so", "CreateInterface",
                &create_interface);
}

std::string check_engine()
{
    void* function = nullptr;
    std::string result = load("./bin/engine.so", "engine_frame", &function);
    if (result != "ok")
        return result;
    // The relocated address is used once: the relocation has to be right, too.
    const auto engine_frame = reinterpret_cast<int (*)()>(function);
    return engine_frame() == 1 ? "ok" : "engine_frame() went wrong";
}

/// Steam's libraries take a port of the kernel's choice beside the game's own.
std::string check_bind_any_port()
{
    FileDescriptor socket_any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket_any)
        return errno_name(errno);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (bind(socket_any.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == -1)
        return errno_name(errno);
    socket_any.release(); // open as long as the process lives
    return "ok";
}

/// A listed addon that does not open is one whose symlink leads nowhere: the game
/// just does not have it, and no message says so.
void check_addons(const std::string& directory, StartupChecks& checks)
{
    const std::unique_ptr<DIR, decltype([](DIR* open) { closedir(open); })> list(
        opendir(directory.c_str()));
    if (!list) {
        checks.addons = errno_name(errno);
        return;
    }
    int listed = 0;
    errno = 0;
    while (const dirent* entry = readdir(list.get())) {
        const std::string name = entry->d_name;
        if (name.ends_with(".vpk")) {
            ++listed;
            const FileDescriptor file(open((directory + '/' + name).c_str(), O_RDONLY | O_CLOEXEC));
            if (!file)
                checks.lost_addons.push_back(name + ": " + errno_name(errno));
        }
        errno = 0;
    }
    if (errno != 0) {
        checks.addons = errno_name(errno);
        return;
    }
    std::ranges::sort(checks.lost_addons);
    checks.addons = std::format("{}/{}", listed - static_cast<int>(checks.lost_addons.size()), listed);
}

/// What the engine writes on its console; a missing addon is not among it.
void tell(const StartupChecks& checks)
{
    if (checks.cpuinfo != "ok")
        std::println("Assertion Failed: cannot read /proc/cpuinfo ({})", checks.cpuinfo);
    if (checks.steamclient != "ok")
        std::println("dlopen failed trying to load steamclient.so: {}", checks.steamclient);
    if (checks.lan_only())
        std::println("[S_API FAIL] SteamAPI_Init() failed: the server is LAN only");
    if (!checks.engine_loaded())
        std::println("failed to load bin/engine.so: {}", checks.textrel);
}

} // namespace

StartupChecks run_startup_checks(const std::string& game_directory)
{
    StartupChecks checks;
    checks.ptrace = check_ptrace();
    checks.cpuinfo = check_cpuinfo();
    checks.steamclient = check_steamclient();
    checks.textrel = check_engine();
    checks.bind0 = check_bind_any_port();
    check_addons(game_directory + "/addons", checks);
    tell(checks);
    return checks;
}

} // namespace stand_in
