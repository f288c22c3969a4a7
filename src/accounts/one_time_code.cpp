#include "accounts/one_time_code.hpp"

#include "accounts/token.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace left4me {
namespace {

constexpr std::int64_t step_seconds = 30;
constexpr std::uint32_t codes = 1'000'000;
constexpr std::size_t recovery_bytes = 10;
constexpr std::size_t recovery_letters = 16; // 80 bits, five a letter
constexpr std::size_t letters_in_a_group = 4;

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// As people type it.
std::string without_blanks(std::string_view code)
{
    std::string plain(code.substr(0, 64)); // longer than any code
    std::erase_if(plain, [](char c) { return c == ' ' || c == '-' || c == '\t'; });
    return plain;
}

} // namespace

std::int64_t step_of(AccountTime time)
{
    return time.time_since_epoch().count() / step_seconds;
}

std::string code_of_step(std::string_view secret, std::int64_t step)
{
    std::array<unsigned char, 8> counter = {};
    for (std::size_t i = 0; i < counter.size(); ++i)
        counter[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (56 - 8 * i));
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum = {};
    unsigned int size = 0;
    HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(),
         sum.data(), &size);
    // RFC 4226, 5.3: the last four bits say where the 31 bits begin.
    const std::size_t at = sum[19] & 0xfU;
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i)
        bits = bits << 8U | sum[at + i];
    return formatted("{:06}", (bits & 0x7fffffffU) % codes);
}

std::optional<std::int64_t> matching_step(std::string_view secret, std::string_view code,
                                          AccountTime now, std::int64_t last)
{
    const auto plain = without_blanks(code);
    const auto this_step = step_of(now);
    if (last > this_step + 1) // the clock was put back: none would be taken for as long
        last = 0;
    std::optional<std::int64_t> found;
    for (const auto step : {this_step - 1, this_step, this_step + 1})
        if (equal_in_constant_time(code_of_step(secret, step), plain) && step > last)
            found = step;
    return found;
}

std::string base32(std::string_view bytes)
{
    std::string text;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char byte : bytes) {
        bits = bits << 8U | static_cast<unsigned char>(byte);
        count += 8;
        while (count >= 5) {
            count -= 5;
            text += alphabet[bits >> count & 31U];
        }
        bits &= (1U << count) - 1;
    }
    if (count > 0)
        text += alphabet[bits << (5 - count) & 31U];
    return text;
}

Secret otpauth_address(const UserName& name, std::string_view secret)
{
    return Secret(
        formatted("otpauth://totp/left4me:{}?secret={}&issuer=left4me", name.str(), base32(secret)));
}

Result<std::string> make_recovery_code()
{
    return random_bytes(recovery_bytes).transform([](const Secret& bytes) {
        auto letters = base32(bytes.reveal());
        std::ranges::transform(letters, letters.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        for (auto at = recovery_letters - letters_in_a_group; at > 0; at -= letters_in_a_group)
            letters.insert(at, 1, '-');
        return letters;
    });
}

std::optional<std::string> recovery_code_hash(std::string_view code)
{
    auto plain = without_blanks(code);
    for (auto& c : plain)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    if (plain.size() != recovery_letters || plain.find_first_not_of(alphabet) != std::string::npos)
        return std::nullopt;
    return sha256_bytes(plain);
}

} // namespace left4me
