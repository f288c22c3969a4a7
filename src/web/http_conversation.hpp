#pragma once

// Of http_server.cpp alone: what it makes of Boost, and a connection.

#include "web/event_text.hpp"
#include "web/head_policy.hpp"
#include "web/http_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace left4me::web {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Of one thread, so without the indirection of any executor.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Wire = boost::beast::basic_stream<tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
template <class Value = void>
using Task = asio::awaitable<Value, Executor>;
constexpr asio::use_awaitable_t<Executor> awaited;

/// Whatever went wrong with a connection, it ends.
inline auto noting(error_code& error)
{
    return asio::redirect_error(awaited, error);
}

/// One of a number of things that are counted, for as long as it lives.
template <class Key>
class Counted {
public:
    Counted(std::map<Key, std::size_t>& counts, Key key) : counts_(counts), key_(std::move(key))
    {
        ++counts_[key_];
    }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted()
    {
        if (--counts_[key_] == 0)
            counts_.erase(key_);
    }
    [[nodiscard]] std::size_t count() const { return counts_[key_]; }

private:
    std::map<Key, std::size_t>& counts_;
    Key key_;
};

class CountedNumber {
public:
    explicit CountedNumber(std::size_t& number) : number_(number) { ++number_; }
    CountedNumber(const CountedNumber&) = delete;
    CountedNumber& operator=(const CountedNumber&) = delete;
    ~CountedNumber() { --number_; }

private:
    std::size_t& number_;
};

/// The other end of a stream, as handlers see it: what is to be written waits here.
class Backlog final : public EventSink {
public:
    Backlog(Executor executor, std::size_t limit)
        : wake_(executor, Timer::time_point::max()), limit_(limit)
    {
    }

    void send(std::string_view name, std::string_view data, std::string_view id) override
    {
        if (ended_)
            return;
        waiting_ += event_text(name, data, id);
        if (waiting_.size() > limit_) {
            waiting_ = event_text("reload", "", "");
            ended_ = true;
        }
        wake_.cancel();
    }
    void end() override
    {
        ended_ = true;
        wake_.cancel();
    }

    [[nodiscard]] bool ended() const { return ended_; }
    std::string take() { return std::exchange(waiting_, {}); }

    /// Until there is something to write, or that time is over.
    Task<void> wait(std::chrono::seconds most)
    {
        if (!waiting_.empty() || ended_)
            co_return;
        wake_.expires_after(most);
        error_code error;
        co_await wake_.async_wait(noting(error));
    }

private:
    Timer wake_;
    std::size_t limit_;
    std::string waiting_;
    bool ended_ = false;
};

/// A connection: its bytes, one request after the other.
class Conversation {
public:
    Conversation(Socket socket, const HttpSettings& settings)
        : wire_(std::move(socket)), settings_(settings)
    {
    }

    /// The next head; none: it said nothing more, or ended. A status: it is to be refused.
    Task<std::optional<std::expected<Head, unsigned>>> next_head()
    {
        const auto& limits = settings_.limits;
        wire_.expires_after(limits.keep_alive);
        if (buffer_.empty() && !co_await read())
            co_return std::nullopt;
        wire_.expires_after(limits.head);
        while (true) {
            const auto end = buffer_.find("\r\n\r\n");
            if (end != std::string::npos && end + 4 <= max_head_size) {
                auto head = judge_head(std::string_view(buffer_).substr(0, end + 4), settings_.rules);
                buffer_.erase(0, end + 4);
                co_return head;
            }
            if (buffer_.size() > max_head_size)
                co_return std::unexpected(431U);
            if (!co_await read())
                co_return std::nullopt;
        }
    }

    /// None: it did not come.
    Task<std::optional<std::string>> body(std::size_t size)
    {
        wire_.expires_after(settings_.limits.body);
        while (buffer_.size() < size)
            if (!co_await read())
                co_return std::nullopt;
        auto text = buffer_.substr(0, size);
        buffer_.erase(0, size);
        co_return text;
    }

    Task<bool> write(std::string_view text)
    {
        wire_.expires_after(settings_.limits.writing);
        error_code error;
        co_await asio::async_write(wire_, asio::buffer(text), noting(error));
        co_return !error;
    }

    /// Ends it so that what was written arrives: closed with bytes unread, it would be lost by
    /// the socket's reset.
    Task<void> end()
    {
        error_code error;
        wire_.socket().shutdown(tcp::socket::shutdown_send, error);
        wire_.expires_after(std::chrono::seconds(2));
        for (std::size_t left = 64; left > 0 && !error; --left)
            co_await wire_.async_read_some(asio::buffer(part_), noting(error));
    }

    /// Until the other end is gone. Nothing is looked for from it.
    Task<void> until_gone()
    {
        wire_.expires_never();
        error_code error;
        std::size_t read = 0;
        while (!error && read < max_head_size)
            read += co_await wire_.async_read_some(asio::buffer(part_), noting(error));
    }

    void close() { wire_.close(); }

private:
    Task<bool> read()
    {
        error_code error;
        const auto size = co_await wire_.async_read_some(asio::buffer(part_), noting(error));
        buffer_.append(part_.data(), size);
        co_return !error;
    }

    Wire wire_;
    const HttpSettings& settings_;
    std::string buffer_;
    std::array<char, 4096> part_ = {};
};

} // namespace left4me::web
