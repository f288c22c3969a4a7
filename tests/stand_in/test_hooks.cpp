#include "test_hooks.hpp"

#include "errno_name.hpp"
#include "system/file_descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <format>
#include <iterator>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace stand_in {

namespace {

using Arguments = std::span<const std::string>;

constexpr std::size_t max_read_bytes = 64 * 1024;

struct Hook {
    std::string_view name;
    std::size_t arguments; ///< at least
    std::string (*run)(Arguments);
};

/// The answer for a call that returns -1 on failure.
std::string answer(int result)
{
    return result == -1 ? errno_name(errno) : "ok";
}

[[noreturn]] void be_an_orphan()
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    setsid();
    prctl(PR_SET_NAME, "srcds_orphan");
    close_range(0, ~0U, 0);
    for (;;)
        pause();
}

std::string orphan(Arguments /*arguments*/)
{
    const pid_t child = fork();
    if (child == -1)
        return errno_name(errno);
    if (child == 0) {
        const pid_t grandchild = fork();
        if (grandchild == 0)
            be_an_orphan();
        _exit(grandchild == -1 ? errno : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "ok" : errno_name(WEXITSTATUS(status));
}

std::string write_file(Arguments arguments)
{
    std::string text;
    for (const std::string& word : arguments.subspan(1))
        text += word + ' ';
    text.back() = '\n';
    const left4me::FileDescriptor file(
        open(arguments[0].c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666));
    if (!file)
        return errno_name(errno);
    const ssize_t written = write(file.get(), text.data(), text.size());
    return written == -1 ? errno_name(errno) : "ok";
}

std::string read_file(Arguments arguments)
{
    const left4me::FileDescriptor file(open(arguments[0].c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file)
        return errno_name(errno);
    std::string content(max_read_bytes, '\0');
    const ssize_t length = read(file.get(), content.data(), content.size());
    if (length == -1)
        return errno_name(errno);
    content.resize(static_cast<std::size_t>(length));
    return content;
}

std::string unlink_file(Arguments arguments)
{
    return answer(unlink(arguments[0].c_str()));
}

std::string make_directory(Arguments arguments)
{
    return answer(mkdir(arguments[0].c_str(), 0777));
}

std::string rename_file(Arguments arguments)
{
    return answer(rename(arguments[0].c_str(), arguments[1].c_str()));
}

std::string change_mode(Arguments arguments)
{
    const std::string& text = arguments[0];
    const char* end = text.data() + text.size();
    mode_t mode = 0;
    if (std::from_chars(text.data(), end, mode, 8).ptr != end)
        return errno_name(EINVAL);
    return answer(chmod(arguments[1].c_str(), mode));
}

using Nanoseconds = std::chrono::nanoseconds;
using FrameClock = std::chrono::steady_clock;

long long percentile_99_us(std::vector<Nanoseconds> times)
{
    const auto rank = static_cast<std::ptrdiff_t>(times.size() * 99 / 100);
    const auto at = times.begin() + std::min(rank, std::ssize(times) - 1);
    std::ranges::nth_element(times, at);
    return std::chrono::round<std::chrono::microseconds>(*at).count();
}

/// At an absolute time, as a game's frame loop does, so that one late frame does
/// not make the next ones late.
void sleep_until(FrameClock::time_point due)
{
    const auto since_boot = due.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
    const timespec time = {.tv_sec = static_cast<time_t>(seconds.count()),
                           .tv_nsec = static_cast<long>((since_boot - seconds).count())};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr) == EINTR) {
    }
}

std::string run_frames(Arguments arguments)
{
    constexpr auto frame = std::chrono::milliseconds(10);
    constexpr unsigned most = 6000; // a minute, for nothing else is served meanwhile
    const std::string& text = arguments[0];
    const char* end = text.data() + text.size();
    unsigned count = 0;
    if (std::from_chars(text.data(), end, count).ptr != end || count == 0 || count > most)
        return errno_name(EINVAL);
    std::vector<Nanoseconds> periods;
    std::vector<Nanoseconds> delays;
    auto due = FrameClock::now() + frame;
    sleep_until(due);
    for (auto before = FrameClock::now(); periods.size() < count;) {
        due += frame;
        sleep_until(due);
        const auto now = FrameClock::now();
        periods.push_back(now - before);
        delays.push_back(now - due);
        before = now;
    }
    return std::format("period {} late {}", percentile_99_us(std::move(periods)),
                       percentile_99_us(std::move(delays)));
}

std::string spin(Arguments /*arguments*/)
{
    volatile bool always = true;
    while (always)
        ;
    return "";
}

std::string deadlock(Arguments /*arguments*/)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // std::mutex may see it and throw
    pthread_mutex_lock(&lock);
    pthread_mutex_lock(&lock);
    return "";
}

std::string crash_hook(Arguments /*arguments*/)
{
    crash();
}

constexpr std::array hooks{
    Hook{"crash", 0, crash_hook},   Hook{"orphan", 0, orphan},      Hook{"write", 2, write_file},
    Hook{"read", 1, read_file},     Hook{"unlink", 1, unlink_file}, Hook{"mkdir", 1, make_directory},
    Hook{"rename", 2, rename_file}, Hook{"chmod", 2, change_mode},  Hook{"frames", 1, run_frames},
    Hook{"spin", 0, spin},          Hook{"deadlock", 0, deadlock},
};

} // namespace

std::optional<std::string> run_test_hook(std::string_view name, Arguments arguments)
{
    const auto* hook = std::ranges::find(hooks, name, &Hook::name);
    if (hook == hooks.end())
        return std::nullopt;
    std::string text = arguments.size() < hook->arguments ? errno_name(EINVAL) : hook->run(arguments);
    if (!text.ends_with('\n'))
        text += '\n';
    return text;
}

void run_start_hooks(const GameState& game)
{
    const auto number = [&](std::string_view name) {
        const auto text = game.cvar(name);
        int value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    };
    for (int i = number("stand_in_threads"); i > 0; --i)
        std::thread([] {
            for (;;)
                pause();
        }).detach();
    if (const std::string path(game.cvar("stand_in_looks_for")); !path.empty())
        (void)access(path.c_str(), F_OK);
    if (const int call = number("stand_in_asks_for"); call != 0) {
        const pid_t child = fork();
        if (child == 0)
            _exit(syscall(call, 0, 0, 0, 0, 0, 0) == -1 ? 1 : 0);
        waitpid(child, nullptr, 0);
    }
}

void crash()
{
    // Both volatile, so that the compiler cannot know the address and the write.
    volatile int* volatile nowhere = nullptr;
    *nowhere = 1;
    abort();
}

} // namespace stand_in
