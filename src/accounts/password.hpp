#pragma once

#include "system/error.hpp"
#include "system/secret.hpp"

#include <cstddef>
#include <string>

namespace left4me {

constexpr std::size_t min_password_characters = 12; ///< as Unicode counts them
constexpr std::size_t max_password_size = 1024;     ///< in bytes

/// A password that may be set: bad_data with the rule that it breaks.
Result<void> check_new_password(const Secret& password);

/// What is kept of it: argon2id (RFC 9106) as text, with a salt of its own; 19 MiB and two
/// passes, which is OWASP's second choice and takes some 20 ms of one core: not for an event
/// loop. internal: there is no memory.
Result<std::string> hash_password(const Secret& password);

/// Whether it is the one of that hash. An empty hash, of whoever has none, is never it, and
/// takes as long.
bool is_password(const Secret& password, const std::string& hash);

/// Whether a hash was made at another price than today's, and is to be made anew.
bool is_outdated_hash(const std::string& hash);

} // namespace left4me
