#include "game/game_console.hpp"

#include "game/game_socket.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <span>
#include <sys/socket.h>

namespace left4me {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::unexpected<Error> closed()
{
    return fail(ExitStatus::unavailable, "the game closed the connection before it had answered");
}

} // namespace

Result<void> GameConsole::send()
{
    unsent_ += session_.take_output();
    if (unsent_.empty())
        return {};
    const auto sent = ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0)
        return errno == EAGAIN || errno == EINTR ? Result<void>() : closed();
    unsent_.erase(0, static_cast<std::size_t>(sent));
    return {};
}

Result<void> GameConsole::receive()
{
    std::array<char, std::size_t{16} * 1024> buffer = {};
    const auto got = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return {};
    if (got <= 0)
        return closed();
    return session_.take({buffer.data(), static_cast<std::size_t>(got)});
}

template <class Done>
Result<void> GameConsole::exchange_until(const Done& done)
{
    const auto end = Clock::now() + patience;
    while (!done()) {
        if (auto sent = send(); !sent)
            return sent;
        const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
        if (left.count() <= 0)
            return fail(ExitStatus::unavailable,
                        formatted("the game has not answered for {} seconds", patience.count()));
        pollfd watched = {socket_.get(), static_cast<short>(unsent_.empty() ? POLLIN : POLLIN | POLLOUT),
                          0};
        (void)poll_or_interruption(std::span(&watched, 1), static_cast<int>(left.count()));
        if (auto go_on = check_interruption(); !go_on)
            return go_on;
        if ((watched.revents & ~POLLOUT) != 0)
            if (auto received = receive(); !received)
                return received;
    }
    return {};
}

Result<GameConsole> GameConsole::open(GamePort port, const Secret& password)
{
    return connect_to_game(port, SOCK_STREAM)
        .transform_error([&](Error error) {
            if (error.status == ExitStatus::unavailable)
                error.message =
                    formatted("nobody takes commands at port {} ({})", port.number(), error.message);
            return error;
        })
        .and_then([&](FileDescriptor socket) -> Result<GameConsole> {
            GameConsole console(std::move(socket), password);
            if (auto done = console.exchange_until([&] { return console.session_.logged_in(); }); !done)
                return std::unexpected(done.error());
            return console;
        });
}

Result<std::string> GameConsole::run(std::string_view command)
{
    if (auto checked = check_console_command(command); !checked)
        return std::unexpected(checked.error());
    session_.run(command);
    std::optional<std::string> answer;
    return exchange_until([&] {
               answer = session_.take_answer();
               return answer.has_value();
           })
        .transform([&] { return std::move(*answer); });
}

} // namespace left4me
