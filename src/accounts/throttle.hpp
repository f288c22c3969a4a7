#pragma once

#include "accounts/user.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// How failures are slowed down: so many are free, each further one doubles the wait from a
/// second up to the longest.
struct ThrottleRule {
    std::int64_t free;
    std::chrono::seconds longest;
};
inline constexpr ThrottleRule user_throttle{.free = 5, .longest = std::chrono::minutes(15)};
inline constexpr ThrottleRule address_throttle{.free = 20, .longest = std::chrono::minutes(15)};
constexpr std::chrono::hours throttle_memory{24}; ///< after that, a failure is forgotten

/// What must pass after the last of so many failures before the next try.
std::chrono::seconds wait_after(const ThrottleRule& rule, std::int64_t failures);

/// What failures of an address are counted by: IPv4 as it is, of IPv6 the 64 bits that a
/// household has. What is no address is one of its own.
std::string throttled_address(std::string_view address);

/// What failures are counted by. A session's own: the password asked for again.
enum class ThrottleKind { user, address, session };
struct ThrottleKey {
    ThrottleKind kind;
    std::string key;
};

/// Counts tries in the database, so that neither a restart nor many at once get round it: a try
/// counts as a failure of all its keys before it is known to be none. One that is refused is not
/// counted.
class Throttle {
public:
    explicit Throttle(Database& database) : database_(database) {}

    /// How long to wait; none: one may try, and the try was counted.
    [[nodiscard]] Result<std::optional<std::chrono::seconds>> begin(const std::vector<ThrottleKey>& keys,
                                                                    AccountTime now);

    /// The try that was counted was none: takes it back, or forgets all of that key.
    [[nodiscard]] Result<void> take_back(const ThrottleKey& key);
    [[nodiscard]] Result<void> forget(const ThrottleKey& key);

private:
    [[nodiscard]] Result<std::chrono::seconds> wait_of(const ThrottleKey& key, AccountTime now);
    [[nodiscard]] Result<void> count(const ThrottleKey& key, AccountTime now);
    [[nodiscard]] Result<void> make_room(AccountTime now);

    Database& database_;
};

} // namespace left4me
