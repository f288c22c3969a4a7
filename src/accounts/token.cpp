#include "accounts/token.hpp"

#include <algorithm>
#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sodium.h>

namespace left4me {
namespace {

constexpr std::size_t token_size = 32;
constexpr std::size_t text_size = 43;

std::string text_of_bytes(std::string_view bytes)
{
    std::array<char, text_size + 1> text = {}; // with the NUL that libsodium writes
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                      bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return {text.data(), text_size};
}

} // namespace

Result<Secret> random_bytes(std::size_t count)
{
    if (sodium_init() < 0)
        return fail(ExitStatus::internal, "libsodium cannot get random numbers");
    std::string bytes(count, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return Secret(std::move(bytes));
}

std::string sha256_bytes(std::string_view text)
{
    std::string sum(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(sum.data()));
    return sum;
}

bool equal_in_constant_time(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<Token> Token::make()
{
    return random_bytes(token_size).transform([](Secret bytes) { return Token(std::move(bytes)); });
}

std::optional<Token> Token::parse(std::string_view text)
{
    if (text.size() != text_size)
        return std::nullopt;
    std::string bytes(token_size, '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    // Refused, too: a last letter with bits that no byte has.
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                          text.size(), nullptr, &size, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        size != token_size || end != text.data() + text.size())
        return std::nullopt;
    return Token(Secret(std::move(bytes)));
}

std::optional<Token> Token::parse_link(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n";
    text = text.substr(std::min(text.find_first_not_of(blanks), text.size()));
    text = text.substr(0, text.find_last_not_of(blanks) + 1); // none: npos + 1 is 0
    return parse(text.substr(text.rfind('#') + 1));
}

Secret Token::text() const
{
    return Secret(text_of_bytes(bytes_.reveal()));
}

std::string Token::hash() const
{
    return sha256_bytes(bytes_.reveal());
}

std::string Token::derived(std::string_view purpose) const
{
    const auto& key = bytes_.reveal();
    std::string sum(SHA256_DIGEST_LENGTH, '\0');
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size(),
         reinterpret_cast<unsigned char*>(sum.data()), &size);
    return text_of_bytes(sum);
}

} // namespace left4me
