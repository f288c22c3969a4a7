// What a taken-over game server would try. Static, built for both ABIs from the
// same sources, and run by the real unit in place of the game:
//
//   probeNN [--out FILE] [--also PROGRAM FILE] [--stay] [--from FILE] ATTEMPT...
//
// Each attempt runs in a child of its own under an alarm, and leaves lines
//
//   ID ABI ok|error|killed|entry DETAIL
//
// on standard output or in FILE, which has its name only when all is in it.
// PROGRAM is the probe of the other ABI: it makes the same attempts first, so
// that one start of a unit shows both. --from reads more attempts, one a line.

#include "attempt.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

using probe::Attempt;

constexpr int abi = sizeof(void*) == 8 ? 64 : 32;
constexpr unsigned time_limit_s = 30; // of one attempt

int out = STDOUT_FILENO;

void print(const std::string& id, const char* result, const std::string& detail)
{
    dprintf(out, "%s %d %s %s\n", id.c_str(), abi, result, detail.c_str());
}

const Attempt* find(std::string_view id)
{
    const auto name = id.substr(0, id.find(':'));
    for (const auto list : {probe::call_attempts(), probe::file_attempts(), probe::network_attempts(),
                            probe::process_attempts()})
        for (const auto& attempt : list)
            if (attempt.id == name)
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
        } else if (word == "--from") {
            std::ifstream file(words[++i]);
            for (std::string line; std::getline(file, line);)
                options.attempts.push_back(line);
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

void probe::print_entry(std::string_view id, const std::string& detail)
{
    print(std::string(id), "entry", detail);
}

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
