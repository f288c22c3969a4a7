#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace left4me::bench {

/// Clients on loopback that ask a server for its A2S_INFO and ask again as soon as
/// it has answered.
class QueryLoad {
public:
    QueryLoad(std::uint16_t port, std::size_t clients);
    ~QueryLoad();
    QueryLoad(const QueryLoad&) = delete;
    QueryLoad& operator=(const QueryLoad&) = delete;

    /// Answers a second, over that time.
    double run(std::chrono::milliseconds time);

private:
    struct Client {
        int socket;
        std::string query;
    };
    static void ask(const Client& client);
    static bool take_answer(const Client& client);

    std::vector<Client> clients_;
};

} // namespace left4me::bench
