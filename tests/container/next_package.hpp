#pragma once

#include <string>

namespace left4me::test {

/// The package that this checkout builds: left4me_*.deb in that folder of the host.
std::string package_in(const std::string& folder);

/// A later version of it, NEXT_VERSION, made anew in /var/tmp: the server's unit, the slices,
/// the packet rules, a conffile, l4d2ctl, the helpers and the launcher are others. Its path.
std::string make_next_package(const std::string& deb);

/// What is in it and not in the package that it is made of.
namespace next {
inline const std::string version = "99~next";
inline const std::string tasks_max = "200";         ///< of the server's unit
inline const std::string game_weight = "900";       ///< of l4d2-game.slice
inline const std::string packet_set = "next_marks"; ///< in table inet left4me
inline const std::string conffile_line = "# The next release says this.";
} // namespace next

} // namespace left4me::test
