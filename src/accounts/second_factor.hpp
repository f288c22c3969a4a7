#pragma once

#include "accounts/user.hpp"
#include "system/secret.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace left4me {

constexpr std::size_t recovery_code_count = 10;

/// The second factor of users: an authenticator app's codes, and ten codes for when it is lost.
/// Each is good once, whatever happens at the same time. A handler asks for the password again
/// (see check_password) before it begins or removes one.
class SecondFactors {
public:
    explicit SecondFactors(Database& database) : database_(database) {}

    /// A new secret, which counts once confirm() has seen a code of it; one that was begun before
    /// is forgotten. Gives what the app reads: otpauth://totp/…?secret=BASE32… bad_data: there
    /// is one that counts.
    [[nodiscard]] Result<Secret> begin(const User& user);

    /// Makes it count: the recovery codes, which are told once. bad_data: nothing was begun, or
    /// the code is wrong.
    [[nodiscard]] Result<std::vector<std::string>> confirm(const User& user, std::string_view code,
                                                           AccountTime now);

    /// Whether the code is right, and uses it up; an app's or a recovery code. True of who has no
    /// second factor.
    [[nodiscard]] Result<bool> use(UserId user, std::string_view code, AccountTime now);

    [[nodiscard]] Result<std::int64_t> recovery_codes_left(UserId user);
    [[nodiscard]] Result<void> remove(UserId user);

private:
    Database& database_;
};

} // namespace left4me
