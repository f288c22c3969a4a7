#include "game/query_conversation.hpp"

#include "game/game_socket.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <span>
#include <string_view>
#include <sys/socket.h>

namespace left4me {

using std::chrono::milliseconds;

bool may_ask_games()
{
    const FileDescriptor trial(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    return trial || errno != EAFNOSUPPORT;
}

Result<QueryConversation> QueryConversation::open(GamePort port, Query query)
{
    return connect_to_game(port, SOCK_DGRAM | SOCK_NONBLOCK)
        .transform([&](FileDescriptor socket) { return QueryConversation(std::move(socket), query); })
        .transform_error([&](Error error) {
            error.message = formatted("cannot ask port {}: {}", port.number(), error.message);
            return error;
        });
}

void QueryConversation::ask()
{
    const auto packet = query_.packet();
    (void)send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL);
    asked_ = Clock::now();
}

Result<std::optional<QueryAnswer>> QueryConversation::take()
{
    constexpr std::size_t largest_datagram = 65536;
    buffer_.resize(largest_datagram);
    // A port that nobody has is told here, as the error of an earlier packet.
    const auto size = recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size < 0)
        return std::nullopt;
    auto answer = query_.take(std::string_view(buffer_.data(), static_cast<std::size_t>(size)));
    if (query_.must_send())
        ask();
    return answer;
}

Result<QueryAnswer> ask_and_wait(QueryConversation conversation, milliseconds patience)
{
    constexpr milliseconds ask_again(500);
    using Clock = QueryConversation::Clock;
    conversation.ask();
    for (const auto end = Clock::now() + patience; Clock::now() < end;) {
        if (auto go_on = check_interruption(); !go_on)
            return std::unexpected(go_on.error());
        const auto wake = std::min(end, conversation.asked() + ask_again);
        const auto left =
            std::max(std::chrono::ceil<milliseconds>(wake - Clock::now()), milliseconds(0));
        pollfd watched = {conversation.descriptor(), POLLIN, 0};
        (void)poll_or_interruption(std::span(&watched, 1), static_cast<int>(left.count()));
        auto answer = conversation.take();
        if (!answer)
            return std::unexpected(answer.error());
        if (*answer)
            return std::move(**answer);
        if (Clock::now() >= conversation.asked() + ask_again)
            conversation.ask();
    }
    return fail(ExitStatus::unavailable, "nobody answers");
}

Result<QueryAnswer> ask_server(GamePort port, Query query, milliseconds patience)
{
    return QueryConversation::open(port, query)
        .and_then([&](QueryConversation conversation) {
            return ask_and_wait(std::move(conversation), patience);
        })
        .transform_error([&](Error error) {
            if (error.status == ExitStatus::unavailable)
                error.message = formatted("nobody answers on port {}", port.number());
            return error;
        });
}

} // namespace left4me
