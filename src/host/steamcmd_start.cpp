#include "host/steamcmd_start.hpp"

#include "host/places.hpp"
#include "system/format.hpp"
#include "system/pseudo_terminal.hpp"

namespace left4me {

Result<pid_t> start_steamcmd(const Host& host, const std::string& program, const SteamcmdRun& run,
                             const FileDescriptor& terminal)
{
    return start_on_terminal(
        terminal, host.steamcmd_home(), steamcmd_words(program, host.next_installation(), run),
        {formatted("HOME={}", host.steamcmd_home()), "LANG=C.UTF-8", "PATH=/usr/bin:/bin", "TERM=dumb",
         formatted("USER={}", service_user), formatted("LOGNAME={}", service_user)});
}

} // namespace left4me
