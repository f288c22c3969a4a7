#pragma once

#include "system/error.hpp"
#include "web/head_policy.hpp"
#include "web/http.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace left4me::web {

/// How much of it strangers can have, and for how long.
struct HttpLimits {
    std::size_t connections = 1000;
    std::size_t connections_of_address = 64; ///< but for a trusted proxy's
    std::size_t streams_of_owner = 16;
    std::size_t waiting_work = 64; ///< for the pool; whoever comes then is told to come again
    std::chrono::seconds head{10}; ///< from the first byte of a request to the end of its head
    std::chrono::seconds body{20};
    std::chrono::seconds writing{30};
    std::chrono::seconds keep_alive{30}; ///< between two requests
    std::chrono::seconds heartbeat{20};  ///< of a stream: a comment, by which a proxy keeps it
    std::size_t backlog = std::size_t{256} * 1024; ///< of a stream, in bytes
};

struct HttpSettings {
    std::vector<int> listeners; ///< sockets that listen; they become the server's
    HeadRules rules = {};
    bool proxy = false; ///< see asker_of()
    HttpLimits limits = {};
};

/// An event loop of one thread that serves HTTP, and a pool of two threads for what blocks. What
/// a connection sends is read into nothing but a head of 8 KiB and a body of 64 KiB, and its head
/// is judged (judge_head) before anything else is done with it.
class HttpServer {
public:
    /// Gives the answer to a request, on the loop's thread. An exception of it is a 500.
    using Handler = std::function<Answer(Request)>;

    explicit HttpServer(HttpSettings settings);
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    ~HttpServer();

    /// Calls told on the loop's thread whenever the descriptor, which stays the caller's, can be
    /// read, until what this gives is gone. Null where it cannot.
    std::shared_ptr<void> watch(int descriptor, std::function<void()> told);

    /// Calls told on the loop's thread again and again, until what this gives is gone.
    std::shared_ptr<void> every(std::chrono::milliseconds interval, std::function<void()> told);

    /// Runs work on a thread of the pool and what it gives on the loop's.
    void run(std::function<std::function<void()>()> work);

    /// Until SIGTERM or SIGINT. Children that end are reaped, for in a pid namespace of its own
    /// this process is the first one.
    Result<void> serve(Handler handler);

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

} // namespace left4me::web
