#include "game/game_console.hpp"

#include "game/game_socket.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <span>
#include <sys/socket.h>

namespace left4me {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::unexpected<Error> closed(bool asked)
{
    return fail(ExitStatus::unavailable, asked ? "the game closed the connection before it had answered"
                                               : "the game closed the connection");
}

} // namespace

Result<void> GameConsole::send()
{
    unsent_ += session_.take_output();
    if (unsent_.empty())
        return {};
    const auto sent = ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0)
        return errno == EAGAIN || errno == EINTR ? Result<void>() : closed(until_.has_value());
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
        return closed(until_.has_value());
    return session_.take({buffer.data(), static_cast<std::size_t>(got)});
}

pollfd GameConsole::watched() const
{
    return {socket_.get(), static_cast<short>(unsent_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
}

Result<void> GameConsole::serve(short happened)
{
    if ((happened & ~POLLOUT) != 0)
        if (auto received = receive(); !received)
            return received;
    if (session_.logged_in() && !asked_)
        until_.reset();
    if (until_ && Clock::now() >= *until_)
        return fail(ExitStatus::unavailable,
                    formatted("the game has not answered for {} seconds", limit_.count()));
    return send();
}

Result<void> GameConsole::ask(std::string_view command)
{
    if (auto checked = check_console_command(command); !checked)
        return checked;
    session_.run(command);
    asked_ = true;
    until_ = Clock::now() + limit_;
    return send();
}

std::optional<std::string> GameConsole::take_answer()
{
    auto answer = session_.take_answer();
    if (answer) {
        asked_ = false;
        until_.reset();
    }
    return answer;
}

template <class Done>
Result<void> GameConsole::exchange_until(const Done& done)
{
    while (!done()) {
        auto socket = watched();
        const auto left = std::chrono::ceil<milliseconds>(until_.value_or(Clock::now()) - Clock::now());
        (void)poll_or_interruption(std::span(&socket, 1),
                                   static_cast<int>(std::max(left, milliseconds(0)).count()));
        if (auto go_on = check_interruption(); !go_on)
            return go_on;
        if (auto served = serve(socket.revents); !served)
            return served;
    }
    return {};
}

Result<GameConsole> GameConsole::begin(GamePort port, const Secret& password)
{
    return connect_to_game(port, SOCK_STREAM)
        .transform_error([&](Error error) {
            if (error.status == ExitStatus::unavailable)
                error.message =
                    formatted("nobody takes commands at port {} ({})", port.number(), error.message);
            return error;
        })
        .and_then([&](FileDescriptor socket) { return begin(std::move(socket), password, patience); });
}

Result<GameConsole> GameConsole::begin(FileDescriptor connected, const Secret& password,
                                       std::chrono::seconds limit)
{
    GameConsole console(std::move(connected), password, limit);
    console.until_ = Clock::now() + limit;
    if (auto sent = console.send(); !sent)
        return std::unexpected(sent.error());
    return console;
}

Result<GameConsole> GameConsole::after_login(GameConsole console)
{
    if (auto done = console.exchange_until([&] { return console.logged_in(); }); !done)
        return std::unexpected(done.error());
    return console;
}

Result<GameConsole> GameConsole::open(GamePort port, const Secret& password)
{
    return begin(port, password).and_then([](GameConsole console) {
        return after_login(std::move(console));
    });
}

Result<GameConsole> GameConsole::open(FileDescriptor connected, const Secret& password,
                                      std::chrono::seconds patience)
{
    return begin(std::move(connected), password, patience).and_then([](GameConsole console) {
        return after_login(std::move(console));
    });
}

Result<std::string> GameConsole::run(std::string_view command)
{
    if (auto asked = ask(command); !asked)
        return std::unexpected(asked.error());
    std::optional<std::string> answer;
    return exchange_until([&] {
               answer = take_answer();
               return answer.has_value();
           })
        .transform([&] { return std::move(*answer); });
}

} // namespace left4me
