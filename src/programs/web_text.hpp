#pragma once

#include "accounts/token.hpp"
#include "accounts/user.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// Users of the web program, for people (now: whether a link is too old) and for programs.
std::string format_users(const std::vector<User>& users, AccountTime now);
std::string format_users_json(const std::vector<User>& users);

/// Where a one-time link leads: the page Welcome. The token is behind '#', which no browser sends:
/// so it is in no log of the web program nor of a proxy, and in no Referer. The page's script
/// takes it from there; without scripts, people paste the link.
/// web_host: see host/web_host.hpp.
std::string welcome_address(std::string_view web_host, const Token& link);

} // namespace left4me
