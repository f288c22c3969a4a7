#include "host/helper_call.hpp"

#include "host/places.hpp"
#include "system/child_process.hpp"
#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me {
namespace {

/// Which descriptor of ours becomes which standard one.
struct Replaced {
    int descriptor;
    int standard;
};

/// Starts command (an absolute path first) with some of its standard
/// descriptors replaced, and an environment of nothing but a language.
Result<pid_t> spawn(std::vector<std::string> command, const std::vector<Replaced>& replaced)
{
    const auto argv = pointers_to(command);
    std::string language = "LANG=C.UTF-8";
    char* const environment[] = {language.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const auto& [descriptor, standard] : replaced)
        posix_spawn_file_actions_adddup2(&actions, descriptor, standard);
    pid_t child = -1;
    const int problem = posix_spawn(&child, argv.front(), &actions, nullptr, argv.data(), environment);
    posix_spawn_file_actions_destroy(&actions);
    if (problem != 0)
        return fail_errno(formatted("cannot run {}", command.front()), problem);
    return child;
}

std::vector<std::string> helper_command(const std::string& helper,
                                        const std::vector<std::string>& arguments)
{
    std::vector<std::string> command = {"/usr/bin/sudo", "-n", program_path(helper)};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
}

/// The child's wait status. A signal closes let_go, which is what tells a root
/// helper that nobody waits any more.
int wait_for(pid_t child, FileDescriptor& let_go)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        if (interrupted())
            let_go.close();
    return status;
}

} // namespace

Result<void> call_helper(const std::string& helper, const std::vector<std::string>& arguments)
{
    auto input = make_pipe();
    if (!input)
        return std::unexpected(input.error());
    const auto child = spawn(helper_command(helper, arguments), {{input->read_end.get(), STDIN_FILENO}});
    if (!child)
        return std::unexpected(child.error());
    input->read_end.close();
    const int status = wait_for(*child, input->write_end);
    if (auto going_on = check_interruption(); !going_on)
        return going_on;
    // The reader of our output has seen enough.
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE)
        return {};
    if (WIFSIGNALED(status))
        return fail(ExitStatus::internal,
                    formatted("{} was ended by signal {}", helper, WTERMSIG(status)));
    if (WEXITSTATUS(status) == 1) // sudo's own; no helper ends with it
        return fail(ExitStatus::not_permitted, formatted("sudo did not run {}", helper));
    if (WEXITSTATUS(status) != 0)
        return fail(own_exit_status(WEXITSTATUS(status)), "");
    return {};
}

Result<RunningHelper> start_helper(const std::string& helper, const std::vector<std::string>& arguments,
                                   std::string_view text, const FileDescriptor& output)
{
    auto input = make_pipe();
    if (!input)
        return std::unexpected(input.error());
    // While we hold both ends of it, so that nothing waits and nobody is gone.
    if (auto written = write_all(input->write_end, helper, text); !written)
        return std::unexpected(written.error());
    return spawn(helper_command(helper, arguments),
                 {{input->read_end.get(), STDIN_FILENO}, {output.get(), STDOUT_FILENO}})
        .transform([&](pid_t process) { return RunningHelper{process, std::move(input->write_end)}; });
}

Result<int> call_script_sandbox(const WorkCopy& copy, BuildAbi abi, std::string_view script)
{
    auto input = make_pipe();
    if (!input)
        return std::unexpected(input.error());
    std::vector<std::string> arguments = {copy.layer.str(), copy.id.str()};
    if (abi == BuildAbi::multiarch)
        arguments.insert(arguments.begin(), "--multiarch");
    const auto child = spawn(helper_command("left4me-script-sandbox", arguments),
                             {{input->read_end.get(), STDIN_FILENO}});
    if (!child)
        return std::unexpected(child.error());
    input->read_end.close();
    // A helper that does not read to the end says why by itself, and by its status.
    std::signal(SIGPIPE, SIG_IGN);
    (void)write_all(input->write_end, "the script", formatted("{}\n{}", script.size(), script));
    const int status = wait_for(*child, input->write_end);
    return check_interruption().transform([&] { return shell_status(status); });
}

Result<int> become_program(const std::string& program, const std::vector<std::string>& arguments)
{
    std::vector<std::string> words = {program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const auto argv = pointers_to(words);
    std::string language = "LANG=C.UTF-8";
    char* const environment[] = {language.data(), nullptr};
    execve(program.c_str(), argv.data(), environment);
    return fail_errno(formatted("cannot run {}", program), errno);
}

Result<void> call_program(const std::string& program, const std::vector<std::string>& arguments,
                          const FileDescriptor& input)
{
    std::vector<std::string> command = {program_path(program)};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto child = spawn(command, {{input.get(), STDIN_FILENO}});
    if (!child)
        return std::unexpected(child.error());
    int status = 0;
    while (waitpid(*child, &status, 0) < 0 && errno == EINTR)
        if (interrupted())
            kill(*child, SIGTERM);
    if (auto going_on = check_interruption(); !going_on)
        return going_on;
    if (status != 0)
        return fail(own_exit_status(shell_status(status)), "");
    return {};
}

Result<std::string> output_of(const std::vector<std::string>& command, std::size_t limit)
{
    auto output = make_pipe();
    if (!output)
        return std::unexpected(output.error());
    const auto child = spawn(command, {{output->write_end.get(), STDOUT_FILENO}});
    if (!child)
        return std::unexpected(child.error());
    output->write_end.close();
    auto text = read_stream(output->read_end, command.front(), limit);
    if (!text)
        output->read_end.close(); // or the child would wait for a reader
    const int status = wait_for(*child, output->read_end);
    if (text && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        return fail(ExitStatus::internal, formatted("{} failed", command.front()));
    return text;
}

} // namespace left4me
