// The only file but gzip.cpp that knows Boost, which takes the compiler longer than all others of this
// folder together. Beast's streams have the limits of time; its parser is not used: see head_policy.hpp.
#include "web/http_server.hpp"

#include "system/format.hpp"
#include "system/service_log.hpp"
#include "web/gzip.hpp"
#include "web/http_conversation.hpp"

#include <cerrno>
#include <csignal>
#include <exception>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me::web {
namespace {

using std::chrono_literals::operator""ms;

/// What every answer says, whatever it is: nothing of it is kept by a cache, framed, guessed at
/// or given to another origin, and it may load what this program serves and nothing else.
constexpr std::string_view common_fields =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'\r\n";

std::string head_of(unsigned status, const std::vector<Field>& fields)
{
    auto head = formatted("HTTP/1.1 {} {}\r\n", status, reason_phrase(status));
    bool cached = false;
    for (const auto& [name, value] : fields) {
        head += formatted("{}: {}\r\n", name, value);
        cached = cached || name == "Cache-Control";
    }
    if (!cached)
        head += "Cache-Control: no-store\r\n";
    head += common_fields;
    return head;
}

std::string text_of(const Response& response, Method method, bool keep_alive)
{
    auto text = head_of(response.status, response.fields);
    if (response.status != 304)
        text += formatted("Content-Length: {}\r\n", response.body.size());
    text += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    if (method != Method::head && response.status != 304)
        text += response.body;
    return text;
}

/// What answers a form is sent as it is: its length could tell of a secret in it that stands beside what
/// somebody else has sent (BREACH).
bool may_get_gzip(const Request& request)
{
    return request.method != Method::post && takes_gzip(request.field("accept-encoding").value_or(""));
}

/// A page that is one; anything else as it is.
Response as_gzip(Response response)
{
    constexpr std::size_t smallest = 1024;
    const auto type = std::ranges::find(response.fields, "Content-Type", &Field::name);
    if (response.body.size() < smallest || type == response.fields.end() ||
        !type->value.starts_with("text/html"))
        return response;
    response.body = gzipped(response.body);
    response.fields.push_back({"Content-Encoding", "gzip"});
    response.fields.push_back({"Vary", "Accept-Encoding"});
    return response;
}

} // namespace

// --- the loop ------------------------------------------------------------------------------

class HttpServer::Loop {
public:
    explicit Loop(HttpSettings how) : settings(std::move(how)) {}

    Task<void> accept_all(Acceptor acceptor);
    void welcome(Socket socket);
    Task<void> converse(Socket socket, std::string peer);
    Task<bool> answer(std::shared_ptr<Conversation> conversation, Request request, bool keep_alive);
    Task<Answer> work_on(Work work);
    Task<void> stream(std::shared_ptr<Conversation> conversation, Stream stream);
    Task<void> until_told_to_end();

    HttpSettings settings;
    Handler handler;
    std::size_t connections = 0;
    std::map<std::string, std::size_t> of_address;
    std::map<std::string, std::size_t> streams;
    std::size_t waiting_work = 0;
    std::size_t busy = 0; ///< requests that have no answer yet
    bool ending = false;
    // Last, for what still waits in them counts itself out when they go.
    asio::io_context context{1};
    asio::thread_pool pool{2};
};

Task<void> HttpServer::Loop::accept_all(Acceptor acceptor)
{
    while (!ending) {
        error_code error;
        auto socket = co_await acceptor.async_accept(noting(error));
        if (!error) {
            welcome(std::move(socket));
            continue;
        }
        // Out of descriptors: those who wait stay in the queue meanwhile.
        Timer pause(context, 100ms);
        co_await pause.async_wait(noting(error));
    }
}

void HttpServer::Loop::welcome(Socket socket)
{
    error_code error;
    const auto peer = socket.remote_endpoint(error).address();
    if (error)
        return;
    const auto& limits = settings.limits;
    const auto name = peer.to_string();
    const auto known = of_address.find(name);
    const bool too_many = known != of_address.end() && known->second >= limits.connections_of_address &&
                          !(settings.proxy && peer.is_loopback());
    if (connections >= limits.connections || too_many) {
        socket.non_blocking(true, error);
        socket.write_some(asio::buffer(text_of(plain_answer(503), Method::get, false)), error);
        return;
    }
    socket.set_option(tcp::no_delay(true), error);
    asio::co_spawn(context, converse(std::move(socket), name), asio::detached);
}

Task<void> HttpServer::Loop::converse(Socket socket, std::string peer)
{
    const CountedNumber one(connections);
    const Counted<std::string> of_peer(of_address, peer);
    const auto conversation = std::make_shared<Conversation>(std::move(socket), settings);
    while (true) {
        auto head = co_await conversation->next_head();
        if (!head)
            co_return;
        if (!*head) {
            co_await conversation->write(text_of(plain_answer(head->error()), Method::get, false));
            break;
        }
        const CountedNumber request_of(busy);
        auto body = co_await conversation->body((*head)->body_size);
        if (!body)
            co_return;
        auto client = asker_of((*head)->fields, peer, settings.proxy);
        const auto query = std::min((*head)->target.find('?'), (*head)->target.size());
        Request request = {.method = (*head)->method,
                           .path = (*head)->target.substr(0, query),
                           .query = (*head)->target.substr(std::min(query + 1, (*head)->target.size())),
                           .fields = std::move((*head)->fields),
                           .body = std::move(*body),
                           .host = std::move((*head)->host),
                           .client = std::move(client.address),
                           .secure = client.secure};
        if (!co_await answer(conversation, std::move(request), (*head)->keep_alive && !ending))
            break;
    }
    co_await conversation->end();
}

/// Gives whether another request may follow.
Task<bool> HttpServer::Loop::answer(std::shared_ptr<Conversation> conversation, Request request,
                                    bool keep_alive)
{
    const auto method = request.method;
    const auto what = request.path;
    const bool gzip = may_get_gzip(request);
    Answer answer;
    try {
        answer = handler(std::move(request));
        while (auto* work = std::get_if<Work>(&answer))
            answer = co_await work_on(std::move(*work));
    } catch (const std::exception& exception) {
        log_line(formatted("cannot answer {}: {}", quote(what), quote(exception.what())));
        answer = plain_answer(500);
    }
    if (auto* endless = std::get_if<Stream>(&answer); endless != nullptr && method == Method::get) {
        co_await stream(conversation, std::move(*endless));
        co_return false;
    }
    auto* given = std::get_if<Response>(&answer);
    auto response = given != nullptr ? std::move(*given) : plain_answer(405);
    if (gzip)
        response = as_gzip(std::move(response));
    const auto text = text_of(response, method, keep_alive);
    co_return co_await conversation->write(text) && keep_alive;
}

Task<Answer> HttpServer::Loop::work_on(Work work)
{
    if (waiting_work >= settings.limits.waiting_work) {
        auto answer = plain_answer(503);
        answer.fields.push_back({"Retry-After", "2"});
        co_return answer;
    }
    const CountedNumber one(waiting_work);
    struct Place {
        Timer done;
        std::function<Answer()> finish = {};
        std::exception_ptr failed = {};
    };
    const auto place = std::make_shared<Place>(Timer(context, Timer::time_point::max()));
    // What is not the pool's goes back to the loop's thread, and ends there.
    asio::post(pool, [this, place, act = std::move(work.work)]() mutable {
        try {
            place->finish = act();
        } catch (...) {
            place->failed = std::current_exception();
        }
        act = nullptr;
        asio::post(context, [place = std::move(place)] { place->done.expires_after(0ms); });
    });
    error_code error;
    co_await place->done.async_wait(noting(error));
    if (place->failed)
        std::rethrow_exception(place->failed);
    co_return place->finish();
}

Task<void> HttpServer::Loop::stream(std::shared_ptr<Conversation> conversation, Stream stream)
{
    const auto& limits = settings.limits;
    const Counted<std::string> of_owner(streams, stream.owner);
    if (of_owner.count() > limits.streams_of_owner) {
        co_await conversation->write(text_of(plain_answer(429), Method::get, false));
        co_return;
    }
    const auto head =
        head_of(200, {{"Content-Type", "text/event-stream"}, {"X-Accel-Buffering", "no"}}) +
        "Connection: close\r\n\r\n: here\n\n";
    if (!co_await conversation->write(head))
        co_return;
    --busy; // it may go on for days, and its end waits for nobody
    const auto sink = std::make_shared<Backlog>(context.get_executor(), limits.backlog);
    const auto source = stream.begin(sink);
    asio::co_spawn(
        context,
        [](std::shared_ptr<Conversation> read, std::shared_ptr<Backlog> written) -> Task<void> {
            co_await read->until_gone();
            written->end();
        }(conversation, sink),
        asio::detached);
    while (true) {
        co_await sink->wait(limits.heartbeat);
        const bool last = sink->ended();
        auto text = sink->take();
        if (text.empty() && !last)
            text = ": still here\n\n";
        if (!co_await conversation->write(text) || last)
            break;
    }
    ++busy;
    conversation->close();
}

/// Those that are being answered get their answer; streams are taken up again by browsers.
Task<void> HttpServer::Loop::until_told_to_end()
{
    asio::basic_signal_set<Executor> signals(context.get_executor(), SIGTERM, SIGINT, SIGCHLD);
    error_code error;
    while (co_await signals.async_wait(noting(error)) == SIGCHLD)
        while (waitpid(-1, nullptr, WNOHANG) > 0) {
        }
    ending = true;
    for (int tries = 0; busy > 0 && tries < 60; ++tries) {
        Timer pause(context, 50ms);
        co_await pause.async_wait(noting(error));
    }
    context.stop();
}

// --- the server ----------------------------------------------------------------------------

HttpServer::HttpServer(HttpSettings settings) : loop_(std::make_unique<Loop>(std::move(settings)))
{
}

HttpServer::~HttpServer()
{
    loop_->pool.join();
}

std::shared_ptr<void> HttpServer::watch(int descriptor, std::function<void()> told)
{
    using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
    struct Watch {
        Descriptor descriptor;
        std::function<void()> told;
        bool over = false;
    };
    // One of its own for the same thing: the caller may close the other at any time.
    const int own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (own < 0)
        return nullptr;
    const auto watch =
        std::make_shared<Watch>(Descriptor(loop_->context.get_executor(), own), std::move(told));
    asio::co_spawn(
        loop_->context,
        [](std::shared_ptr<Watch> self) -> Task<void> {
            error_code error;
            while (!self->over && !error) {
                co_await self->descriptor.async_wait(Descriptor::wait_read, noting(error));
                if (const auto told_of = self->told; told_of && !error) // it may end this watch
                    told_of();
            }
        }(watch),
        asio::detached);
    return {nullptr, [watch](void*) {
                watch->over = true;
                watch->told = nullptr;
                watch->descriptor.cancel();
            }};
}

std::shared_ptr<void> HttpServer::every(std::chrono::milliseconds interval, std::function<void()> told)
{
    struct Beat {
        Timer timer;
        std::function<void()> told;
        bool over = false;
    };
    const auto beat = std::make_shared<Beat>(Timer(loop_->context), std::move(told));
    asio::co_spawn(
        loop_->context,
        [](std::shared_ptr<Beat> self, std::chrono::milliseconds pause) -> Task<void> {
            while (!self->over) {
                error_code error;
                self->timer.expires_after(pause);
                co_await self->timer.async_wait(noting(error));
                if (const auto told_of = self->told; told_of) // it may end this one
                    told_of();
            }
        }(beat, interval),
        asio::detached);
    return {nullptr, [beat](void*) {
                beat->over = true;
                beat->told = nullptr;
                beat->timer.cancel();
            }};
}

void HttpServer::run(std::function<std::function<void()>()> work)
{
    asio::post(loop_->pool, [loop = loop_.get(), work = std::move(work)] {
        asio::post(loop->context, [finish = work()] { finish(); });
    });
}

Result<void> HttpServer::serve(Handler handler)
{
    loop_->handler = std::move(handler);
    for (const int listener : loop_->settings.listeners) {
        sockaddr_storage address = {};
        socklen_t size = sizeof address;
        if (getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) !=
            0) // NOLINT: as it has it
            return fail_errno("cannot listen", errno);
        Acceptor acceptor(loop_->context.get_executor());
        error_code error;
        acceptor.assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), listener, error);
        if (error)
            return fail(ExitStatus::unavailable, "cannot listen: " + error.message());
        asio::co_spawn(loop_->context, loop_->accept_all(std::move(acceptor)), asio::detached);
    }
    asio::co_spawn(loop_->context, loop_->until_told_to_end(), asio::detached);
    loop_->context.run();
    return {};
}

} // namespace left4me::web
