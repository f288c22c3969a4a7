#pragma once

#include "accounts/database.hpp"
#include "system/error.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// When something happens is always handed in: tests are not to wait.
using AccountTime = std::chrono::sys_seconds;

/// The name of a user: [a-z0-9][a-z0-9_-]{0,31}; needs no escaping in an address or a page.
class UserName {
public:
    /// usage, with the rule that was broken.
    static Result<UserName> parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    bool operator==(const UserName&) const = default;
    auto operator<=>(const UserName&) const = default;

private:
    explicit UserName(std::string_view text) : text_(text) {}
    std::string text_;
};

/// The number of a row. It comes out of the database alone, so that what a browser sends is
/// none. Numbers are never given twice, also when a user is deleted.
template <class Of>
class RowId {
public:
    static RowId in(const Row& row, int column) { return RowId(row.integer(column)); }
    [[nodiscard]] std::int64_t number() const noexcept { return number_; }
    bool operator==(const RowId&) const = default;

private:
    explicit RowId(std::int64_t number) : number_(number) {}
    std::int64_t number_;
};
using UserId = RowId<struct OfUser>;
using SessionId = RowId<struct OfSession>;

enum class Role { admin, user };
std::string_view role_word(Role role); ///< "admin", "user"
std::optional<Role> parse_role(std::string_view word);

struct User {
    UserId id;
    UserName name;
    Role role;
    bool active;
    bool has_password;      ///< false: the one-time link was not used yet
    bool has_second_factor; ///< one that counts
    AccountTime created;
    std::optional<AccountTime> signed_in; ///< the last time
    std::optional<AccountTime> link_until; ///< of a one-time link that was not used
    bool may_build; ///< layers, by scripts of their own: admins, and whom they let

    /// A row that begins with the columns of known_users.
    static User in(const Row& row);
    static constexpr int columns = 10; ///< how many these are
};

/// A column of time.
AccountTime time_in(const Row& row, int column);
std::int64_t seconds_of(AccountTime time);

} // namespace left4me
