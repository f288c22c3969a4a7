#include "model/steam_account.hpp"

#include "system/format.hpp"

#include <algorithm>

namespace left4me {
namespace {

constexpr std::size_t max_size = 64;

bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool may_follow(char c)
{
    return is_letter_or_digit(c) || std::string_view("_.-@").contains(c);
}

} // namespace

Result<SteamAccount> SteamAccount::parse(std::string_view name)
{
    if (name.empty() || name.size() > max_size || !is_letter_or_digit(name.front()) ||
        !std::ranges::all_of(name, may_follow))
        return fail(ExitStatus::usage,
                    formatted("{} is no name of a Steam account: 1 to {} of letters, digits, '_', "
                              "'.', '-' and '@', beginning with a letter or a digit",
                              quote(name), max_size));
    return SteamAccount(std::string(name));
}

} // namespace left4me
