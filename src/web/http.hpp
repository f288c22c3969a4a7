#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// The web program. What is plain HTTP, here: bytes, and nothing of pages, users or servers.
namespace left4me::web {

/// All others are refused before a route is looked for.
enum class Method : std::uint8_t { get, head, post };

/// A line of a head. Of requests the name is in lower case.
struct Field {
    std::string name;
    std::string value;
};

/// A whole request. Whatever is in it, a stranger wrote.
struct Request {
    Method method = Method::get;
    std::string path;  ///< begins with '/', as it was sent: nothing of it is decoded
    std::string query; ///< behind the '?', as it was sent
    std::vector<Field> fields;
    std::string body;
    std::string host;    ///< of the browser's address, with its port: "localhost:8000"
    std::string client;  ///< its address, for limits and the log
    bool secure = false; ///< it came to the proxy by TLS

    /// The field of that name (lower case); none where it is not there.
    [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const;
};

// What forms are answered with that are not done, beside a page that says why (RFC 9110, 6585).
inline constexpr unsigned conflict = 409;      ///< something else goes on, or has changed meanwhile
inline constexpr unsigned unprocessable = 422; ///< what they say is not right
inline constexpr unsigned too_many_tries = 429;

struct Response {
    unsigned status = 200;
    std::vector<Field> fields = {}; ///< beside those that each answer gets
    std::string body = {};
};

/// Where the other end of an event stream is written to. Of the loop's thread alone.
class EventSink {
public:
    EventSink() = default;
    EventSink(const EventSink&) = delete;
    EventSink& operator=(const EventSink&) = delete;
    virtual ~EventSink() = default;

    /// An event; each line of data becomes one of the event's. An id of its own is what a
    /// browser comes back with (Last-Event-ID). A reader that is slower than 256 KiB is told
    /// to load the page again, and gets no more.
    virtual void send(std::string_view name, std::string_view data, std::string_view id = {}) = 0;

    /// Ends the stream once what was sent is written.
    virtual void end() = 0;
};

/// An answer that goes on (text/event-stream).
struct Stream {
    std::string owner; ///< whose streams are counted together
    /// Begins it. What it gives lives as long as the stream is read.
    std::function<std::shared_ptr<void>(std::shared_ptr<EventSink>)> begin;
};

struct Work;

/// What becomes of a request.
using Answer = std::variant<Response, Work, Stream>;

/// An answer that takes time. work runs on a thread of the pool and may touch nothing of the
/// loop's; what it gives runs on the loop's thread and gives the answer.
struct Work {
    std::function<std::function<Answer()>()> work;
};

/// The words of a status, "Not Found".
std::string_view reason_phrase(unsigned status);

/// An answer of one line of plain text: what HTTP itself has to say.
Response plain_answer(unsigned status);

} // namespace left4me::web
