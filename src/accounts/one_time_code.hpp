#pragma once

#include "accounts/user.hpp"
#include "system/error.hpp"
#include "system/secret.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

// Codes of a second factor, pure: TOTP (RFC 6238) as authenticator apps know it: HMAC-SHA1,
// six digits, thirty seconds.

/// Which period of thirty seconds that is.
std::int64_t step_of(AccountTime time);

/// The code of one period: six digits. The secret is bytes.
std::string code_of_step(std::string_view secret, std::int64_t step);

/// The period whose code that is: this one, or the one before or behind it, for clocks differ.
/// None if it is of no such, or of one that is not behind `last`, which was used already. One that
/// was used in what is the future now says nothing: the clock has been put back.
/// Blanks in it are left out.
std::optional<std::int64_t> matching_step(std::string_view secret, std::string_view code,
                                          AccountTime now, std::int64_t last);

/// RFC 4648, upper case, without padding.
std::string base32(std::string_view bytes);

/// What an app reads from a QR code: otpauth://totp/…
Secret otpauth_address(const UserName& name, std::string_view secret);

/// A recovery code: 80 bits, "abcd-efgh-ijkl-mnop".
Result<std::string> make_recovery_code();

/// What is kept of one, SHA-256: however its letters, hyphens and blanks were typed. None where
/// it cannot be one.
std::optional<std::string> recovery_code_hash(std::string_view code);

} // namespace left4me
