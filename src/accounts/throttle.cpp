#include "accounts/throttle.hpp"

#include "system/format.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <netinet/in.h>

namespace left4me {
namespace {

constexpr std::int64_t max_keys = 50'000; // some megabytes
constexpr std::int64_t dropped_keys = 1000;

std::string_view word_of(ThrottleKind kind)
{
    switch (kind) {
    case ThrottleKind::user:
        return "user";
    case ThrottleKind::address:
        return "address";
    case ThrottleKind::session:
        break;
    }
    return "session";
}

const ThrottleRule& rule_of(ThrottleKind kind)
{
    return kind == ThrottleKind::address ? address_throttle : user_throttle;
}

} // namespace

std::chrono::seconds wait_after(const ThrottleRule& rule, std::int64_t failures)
{
    if (failures < rule.free)
        return std::chrono::seconds(0);
    constexpr std::int64_t most_doublings = 20; // longer than any longest
    const auto doublings = std::min(failures - rule.free, most_doublings);
    return std::min(std::chrono::seconds(std::int64_t{1} << doublings), rule.longest);
}

std::string throttled_address(std::string_view address)
{
    const std::string text(address.substr(0, INET6_ADDRSTRLEN));
    in_addr four = {};
    in6_addr six = {};
    if (inet_pton(AF_INET, text.c_str(), &four) == 1)
        return text;
    if (inet_pton(AF_INET6, text.c_str(), &six) != 1)
        return "?";
    std::array<char, INET6_ADDRSTRLEN> shown = {};
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
        constexpr std::size_t before = 12;
        std::memcpy(&four, &six.s6_addr[before], sizeof four);
        inet_ntop(AF_INET, &four, shown.data(), shown.size());
        return shown.data();
    }
    constexpr std::size_t household = 8; // bytes
    std::fill(std::begin(six.s6_addr) + household, std::end(six.s6_addr), std::uint8_t{0});
    inet_ntop(AF_INET6, &six, shown.data(), shown.size());
    return formatted("{}/64", shown.data());
}

Result<std::chrono::seconds> Throttle::wait_of(const ThrottleKey& key, AccountTime now)
{
    struct Failures {
        std::int64_t count;
        AccountTime last;
    };
    return database_
        .one("SELECT count, last FROM failures WHERE kind = ? AND key = ?",
             {word_of(key.kind), std::string_view(key.key)},
             [](const Row& row) { return Failures{row.integer(0), time_in(row, 1)}; })
        .transform([&](const std::optional<Failures>& found) {
            constexpr std::chrono::seconds none(0);
            if (!found || now - found->last >= throttle_memory)
                return none;
            // A clock that was put back makes nobody wait for longer.
            const auto last = std::min(found->last, now);
            return std::max(none, last + wait_after(rule_of(key.kind), found->count) - now);
        });
}

Result<void> Throttle::count(const ThrottleKey& key, AccountTime now)
{
    return database_
        .run("INSERT INTO failures (kind, key, count, last) VALUES (?, ?, 1, ?) "
             "ON CONFLICT DO UPDATE SET count = count + 1, last = excluded.last",
             {word_of(key.kind), std::string_view(key.key), seconds_of(now)})
        .transform([](std::int64_t) {});
}

/// Of names that nobody has there is no end. Those with the fewest failures go first.
Result<void> Throttle::make_room(AccountTime now)
{
    return database_.run("DELETE FROM failures WHERE last <= ?", {seconds_of(now - throttle_memory)})
        .and_then([&](std::int64_t) { return database_.number("SELECT count(*) FROM failures"); })
        .and_then([&](std::int64_t keys) -> Result<std::int64_t> {
            if (keys < max_keys)
                return 0;
            return database_.run("DELETE FROM failures WHERE (kind, key) IN "
                                 "(SELECT kind, key FROM failures ORDER BY count, last LIMIT ?)",
                                 {dropped_keys});
        })
        .transform([](std::int64_t) {});
}

Result<std::optional<std::chrono::seconds>> Throttle::begin(const std::vector<ThrottleKey>& keys,
                                                            AccountTime now)
{
    using Wait = Result<std::optional<std::chrono::seconds>>;
    return database_.in_transaction([&]() -> Wait {
        std::chrono::seconds longest(0);
        for (const auto& key : keys) {
            const auto wait = wait_of(key, now);
            if (!wait)
                return std::unexpected(wait.error());
            longest = std::max(longest, *wait);
        }
        if (longest > std::chrono::seconds(0))
            return longest;
        if (auto room = make_room(now); !room)
            return std::unexpected(room.error());
        for (const auto& key : keys)
            if (auto counted = count(key, now); !counted)
                return std::unexpected(counted.error());
        return std::nullopt;
    });
}

Result<void> Throttle::take_back(const ThrottleKey& key)
{
    return database_
        .run("UPDATE failures SET count = count - 1 WHERE kind = ? AND key = ? AND count > 0",
             {word_of(key.kind), std::string_view(key.key)})
        .transform([](std::int64_t) {});
}

Result<void> Throttle::forget(const ThrottleKey& key)
{
    return database_
        .run("DELETE FROM failures WHERE kind = ? AND key = ?",
             {word_of(key.kind), std::string_view(key.key)})
        .transform([](std::int64_t) {});
}

} // namespace left4me
