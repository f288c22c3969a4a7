#include "script.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <format>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me::test {
namespace {

std::string with_length(const std::string& script)
{
    return std::format("{}\n{}", script.size(), script);
}

} // namespace

ScriptedCopy::ScriptedCopy(std::string layer)
    : layer_(std::move(layer)), path_(std::format("{}/builds/{}/1", state, layer_))
{
    EXPECT_EQ(run_as_left4me({"mkdir", "-p", path_}).status, 0);
}

ScriptedCopy::~ScriptedCopy()
{
    // Trees may be deeper than any path.
    test::run({"rm", "-rf", "--", std::format("{}/builds/{}", state, layer_), input_file("")});
}

Words ScriptedCopy::command(const Words& options) const
{
    Words words = {
        "runuser", "-u", "left4me", "--", "sudo", "-n", "/usr/libexec/left4me/left4me-script-sandbox"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {layer_, "1"});
    return words;
}

std::string ScriptedCopy::input_file(const std::string& script) const
{
    std::string name = layer_;
    for (auto& c : name)
        c = c == '/' ? '-' : c;
    auto file = "/tmp/script-of-" + name;
    write_file(file, script);
    return file;
}

Outcome ScriptedCopy::run_raw(const std::string& input, const Words& options) const
{
    // A file never counts as a caller who has gone.
    Words words = {"sh", "-c", "exec \"$@\" <" + input_file(input), "sh"};
    const auto helper = command(options);
    words.insert(words.end(), helper.begin(), helper.end());
    return test::run(words);
}

Outcome ScriptedCopy::run(const std::string& script, const Words& options) const
{
    return run_raw(with_length(script), options);
}

RunningScript::RunningScript(const ScriptedCopy& copy, const std::string& script)
{
    std::array<int, 2> in = {-1, -1};
    std::array<int, 2> out = {-1, -1};
    EXPECT_EQ(pipe2(in.data(), O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(out.data(), O_CLOEXEC), 0);
    auto words = copy.command();
    std::vector<char*> argv;
    for (auto& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    child_ = fork();
    if (child_ == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        dup2(out[1], STDERR_FILENO);
        execvp(argv.front(), argv.data());
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    input_ = in[1];
    output_ = out[0];
    const auto input = with_length(script);
    EXPECT_EQ(write(input_, input.data(), input.size()), static_cast<ssize_t>(input.size()));
    fcntl(output_, F_SETFL, O_NONBLOCK);
}

RunningScript::~RunningScript()
{
    close_input();
    close_output();
    if (child_ > 0)
        (void)ended();
}

void RunningScript::close_input()
{
    close(std::exchange(input_, -1));
}

void RunningScript::close_output()
{
    close(std::exchange(output_, -1));
}

bool RunningScript::says(const std::string& text)
{
    return eventually([&] {
        std::array<char, 4096> buffer = {};
        if (const auto got = read(output_, buffer.data(), buffer.size()); got > 0)
            said_.append(buffer.data(), static_cast<std::size_t>(got));
        return said_.contains(text);
    });
}

int RunningScript::ended()
{
    int status = 0;
    if (!eventually([&] { return waitpid(child_, &status, WNOHANG) == child_; })) {
        kill(child_, SIGKILL);
        waitpid(std::exchange(child_, -1), nullptr, 0);
        return -1;
    }
    child_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string traces_of_builds()
{
    return run({"sh", "-c",
                "systemctl list-units --all --plain --no-legend 'left4me-build*@*' "
                "'left4me-workcopy@*'; ls -A /run/left4me-build; grep left4me-build /proc/1/mountinfo"})
        .out;
}

} // namespace left4me::test
