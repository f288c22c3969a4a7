#include "query_load.hpp"

#include "measurement.hpp"

#include <arpa/inet.h>
#include <array>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace left4me::bench {
namespace {

using namespace std::string_view_literals;
using Clock = std::chrono::steady_clock;

constexpr auto info_query = "\xFF\xFF\xFF\xFFTSource Engine Query\0"sv;
constexpr auto challenge_answer = "\xFF\xFF\xFF\xFF"
                                  "A"sv;
constexpr auto info_answer = "\xFF\xFF\xFF\xFF"
                             "I"sv;

/// An answer that has not come by then does not come.
constexpr int lost_after_ms = 100;

int connected_socket(const std::string& host, std::uint16_t port)
{
    const int made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    if (made < 0 || connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw Failure("cannot make a UDP socket");
    return made;
}

} // namespace

QueryLoad::QueryLoad(const std::string& address, std::uint16_t port, std::size_t clients)
{
    for (std::size_t i = 0; i < clients; ++i) {
        auto& client = clients_.emplace_back(connected_socket(address, port), std::string(info_query));
        ask(client);
        std::array<char, 64> answer = {};
        const auto size = recv(client.socket, answer.data(), answer.size(), 0);
        const std::string_view text(answer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        if (!text.starts_with(challenge_answer))
            throw Failure("the server does not answer with a challenge");
        client.query += text.substr(challenge_answer.size());
    }
}

QueryLoad::~QueryLoad()
{
    for (const auto& client : clients_)
        close(client.socket);
}

void QueryLoad::ask(const Client& client)
{
    send(client.socket, client.query.data(), client.query.size(), 0);
}

bool QueryLoad::take_answer(const Client& client)
{
    std::array<char, 1400> answer = {};
    const auto size = recv(client.socket, answer.data(), answer.size(), MSG_DONTWAIT);
    return size > 0 &&
           std::string_view(answer.data(), static_cast<std::size_t>(size)).starts_with(info_answer);
}

/// Waits for the first, and takes at most one of each client.
std::size_t QueryLoad::take_answers(int timeout_ms)
{
    std::vector<pollfd> events;
    for (const auto& client : clients_)
        events.push_back({client.socket, POLLIN, 0});
    poll(events.data(), events.size(), timeout_ms);
    std::size_t answers = 0;
    for (std::size_t i = 0; i < clients_.size(); ++i)
        answers += events[i].revents != 0 && take_answer(clients_[i]) ? 1 : 0;
    return answers;
}

double QueryLoad::saturate(std::chrono::milliseconds time)
{
    std::vector<pollfd> events;
    for (const auto& client : clients_) {
        events.push_back({client.socket, POLLIN, 0});
        ask(client);
    }
    std::size_t answers = 0;
    const auto begin = Clock::now();
    while (Clock::now() - begin < time) {
        if (poll(events.data(), events.size(), lost_after_ms) == 0)
            throw Failure("the server has stopped answering");
        for (std::size_t i = 0; i < clients_.size(); ++i)
            if (events[i].revents != 0 && take_answer(clients_[i])) {
                ++answers;
                ask(clients_[i]);
            }
    }
    const std::chrono::duration<double> took = Clock::now() - begin;
    // What is on its way still would count for the next run.
    while (take_answers(lost_after_ms / 10) > 0) {
    }
    return static_cast<double>(answers) / took.count();
}

double QueryLoad::play(std::size_t queries_per_second, std::chrono::milliseconds time)
{
    const auto due_at = [&](Clock::duration elapsed) {
        return static_cast<std::size_t>(std::chrono::duration<double>(elapsed).count() *
                                        static_cast<double>(queries_per_second));
    };
    std::size_t asked = 0;
    std::size_t answers = 0;
    const auto begin = Clock::now();
    for (auto now = begin; now - begin < time; now = Clock::now()) {
        for (const auto due = due_at(now - begin); asked < due; ++asked)
            ask(clients_[asked % clients_.size()]);
        answers += take_answers(1);
    }
    const std::chrono::duration<double> took = Clock::now() - begin;
    for (std::size_t late = 0; (late = take_answers(lost_after_ms)) > 0;)
        answers += late;
    return static_cast<double>(answers) / took.count();
}

} // namespace left4me::bench
