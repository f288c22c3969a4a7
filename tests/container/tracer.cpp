#include "tracer.hpp"

#include <algorithm>
#include <filesystem>
#include <format>
#include <map>
#include <sstream>
#include <string_view>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view storage = "openat,mkdirat,renameat,renameat2,unlinkat,fsync,write,ftruncate,"
                                     "fchmod,fchown"; // renameat: of glibc, without flags
constexpr std::string_view others = "flock,clone,clone3,vfork,execve,sendmsg,setns,fsopen,fsconfig,"
                                    "fsmount,move_mount,umount2,fchdir";

bool changes_something(const SystemCall& call)
{
    if (call.name == "openat")
        return call.text.contains("O_CREAT");
    return call.name != "execve"; // a process goes on as another program: nothing is left
}

Outcome run_traced(const std::string& log, const Words& options, const Words& command,
                   const std::string& input)
{
    Words words = {"strace", "-qqq", "-o", log, "-e", "signal=none"};
    words.insert(words.end(), options.begin(), options.end());
    words.emplace_back("--");
    words.insert(words.end(), command.begin(), command.end());
    return run(words, input);
}

} // namespace

std::vector<SystemCall> changing_calls(const Words& command, const std::string& input)
{
    constexpr auto log_file = "/tmp/left4me-calls";
    const auto done =
        run_traced(log_file, {"-e", std::format("trace={},{}", storage, others)}, command, input);
    EXPECT_EQ(done.status, 0) << done.err;
    std::vector<SystemCall> calls;
    std::map<std::string, int> numbers;
    std::istringstream log(read_file(log_file));
    fs::remove(log_file);
    for (std::string line; std::getline(log, line);) {
        const auto name = line.substr(0, line.find('('));
        const SystemCall call = {name, ++numbers[name], line};
        if (changes_something(call))
            calls.push_back(call);
    }
    return calls;
}

std::vector<SystemCall> storage_calls(const std::vector<SystemCall>& calls)
{
    std::vector<SystemCall> some;
    std::ranges::copy_if(calls, std::back_inserter(some), [](const SystemCall& call) {
        const bool to_terminal = call.text.starts_with("write(1,") || call.text.starts_with("write(2,");
        return storage.contains(call.name) && !to_terminal;
    });
    return some;
}

Outcome run_killed_before(const SystemCall& call, const Words& command, const std::string& input)
{
    return run_traced("/dev/null",
                      {"-e", "trace=" + call.name, "-e",
                       std::format("inject={}:signal=KILL:when={}", call.name, call.number)},
                      command, input);
}

Outcome run_refused(const SystemCall& call, const std::string& error, const Words& command,
                    const std::string& input)
{
    return run_traced("/dev/null",
                      {"-e", "trace=" + call.name, "-e",
                       std::format("inject={}:error={}:when={}", call.name, error, call.number)},
                      command, input);
}

} // namespace left4me::test
