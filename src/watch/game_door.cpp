#include "watch/game_door.hpp"

#include "game/game_socket.hpp"
#include "system/format.hpp"
#include "system/passed_descriptor.hpp"
#include "watch/answer_record.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <span>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <utility>

namespace left4me {
namespace {

constexpr const char* door_file = ".games";
constexpr std::string_view for_queries = "queries ";
constexpr std::string_view for_console = "console ";
constexpr std::string_view no_such_server = "it does not run";
constexpr std::size_t longest_message = 256;
constexpr int patience_ms = 2000;

std::string_view word_for(GameLine line)
{
    return line == GameLine::console ? for_console : for_queries;
}

sockaddr_un address_of(const Directory& answers)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    formatted("{}/{}", answers.path(), door_file).copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

// NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as calls take it
const sockaddr* any(const sockaddr_un& address)
{
    return reinterpret_cast<const sockaddr*>(&address);
}

struct Wanted {
    InstanceName name;
    GameLine line;
};

std::optional<Wanted> wanted_in(std::string_view message)
{
    for (const auto line : {GameLine::queries, GameLine::console})
        if (message.starts_with(word_for(line)))
            if (auto name = InstanceName::parse(message.substr(word_for(line).size())))
                return Wanted{std::move(*name), line};
    return std::nullopt;
}

/// Of a stream it is known later whether anybody takes it: nobody is waited for here.
Result<FileDescriptor> connection_for(const Wanted& wanted, const GameDoor::PortOf& port_of)
{
    const auto port = port_of(wanted.name);
    if (!port)
        return fail(ExitStatus::not_running, std::string(no_such_server));
    const int kind = wanted.line == GameLine::console ? SOCK_STREAM : SOCK_DGRAM;
    return connect_to_game(*port, kind | SOCK_NONBLOCK);
}

Result<FileDescriptor> connect_to_door(const Host& host)
{
    const auto answers = open_answers(host);
    if (!answers)
        return fail(ExitStatus::unavailable, "left4me-watch does not run");
    FileDescriptor door(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto address = address_of(*answers);
    if (!door || connect(door.get(), any(address), sizeof address) != 0)
        return fail(ExitStatus::unavailable,
                    formatted("left4me-watch takes no questions ({})", strerror(errno)));
    return door;
}

bool comes(const FileDescriptor& descriptor, short what)
{
    pollfd watched = {descriptor.get(), what, 0};
    return poll(&watched, 1, patience_ms) == 1;
}

/// One end for whoever answers.
Result<FileDescriptor> send_question(const FileDescriptor& door, std::string_view question)
{
    std::array<int, 2> ends = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail_errno("cannot make a pair of sockets", errno);
    FileDescriptor own(ends[0]);
    const FileDescriptor theirs(ends[1]);
    return pass_message(door, question, std::span(&ends[1], 1)).transform([&] {
        return std::move(own);
    });
}

Result<void> wait_until_taken(const FileDescriptor& connection)
{
    int problem = 0;
    socklen_t size = sizeof problem;
    if (!comes(connection, POLLOUT))
        problem = ETIMEDOUT;
    else if (getsockopt(connection.get(), SOL_SOCKET, SO_ERROR, &problem, &size) != 0)
        problem = errno;
    if (problem != 0)
        return fail(ExitStatus::unavailable,
                    formatted("nobody takes commands at its port ({})", strerror(problem)));
    return {};
}

Result<FileDescriptor> open_door(const Directory& answers)
{
    constexpr mode_t of_nobody_else = 0177;
    FileDescriptor door(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!door)
        return fail_errno("cannot make a socket", errno);
    if (auto removed = answers.remove_file(door_file); !removed)
        return std::unexpected(removed.error());
    const auto address = address_of(answers);
    const auto before = umask(of_nobody_else);
    const int bound = bind(door.get(), any(address), sizeof address);
    const int problem = errno;
    umask(before);
    if (bound != 0)
        return fail_errno(formatted("cannot listen on {}/{}", answers.path(), door_file), problem);
    return door;
}

} // namespace

Result<FileDescriptor> ask_for_game(const Host& host, const InstanceName& name, GameLine line)
{
    const auto door = connect_to_door(host);
    if (!door)
        return std::unexpected(door.error());
    const auto answer = send_question(*door, formatted("{}{}", word_for(line), name.str()));
    if (!answer)
        return std::unexpected(answer.error());
    if (!comes(*answer, POLLIN))
        return fail(ExitStatus::unavailable, "left4me-watch does not answer");
    auto message = receive_message(answer->get(), longest_message);
    if (!message)
        return std::unexpected(message.error());
    if (message->descriptors.size() != 1)
        return fail(message->text == no_such_server ? ExitStatus::not_running : ExitStatus::unavailable,
                    message->text.empty() ? "left4me-watch does not answer" : message->text);
    auto connection = std::move(message->descriptors.front());
    if (line == GameLine::console)
        if (auto taken = wait_until_taken(connection); !taken)
            return std::unexpected(taken.error());
    return connection;
}

Result<std::unique_ptr<GameDoor>> GameDoor::begin(sd_event* event, const Directory& answers,
                                                  PortOf port_of)
{
    auto socket = open_door(answers);
    if (!socket)
        return std::unexpected(socket.error());
    std::unique_ptr<GameDoor> door(new GameDoor(std::move(*socket), std::move(port_of)));
    sd_event_source* source = nullptr;
    const int added =
        sd_event_add_io(event, &source, door->socket_.get(), EPOLLIN, on_question, door.get());
    door->source_.reset(source);
    if (added < 0)
        return fail_errno("cannot wait for questions", -added);
    return door;
}

int GameDoor::on_question(sd_event_source* /*source*/, int /*socket*/, std::uint32_t /*events*/,
                          void* self)
{
    static_cast<const GameDoor*>(self)->answer_one();
    return 0;
}

void GameDoor::answer_one() const
{
    const auto question = receive_message(socket_.get(), longest_message);
    if (!question || question->descriptors.size() != 1)
        return;
    const auto& asker = question->descriptors.front();
    const auto wanted = wanted_in(question->text);
    const auto connection = wanted ? connection_for(*wanted, port_of_)
                                   : Result<FileDescriptor>(fail(
                                         ExitStatus::bad_data, "that is no question for left4me-watch"));
    // Who asks may be gone.
    if (!connection) {
        (void)pass_message(asker, connection.error().message, {});
        return;
    }
    const int passed = connection->get();
    (void)pass_message(asker, "here", std::span(&passed, 1));
}

} // namespace left4me
