#include "catalogue.hpp"

#include <algorithm>
#include <format>
#include <set>

namespace left4me::escape {
namespace {

const std::string no_filter = "SystemCallFilter=\n";
const std::string no_devices = "DevicePolicy=auto\nPrivateDevices=no\n";
const std::string all_of_proc = "ProtectProc=default\nProcSubset=all\nPrivatePIDs=no\n";

/// What takes a directive away, by the directive; some need others to go with them.
struct Shown {
    Words directives; ///< the case is for a unit that has one of them
    Case attack;
};

const std::string own_user_away = "DynamicUser=no\nUser=left4me\n";

bool has_user_of_its_own(const std::string& unit)
{
    return unit == "left4me-event@";
}

Case denied(const std::string& attempt, Words blocked, const std::string& settings,
            Control control = Control::root, Words reached = {"ok"})
{
    return {.row = {},
            .attempt = attempt,
            .blocked = std::move(blocked),
            .layers = {},
            .control = control,
            .reached = reached,
            .flip = Flip::settings,
            .settings = settings,
            .flipped = std::move(reached),
            .abi = Abi::only64};
}

std::vector<Shown> rights()
{
    return {
        {{"NoNewPrivileges"},
         denied("new-privileges", {"EPERM"}, "NoNewPrivileges=no\nPrivateUsers=no\n" + no_filter,
                Control::uid)},
        {{"LockPersonality"}, denied("personality", {"EPERM"}, "LockPersonality=no\n", Control::uid)},
        {{"MemoryDenyWriteExecute"},
         denied("writable-code", {"EACCES"}, "MemoryDenyWriteExecute=no\n", Control::uid)},
        {{"RestrictNamespaces"}, denied("unshare", {"EPERM"}, "RestrictNamespaces=no\n")},
        {{"RestrictSUIDSGID"}, denied("set-uid:/tmp", {"EPERM"}, "RestrictSUIDSGID=no\n", Control::uid)},
        {{"SystemCallFilter"}, denied("ptrace", {"SIGSYS"}, no_filter)},
        {{"SystemCallArchitectures"},
         denied("int80:20", {"SIGSYS"}, "SystemCallArchitectures=\n" + no_filter, Control::uid)},
        {{"CapabilityBoundingSet", "AmbientCapabilities"},
         denied("device:/tmp", {"EPERM"}, no_devices + capabilities)},
        {{"RestrictRealtime"},
         denied("sched_setscheduler", {"EPERM", "SIGSYS"},
                "RestrictRealtime=no\n" + no_filter + capabilities)},
    };
}

std::vector<Shown> the_kernel()
{
    return {
        {{"ProtectClock"},
         denied("adjtimex", {"EPERM", "SIGSYS"}, "ProtectClock=no\n" + no_filter + capabilities,
                Control::root, {"EINVAL"})},
        {{"ProtectHostname"},
         denied("sethostname", {"EPERM", "SIGSYS"}, "ProtectHostname=no\n" + no_filter + capabilities)},
        {{"ProtectKernelLogs"},
         denied("kernel-log", {"EPERM", "SIGSYS"}, "ProtectKernelLogs=no\n" + no_filter + capabilities)},
        {{"ProtectKernelModules"},
         denied("read:/usr/lib/modules/left4me-canary", {"EACCES", "ENOENT"},
                "ProtectKernelModules=no\n", Control::uid)},
        {{"ProtectKernelTunables"},
         denied("write:/proc/sys/net/ipv4/ip_forward", {"EACCES", "ENOENT", "EROFS"},
                "ProtectKernelTunables=no\n" + all_of_proc + capabilities)},
        {{"ProtectControlGroups"},
         denied("write:/sys/fs/cgroup/cgroup.procs", {"EACCES", "EROFS"},
                "ProtectControlGroups=no\nProtectKernelTunables=no\n" + capabilities)},
        {{"DevicePolicy", "PrivateDevices"},
         denied("write:/dev/fuse", {"ENOENT", "EPERM"}, no_devices + capabilities)},
    };
}

std::vector<Shown> files_and_processes()
{
    return {
        {{"ProtectSystem"}, denied("create:/usr/lib", {"EROFS"}, "ProtectSystem=no\n" + capabilities)},
        {{"ProtectHome"},
         denied("read:/home/left4me-canary", {"EACCES", "ENOENT"}, "ProtectHome=no\n", Control::uid)},
        {{"PrivateTmp"},
         denied("read:/tmp/left4me-canary", {"ENOENT"}, "PrivateTmp=no\n", Control::uid)},
        {{"PrivateIPC"}, denied("shm:7077", {"ENOENT"}, "PrivateIPC=no\n", Control::uid)},
        {{"ProtectProc"}, denied("find:/proc/VICTIM=status", {"ENOENT"}, all_of_proc, Control::uid)},
        {{"ProcSubset"}, denied("read:/proc/cpuinfo", {"ENOENT"}, "ProcSubset=all\n", Control::uid)},
        {{"PrivatePIDs"}, denied("kill:VICTIM", {"ESRCH"}, all_of_proc, Control::uid)},
        {{"LimitCORE"},
         denied("core:/tmp", {"ENOENT"}, "LimitCORE=infinity\n" + no_filter, Control::uid)},
    };
}

/// What depends on the unit: a kind of socket, or an address, that it is denied; files that
/// only it closes to others, or sees.
std::vector<Shown> of_that_unit(const std::string& unit)
{
    const bool has_inet = unit == "left4me-workshop-refresh" || unit == "left4me-job-workshop@" ||
                          unit == "left4me-watch" || unit == "left4me-event@";
    const bool broker = unit.starts_with("left4me-broker");
    const bool closes = broker || is_job(unit) || unit == "left4me-installation" ||
                        unit == "left4me-layers-refresh" || unit == "left4me-event@" ||
                        unit == "left4me-web";
    const std::string closing = closes ? "UMask" : "";
    const auto place = has_inet ? "169.254.7.7" : "127.0.0.1";
    const auto* read_only = unit == "left4me-job-steam@" ? "overlays" : "installation";
    const bool sees_runtime =
        unit == "left4me-broker@" || unit == "left4me-job-servers@" || unit == "left4me-web";
    // A user of its own is denied by the files' modes already.
    const std::string as_left4me = has_user_of_its_own(unit) ? own_user_away : "";
    const auto* hidden = sees_runtime ? "steamcmd/left4me-canary" : "runtime";
    return {
        {{"RestrictAddressFamilies"},
         denied(has_inet ? "socket:NETLINK" : "socket:INET", {"EAFNOSUPPORT"},
                "RestrictAddressFamilies=\n", Control::uid)},
        {{"IPAddressDeny", "PrivateNetwork"},
         denied(std::format("connect:udp:{}:{}", place, listener_port), {"EAFNOSUPPORT", "EPERM"},
                has_inet ? "IPAddressDeny=\n"
                         : "IPAddressDeny=\nRestrictAddressFamilies=\nPrivateNetwork=no\n",
                Control::uid)},
        {{"PrivateUsers"},
         broker ? denied("read:/proc/VICTIM/environ", {"EACCES"}, "PrivateUsers=no\n" + capabilities)
                : denied("read:/proc/VICTIM/environ", {"EACCES", "ENOENT"},
                         all_of_proc + as_left4me + "PrivateUsers=no\n", Control::uid)},
        {{"InaccessiblePaths"},
         denied(std::format("read:/var/lib/left4me/{}", hidden), {"EACCES", "ENOENT"},
                as_left4me + "InaccessiblePaths=\n", broker ? Control::root : Control::uid)},
        {{closing}, denied("left-readable:/tmp", {"EACCES"}, "UMask=0022\n", Control::uid)},
        {{"ReadOnlyPaths"},
         denied(std::format("create:/var/lib/left4me/{}", read_only), {"EROFS"},
                "ReadOnlyPaths=\n" + capabilities, Control::uid)},
    };
}

/// What is to be seen in the host's is not in an empty root, whatever else
/// the unit lacks. /usr is bound to be read, so that its root says what may be written.
void fit_to_empty_root(Case& attack)
{
    if (attack.attempt == "create:/usr/lib")
        attack.attempt = "create:/var";
    for (const auto* path : {"read:/home", "read:/tmp", "read:/usr/lib/modules"})
        if (attack.attempt.starts_with(path))
            attack.settings = "RootDirectory=\n" + attack.settings;
}

/// What DynamicUser= implies is there whatever the unit lacks beside it.
void fit_to_user_of_its_own(Case& attack)
{
    for (const auto* attempt : {"new-privileges", "set-uid:/tmp", "create:/usr/lib", "read:/tmp"})
        if (attack.attempt.starts_with(attempt))
            attack.settings = own_user_away + attack.settings;
}

std::string joined(const Words& words)
{
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text;
}

} // namespace

std::vector<Case> unit_cases(const std::string& unit, const Words& directives)
{
    std::vector<Case> all;
    for (const auto& part : {rights(), the_kernel(), files_and_processes(), of_that_unit(unit)})
        for (auto shown : part)
            if (std::ranges::find_first_of(shown.directives, directives) != shown.directives.end()) {
                shown.attack.row = unit;
                if (has_empty_root(unit))
                    fit_to_empty_root(shown.attack);
                if (has_user_of_its_own(unit))
                    fit_to_user_of_its_own(shown.attack);
                shown.attack.layers = joined(shown.directives);
                all.push_back(std::move(shown.attack));
            }
    return all;
}

} // namespace left4me::escape
