#include "host/helper_door.hpp"

#include "host/places.hpp"
#include "system/child_process.hpp"
#include "system/format.hpp"
#include "system/passed_descriptor.hpp"
#include "system/plain_text.hpp"

#include <cerrno>
#include <poll.h>
#include <string>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace left4me {
namespace {

constexpr std::string_view ended_word = "ended ";
constexpr std::string_view refused_word = "refused ";

std::unexpected<Error> not_taken(std::string_view why)
{
    return fail(ExitStatus::not_permitted, formatted("left4me-broker did not take the call: {}", why));
}

Result<FileDescriptor> connect_to_broker(const std::string& path)
{
    FileDescriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as connect takes it
    const auto* any = reinterpret_cast<const sockaddr*>(&address);
    if (!socket || connect(socket.get(), any, sizeof address) != 0)
        return fail_errno(
            formatted("cannot ask left4me-broker, for no new privileges can be had here: {}",
                      quote(path)),
            errno);
    return socket;
}

} // namespace

HelperDoor helper_door()
{
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? HelperDoor::broker : HelperDoor::sudo;
}

Result<RunningHelper> RunningHelper::start(HelperDoor door, const HelperCall& call,
                                           const HelperStandards& standards)
{
    return door == HelperDoor::sudo ? start_by_sudo(call, standards) : ask_broker(call, standards);
}

Result<RunningHelper> RunningHelper::start_by_sudo(const HelperCall& call,
                                                   const HelperStandards& standards)
{
    std::vector<std::string> command = {"/usr/bin/sudo", "-n", program_path(call.helper)};
    command.insert(command.end(), call.words.begin(), call.words.end());
    std::vector<Replaced> replaced;
    for (const auto& one : {Replaced{standards.input, STDIN_FILENO},
                            {standards.output, STDOUT_FILENO},
                            {standards.errors, STDERR_FILENO}})
        if (one.descriptor >= 0)
            replaced.push_back(one);
    return spawn(std::move(command), replaced, standards.session).and_then([](pid_t child) {
        return watch_child(child).transform(
            [&](FileDescriptor end) { return RunningHelper(std::move(end), child); });
    });
}

Result<RunningHelper> RunningHelper::ask_broker(const HelperCall& call, const HelperStandards& standards)
{
    const auto message = format_helper_message(call);
    if (!message)
        return std::unexpected(message.error());
    auto socket = connect_to_broker(follows_a_log(call) ? log_broker_socket : broker_socket);
    if (!socket)
        return std::unexpected(socket.error());
    const int descriptors[] = {standards.input, standards.output, standards.errors};
    // It may be refused, and the connection closed, before that is sent: ended() tells.
    (void)pass_message(*socket, *message, descriptors);
    return RunningHelper(std::move(*socket), -1);
}

Result<std::optional<int>> RunningHelper::ended()
{
    pollfd watched = {end_.get(), POLLIN, 0};
    if (poll(&watched, 1, 0) <= 0)
        return std::nullopt;
    if (child_ >= 0) {
        int status = 0;
        if (waitpid(child_, &status, WNOHANG) != child_)
            return std::nullopt;
        child_ = -1;
        return shell_status(status);
    }
    const auto answer = receive_message(end_.get(), max_broker_answer_size);
    // A connection that is reset or closed without a word.
    if (!answer || answer->text.empty())
        return not_taken("it takes calls from the main processes of left4me's own units, and so many "
                         "at once; its journal (journalctl -t left4me-broker) has the reason");
    return parse_broker_answer(answer->text).transform([](int status) { return std::optional(status); });
}

std::string format_helper_end(int shell_status)
{
    return formatted("{}{}", ended_word, shell_status);
}

std::string format_helper_refusal(std::string_view why)
{
    return formatted("{}{}", refused_word, why).substr(0, max_broker_answer_size);
}

Result<int> parse_broker_answer(std::string_view answer)
{
    if (answer.starts_with(refused_word))
        return not_taken(escaped(answer.substr(refused_word.size())));
    if (answer.starts_with(ended_word))
        if (const auto status = parse_number<std::uint8_t>(answer.substr(ended_word.size())))
            return *status;
    return fail(ExitStatus::bad_data, formatted("{} is no answer of left4me-broker", quote(answer)));
}

} // namespace left4me
