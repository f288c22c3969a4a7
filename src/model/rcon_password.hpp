#pragma once

#include "system/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// The password by which a game is told commands over its port, as the last line of server.cfg
/// that sets one has it; none where no line does, or the line sets it to nothing, which is RCON
/// off. It is read as the engine's console reads a line: words, quotes, // to the end.
std::optional<std::string> rcon_password_in(std::string_view server_cfg);

/// The same of the game's arguments: what follows +rcon_password.
std::optional<std::string> rcon_password_of(const std::vector<std::string>& arguments);

/// Whether a line for a console may have a secret in it, such as rcon_password, sv_password or
/// sv_setsteamaccount, in whichever way it comes there (by alias, sm_cvar …): it goes into no
/// history. Rather one line too many than one too few.
bool may_tell_a_secret(std::string_view line);

/// Whether a line of server.cfg, or an argument, may set it, in whichever way it comes there (alias,
/// sm_cvar …); a comment does not.
bool names_rcon_password(std::string_view line);

/// 32 letters, digits, - and _ that nobody can guess. internal where the kernel has none.
Result<std::string> random_rcon_password();

/// The line that sets it.
std::string rcon_password_line(std::string_view password);

} // namespace left4me
