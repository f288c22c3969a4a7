#pragma once

#include "system/error.hpp"
#include "system/secret.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// 256 bits that nobody can guess: what a cookie or a one-time link has. The database keeps its
/// hash alone. As text 43 letters, digits, - and _ (base64url, RFC 4648).
class Token {
public:
    /// By the kernel's generator, through libsodium.
    static Result<Token> make();

    /// None where the text is not one that make() gives.
    static std::optional<Token> parse(std::string_view text);

    /// The same of a one-time link, given whole or as what is behind its '#'; blanks around it
    /// are left out, as people paste them.
    static std::optional<Token> parse_link(std::string_view text);

    [[nodiscard]] Secret text() const;

    /// What is kept of it: SHA-256, 32 bytes.
    [[nodiscard]] std::string hash() const;

    /// Another one that follows from it and a purpose, and from which it does not follow: text of
    /// 43 characters (HMAC-SHA256).
    [[nodiscard]] std::string derived(std::string_view purpose) const;

private:
    explicit Token(Secret bytes) : bytes_(std::move(bytes)) {}
    Secret bytes_;
};

/// So many bytes that nobody can guess.
Result<Secret> random_bytes(std::size_t count);

/// Whether both are the same, in a time that tells nothing but their lengths.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// SHA-256, 32 bytes.
std::string sha256_bytes(std::string_view text);

} // namespace left4me
