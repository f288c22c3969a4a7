#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace left4me::bench {

/// Clients that ask a server for its A2S_INFO.
class QueryLoad {
public:
    QueryLoad(const std::string& address, std::uint16_t port, std::size_t clients);
    ~QueryLoad();
    QueryLoad(const QueryLoad&) = delete;
    QueryLoad& operator=(const QueryLoad&) = delete;

    /// Answers a second, over that time, when each asks again as soon as it is answered.
    double saturate(std::chrono::milliseconds time);

    /// Answers a second, over that time, when all together ask so many times a second,
    /// whatever becomes of it.
    double play(std::size_t queries_per_second, std::chrono::milliseconds time);

private:
    struct Client {
        int socket;
        std::string query;
    };
    static void ask(const Client& client);
    static bool take_answer(const Client& client);
    std::size_t take_answers(int timeout_ms);

    std::vector<Client> clients_;
};

} // namespace left4me::bench
