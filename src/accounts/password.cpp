#include "accounts/password.hpp"

#include "accounts/token.hpp"
#include "system/format.hpp"
#include "system/utf8.hpp"

#include <array>
#include <sodium.h>

namespace left4me {
namespace {

constexpr unsigned long long passes = 2;
constexpr std::size_t memory = std::size_t{19} * 1024 * 1024; // bytes

/// Of no password that anybody has, at today's price.
const std::string& nobodys_hash()
{
    static const std::string hash = [] {
        return random_bytes(32).and_then(hash_password).value_or(""); // made once, of 32 random bytes
    }();
    return hash;
}

} // namespace

Result<void> check_new_password(const Secret& password)
{
    if (password.reveal().size() > max_password_size)
        return fail(ExitStatus::bad_data,
                    formatted("a password has at most {} bytes", max_password_size));
    std::size_t characters = 0;
    const bool readable = all_characters(password.reveal(), [&](char32_t code) {
        ++characters;
        return code >= U' ';
    });
    if (!readable)
        return fail(ExitStatus::bad_data, "a password has no control characters, and is UTF-8");
    if (characters < min_password_characters)
        return fail(ExitStatus::bad_data,
                    formatted("a password has {} characters or more", min_password_characters));
    return {};
}

Result<std::string> hash_password(const Secret& password)
{
    if (sodium_init() < 0)
        return fail(ExitStatus::internal, "libsodium cannot get random numbers");
    std::array<char, crypto_pwhash_argon2id_STRBYTES> text = {};
    const auto& plain = password.reveal();
    if (crypto_pwhash_argon2id_str(text.data(), plain.data(), plain.size(), passes, memory) != 0)
        return fail(ExitStatus::internal, "no memory to hash a password");
    return std::string(text.data());
}

bool is_password(const Secret& password, const std::string& hash)
{
    const auto& plain = password.reveal();
    const bool known = !hash.empty() && hash.size() < crypto_pwhash_argon2id_STRBYTES;
    const auto& compared = known ? hash : nobodys_hash();
    const bool same =
        crypto_pwhash_argon2id_str_verify(compared.c_str(), plain.data(), plain.size()) == 0;
    return same && known;
}

bool is_outdated_hash(const std::string& hash)
{
    return crypto_pwhash_argon2id_str_needs_rehash(hash.c_str(), passes, memory) != 0;
}

} // namespace left4me
