#include "host/privilege_drop.hpp"

#include "host/places.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {

Result<void> become_service_user()
{
    errno = 0;
    const passwd* user = getpwnam(service_user);
    if (user == nullptr)
        return fail(ExitStatus::not_found,
                    formatted("there is no user {}: is the package installed?", quote(service_user)));
    if (geteuid() == 0) {
        if (initgroups(user->pw_name, user->pw_gid) != 0 ||
            setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
            setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
            return fail_errno(formatted("cannot become user {}", quote(service_user)), errno);
    } else if (geteuid() != user->pw_uid)
        return fail(ExitStatus::not_permitted, "this needs root: run it with sudo");
    clearenv();
    constexpr mode_t no_others = 0027;
    umask(no_others);
    if (chdir("/") != 0)
        return fail_errno("cannot enter /", errno);
    return {};
}

Result<void> give_up_new_privileges()
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) != 0)
        return fail_errno("cannot give up new privileges", errno);
    return {};
}

} // namespace left4me
