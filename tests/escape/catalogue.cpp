#include "catalogue.hpp"

#include <algorithm>
#include <format>

namespace left4me::escape {
namespace {

const std::string state = "/var/lib/left4me";
const std::string victim = "VICTIM";
const std::string web_program = "WEB"; // the main process of left4me-web
const std::string terminal = "TERMINAL";

// Each of them is one start of the unit without the directive.
const std::string no_filter = "SystemCallFilter=\n";
const std::string no_namespace_filter = "RestrictNamespaces=no\n";
const std::string no_pid_namespace = "PrivatePIDs=no\nProtectProc=default\n";
const std::string no_view = "RootDirectory=\nTemporaryFileSystem=\nPrivateTmp=no\n";
// Each of these has a small filter, and takes a capability.
const std::string no_kernel_protection =
    "PrivateDevices=no\nProtectKernelModules=no\nProtectKernelLogs=no\nProtectClock=no\n"
    "ProtectHostname=no\n";
const std::string granted = no_namespace_filter + no_kernel_protection + capabilities;
const std::string all_of_tracing = no_filter + no_pid_namespace + "PrivateUsers=no\n";

void add(std::vector<Case>& all, std::vector<Case> more)
{
    all.insert(all.end(), more.begin(), more.end());
}

/// A call that the filter kills for. Without the filter the kernel itself refuses
/// it to this user: that it is another answer shows that the filter gave the first.
Case killed_call(const std::string& row, const std::string& attempt, Words reached = {"ok"},
                 Words flipped = {"EPERM"})
{
    return {.row = row,
            .attempt = attempt,
            // What systemd has no name for, as some calls of 32 bits, it does not
            // kill for.
            .blocked = {"SIGSYS", "ENOSYS"},
            .layers = "SystemCallFilter, capabilities",
            .control = Control::root,
            .reached = std::move(reached),
            .flip = Flip::settings,
            .settings = no_filter,
            .flipped = std::move(flipped),
            .rest = granted};
}

/// A call that the filter answers, and that any user may make without it.
Case refused_call(const std::string& row, const std::string& attempt)
{
    return {.row = row,
            .attempt = attempt,
            .blocked = {"EPERM"},
            .layers = "SystemCallFilter",
            .control = Control::root, // sysctls may deny it to others
            .flip = Flip::settings,
            .settings = no_filter};
}

std::vector<Case> processes()
{
    const auto proc = "/proc/" + victim;
    std::vector<Case> all = {
        killed_call("S1", "ptrace", {"ok"}, {"ok"}),
        killed_call("S1", "seize", {"ok"}, {"ok"}),
        {.row = "S3",
         .attempt = "kill:" + victim,
         .blocked = {"ESRCH"},
         .layers = "PrivatePIDs, Landlock",
         .flip = Flip::settings,
         .settings = no_pid_namespace},
    };
    for (const auto* call : {"readv:", "writev:"})
        all.push_back({.row = "S2",
                       .attempt = call + victim,
                       .blocked = {"EPERM", "ESRCH"},
                       .layers = "SystemCallFilter, PrivatePIDs, PrivateUsers",
                       .control = Control::root,
                       .reached = {"EFAULT"},
                       .flip = Flip::settings,
                       .settings = all_of_tracing,
                       .flipped = {"EFAULT"}});
    for (const auto* file : {"environ", "maps", "mem", "root"})
        all.push_back({.row = "S4",
                       .attempt = std::format("read:{}/{}", proc, file),
                       .blocked = {"ENOENT"},
                       .layers = "PrivatePIDs, PrivateUsers",
                       .control = Control::root,
                       .reached = {"ok", "EIO"}, // mem has nothing at 0
                       .flip = Flip::settings,
                       .settings = all_of_tracing,
                       .flipped = {"ok", "EIO"}});
    return all;
}

/// The web program: who reads its database is every user of it.
std::vector<Case> web_programs_process()
{
    std::vector<Case> all = {{.row = "D2",
                              .attempt = "kill:" + web_program,
                              .blocked = {"ESRCH"},
                              .layers = "PrivatePIDs, Landlock",
                              .flip = Flip::settings,
                              .settings = no_pid_namespace}};
    for (const auto* file : {"environ", "mem", "root"})
        all.push_back({.row = "D2",
                       .attempt = std::format("read:/proc/{}/{}", web_program, file),
                       .blocked = {"ENOENT"},
                       .layers = "PrivatePIDs, PrivateUsers, and it is closed (PR_SET_DUMPABLE)",
                       .control = Control::root,
                       .reached = {"ok", "EIO"},
                       .flip = Flip::settings,
                       .settings = all_of_tracing,
                       .flipped = {"EACCES", "EPERM"},
                       .rest = capabilities});
    return all;
}

/// What takes the owner's rights away as a layer, where there is one.
std::string beyond_owners(Control control)
{
    return control == Control::root ? capabilities : "";
}

Case hidden_file(const std::string& row, const std::string& path, Control control = Control::uid,
                 Words flipped = {"ok"})
{
    return {.row = row,
            .attempt = "read:" + path,
            .blocked = {"ENOENT"},
            .layers = "file view",
            .control = control,
            .flip = Flip::settings,
            .settings = no_view,
            .flipped = std::move(flipped),
            .rest = beyond_owners(control)};
}

std::vector<Case> web_programs_files()
{
    std::vector<Case> all;
    for (const auto* end : {"", "-wal", "-shm"})
        all.push_back(hidden_file("D1", std::format("{}/web/left4me.db{}", state, end)));
    // Not its credential: systemd itself shows other units an empty directory in that place, so
    // that no setting of a unit opens it.
    return all;
}

Case read_only(const std::string& attempt, Control control = Control::uid, Words flipped = {"ok"},
               Words blocked = {"EROFS"})
{
    return {.row = "S8",
            .attempt = attempt,
            .blocked = std::move(blocked),
            .layers = "file view, read-only binds, owners",
            .control = control,
            .flip = Flip::settings,
            // The empty one clears all binds; what is left is what the probe needs.
            .settings =
                std::format("BindReadOnlyPaths=\nProtectSystem=no\nBindPaths=/usr {0}/installation "
                            "{0}/overlays {0}/workshop_cache {0}/runtime/{1}/merged\n",
                            state, taken),
            .flipped = std::move(flipped),
            .rest = beyond_owners(control)};
}

std::vector<Case> files()
{
    std::vector<Case> all = {
        hidden_file("S6", "/etc/left4me/web.env", Control::root, {"EACCES"}),
        hidden_file("S6", "/etc/left4me/left4me-canary"),
        hidden_file("S6", "/etc/sudoers", Control::root, {"EACCES"}),
        hidden_file("S6", "/etc/shadow", Control::root, {"EACCES"}),
        hidden_file("S7", std::format("{}/instances/{}/spec.yaml", state, peer)),
        hidden_file("S7", std::format("{}/runtime/{}/merged/srcds_run", state, peer)),
        hidden_file("S23", "/tmp/left4me-canary"),
        hidden_file("S23", "/var/tmp/left4me-canary"),
        hidden_file("S23", "/dev/shm/left4me-canary"),
        hidden_file("S37", "/var/log/left4me-canary"),
        hidden_file("S37", "/usr/local/share/left4me-canary"),
        hidden_file("S37", "/boot/left4me-canary"),
        hidden_file("S37", "/etc/ssl/private/left4me-canary"),
        read_only("write:" + state + "/installation/srcds_run", Control::uid, {"ok"}, {"ENOENT"}),
        read_only("create:" + state + "/installation", Control::uid, {"ok"}, {"ENOENT"}),
        read_only("create:" + state + "/overlays", Control::uid, {"ok"}, {"ENOENT"}),
        read_only("create:" + state + "/workshop_cache"),
        read_only("create:/usr/lib", Control::root, {"EACCES"}),
    };
    for (const auto* name : {"left4me.db", "left4me.db-wal", "left4me.db-shm"})
        all.push_back(hidden_file("S5", state + "/" + name));
    return all;
}

/// S42. What of layers and caches no layer of this server's own leads to.
std::vector<Case> layers_of_others()
{
    std::vector<Case> all = {
        hidden_file("S42", state + "/overlays/left4me-canary"),
        hidden_file("S42", state + "/versions/left4me-canary"),
        hidden_file("S42", state + "/builds/left4me-canary"),
        hidden_file("S42", state + "/installation/srcds_run"),
    };
    for (const auto* name : {"overlays", "versions", "builds", "installation"})
        all.push_back({.row = "S42",
                       .attempt = std::format("list:{}/{}", state, name),
                       .blocked = {"ENOENT"},
                       .layers = "file view",
                       .flip = Flip::settings,
                       .settings = no_view});
    for (const auto* path : {"/workshop_cache", "/global_overlay_cache"})
        all.push_back({.row = "S42",
                       .attempt = "list:" + state + path,
                       .blocked = {"EACCES"},
                       .layers = "Landlock",
                       .flip = Flip::launcher});
    return all;
}

std::vector<Case> privileges()
{
    const auto merged = std::format("{}/runtime/{}/merged", state, taken);
    std::vector<Case> all = {
        {.row = "S9",
         .attempt = std::format("sudo:/usr/libexec/left4me/left4me-systemctl,show,{}", taken),
         .blocked = {"EACCES"},
         .layers = "NoNewPrivileges (nosuid), PrivateUsers, file view, capabilities, filters",
         .flip = Flip::settings,
         .settings = "NoNewPrivileges=no\nProtectSystem=no\nRestrictSUIDSGID=no\n"
                     "RestrictAddressFamilies=\nAppArmorProfile=\n" +
                     no_view + no_filter + no_pid_namespace + granted},
        killed_call("S10", "setuid"),
        killed_call("S10", "setresuid"),
        {.row = "S10",
         .attempt = "chown:/tmp",
         .blocked = {"EPERM"},
         .layers = "SystemCallFilter, PrivateUsers, capabilities",
         .control = Control::root,
         .flip = Flip::settings,
         .settings = no_filter,
         .flipped = {"EINVAL"}, // the other user is none of its namespace
         .rest = granted},
        killed_call("S10", "capset", {"ok"}, {"ok"}),
        {.row = "S15",
         .attempt = "device:/tmp",
         .blocked = {"EPERM"},
         .layers = "no CAP_MKNOD, DevicePolicy",
         .control = Control::root,
         .flip = Flip::settings,
         .settings = "DevicePolicy=auto\nPrivateDevices=no\n" + capabilities},
        {.row = "S15",
         .attempt = "whiteout:" + merged,
         .blocked = {"EPERM"},
         .layers = "overlayfs makes none for anybody",
         .control = Control::kernel},
        {.row = "S16",
         .attempt = "personality",
         .blocked = {"EPERM"},
         .layers = "LockPersonality",
         .flip = Flip::settings,
         .settings = "LockPersonality=no\n"},
    };
    for (const auto* attempt : {"set-uid:/tmp", "open-set-uid:/tmp", "mkdir-set-gid:/tmp"})
        all.push_back({.row = "S14",
                       .attempt = attempt,
                       .blocked = {"EPERM"},
                       .layers = "RestrictSUIDSGID",
                       .flip = Flip::settings,
                       .settings = "RestrictSUIDSGID=no\n"});
    for (const auto* attempt : {"sched_setscheduler", "sched_setattr"})
        all.push_back({.row = "S17",
                       .attempt = attempt,
                       .blocked = {"EPERM"},
                       .layers = "SystemCallFilter, RestrictRealtime, no capability, limits",
                       .control = Control::root,
                       .flip = Flip::settings,
                       .settings = "RestrictRealtime=no\n" + no_filter + capabilities});
    return all;
}

std::vector<Case> kernel_calls()
{
    std::vector<Case> all = {
        {.row = "S11",
         .attempt = "setns",
         .blocked = {"EPERM"},
         .layers = "RestrictNamespaces, no capability",
         .control = Control::root,
         .flip = Flip::settings,
         .settings = no_filter + no_namespace_filter + capabilities},
        {.row = "S11",
         .attempt = "clone3",
         .blocked = {"ENOSYS"},
         .layers = "RestrictNamespaces",
         .flip = Flip::settings,
         .settings = no_namespace_filter},
        killed_call("S13", "bpf", {"ok"}, {"ok", "EPERM"}),
        killed_call("S13", "perf_event_open", {"ok"}, {"ok", "EACCES", "EPERM"}),
        killed_call("S13", "pidfd_getfd", {"ok"}, {"ok"}),
        killed_call("S13", "open_by_handle_at", {"EINVAL", "ESTALE"}, {"EPERM", "EINVAL"}),
        killed_call("S13", "init_module", {"EFAULT", "ENOEXEC", "EINVAL"}),
        killed_call("S13", "kexec_load", {"EINVAL"}),
        killed_call("S13", "iopl"),
        killed_call("S13", "modify_ldt", {"ok"}, {"ok"}),
        {.row = "S18",
         .attempt = "x32",
         .blocked = {"SIGSYS"},
         .layers = "SystemCallArchitectures",
         .control = Control::kernel, // Debian's is built without
         .flip = Flip::settings,
         .settings = "SystemCallArchitectures=\n" + no_filter,
         .flipped = {"ok", "ENOSYS"},
         .abi = Abi::only64},
    };
    for (const auto* attempt : {"unshare", "clone"})
        all.push_back({.row = "S11",
                       .attempt = attempt,
                       .blocked = {"EPERM"},
                       .layers = "RestrictNamespaces",
                       .control = Control::root,
                       .flip = Flip::settings,
                       .settings = no_namespace_filter});
    add(all, {
                 killed_call("S12", "mount"),
                 killed_call("S12", "umount", {"ok", "EINVAL"}),
                 killed_call("S12", "fsopen"),
                 killed_call("S12", "open_tree"),
                 killed_call("S12", "move_mount", {"EBADF", "ENOENT"}),
                 killed_call("S12", "pivot_root", {"ENOENT"}),
                 killed_call("S12", "chroot"),
                 killed_call("S13", "swapon", {"ENOENT"}),
             });
    // mount, ptrace, bpf and swapon of 32 bits, from a 64-bit program. Without the
    // filter some answer what they answer to wrong arguments.
    for (const auto* number : {"21", "26", "87", "357"})
        all.push_back({.row = "S18",
                       .attempt = std::format("int80:{}", number),
                       .blocked = {"SIGSYS"},
                       .layers = "SystemCallFilter of each architecture",
                       .control = Control::root,
                       .reached = {"ok", "EINVAL", "EFAULT", "ENOENT"},
                       .flip = Flip::settings,
                       .settings = no_filter,
                       .flipped = {"ok", "EINVAL", "EFAULT", "ENOENT", "EPERM"},
                       .rest = granted,
                       .abi = Abi::only64});
    for (const auto* attempt : {"io_uring_setup", "userfaultfd", "keyctl", "add_key"})
        all.push_back(refused_call("S21", attempt));
    all.push_back(refused_call("S21", "kcmp:1"));
    all.back().blocked = {"EPERM", "ESRCH"};
    return all;
}

/// S43. Counted up to root's own budget, for PrivateUsers='s namespace is root's.
std::vector<Case> counted_for_users()
{
    std::vector<Case> all = {
        refused_call("S43", "inotify_init"),
        refused_call("S43", "inotify_init1"),
        killed_call("S43", "fanotify_init", {"ok"}, {"ok"}),
        {.row = "S43",
         .attempt = "timers:600",
         .blocked = {"EAGAIN"},
         .layers = "LimitSIGPENDING",
         .flip = Flip::settings,
         .settings = "LimitSIGPENDING=1200\n"},
        {.row = "S43",
         .attempt = "new-queue:/left4me-new",
         .blocked = {"EMFILE"},
         .layers = "LimitMSGQUEUE",
         .flip = Flip::settings,
         .settings = "LimitMSGQUEUE=819200\n"},
        {.row = "S43",
         .attempt = "locked-memory:1048576",
         .blocked = {"ENOMEM"},
         .layers = "LimitMEMLOCK",
         .flip = Flip::settings,
         .settings = "LimitMEMLOCK=8M\n"},
        refused_call("S43", "io_setup"),
        {.row = "S43",
         .attempt = "sockets:600",
         .blocked = {"EPERM"},
         .layers = "filter of sockets",
         .flip = Flip::packet_rules},
    };
    return all;
}

Case denied_family(const std::string& family, Control control, Words flipped)
{
    return {.row = "S19",
            .attempt = "socket:" + family,
            .blocked = {"EAFNOSUPPORT"},
            .layers = "RestrictAddressFamilies",
            .control = control,
            .flip = Flip::settings,
            .settings = "RestrictAddressFamilies=\nAppArmorProfile=\n",
            .flipped = std::move(flipped),
            .rest = beyond_owners(control),
            .abi = Abi::only64};
}

Case hidden_socket(const std::string& row, const std::string& path, Control control = Control::uid,
                   Words flipped = {"ok"})
{
    auto result = hidden_file(row, path, control, std::move(flipped));
    result.attempt = "unix:" + path;
    return result;
}

/// One that systemd itself would bind into the view.
Case unbound_socket(const std::string& row, const std::string& path, const std::string& settings)
{
    auto result = hidden_socket(row, path);
    result.layers = settings.substr(0, settings.find('='));
    result.settings = settings;
    return result;
}

std::vector<Case> sockets()
{
    return {
        denied_family("NETLINK", Control::uid, {"ok"}),
        denied_family("VSOCK", Control::uid, {"ok"}),
        denied_family("PACKET", Control::root, {"EPERM"}),
        {.row = "S19",
         .attempt = "socket:RAW",
         .blocked = {"EPERM"},
         .layers = "no CAP_NET_RAW, filter of sockets",
         .control = Control::root,
         .flip = Flip::settings_and_packet_rules,
         .settings = "AppArmorProfile=\n" + capabilities},
        {.row = "S25",
         .attempt = "abstract:left4me-escape",
         .blocked = {"EPERM"},
         .layers = "Landlock, by left4me-launch",
         .flip = Flip::launcher},
        hidden_socket("S26", "/run/dbus/system_bus_socket"),
        hidden_socket("W6", "/run/left4me/broker"),
        hidden_socket("W6", "/run/left4me/broker-logs"),
        {.row = "W6",
         .attempt = "bus-call:org.freedesktop.hostname1",
         .blocked = {"ENOENT"},
         .layers = "file view, policy of the bus",
         .control = Control::root, // the policy denies it to the user anywhere
         .flip = Flip::settings_and_bus_policy,
         .settings = no_view},
        {.row = "W6",
         .attempt = "bus-call:org.freedesktop.systemd1",
         .blocked = {"ENOENT"},
         .layers = "file view",
         .flip = Flip::settings,
         .settings = no_view},
        hidden_socket("S27", "/run/systemd/private", Control::root, {"EACCES"}),
        unbound_socket("S27", "/run/systemd/journal/socket", "BindLogSockets=yes\n"),
        unbound_socket("S27", "/run/systemd/journal/stdout", "BindLogSockets=yes\n"),
        hidden_socket("S27", "/run/left4me-canary.socket"),
        unbound_socket("S28", "/run/systemd/notify", "NotifyAccess=all\n"),
    };
}

std::vector<Case> network()
{
    std::vector<Case> all;
    const auto local = [&](const std::string& row, const std::string& address, std::uint16_t port) {
        all.push_back({.row = row,
                       .attempt = std::format("connect:tcp:{}:{}", address, port),
                       .blocked = {"ECONNREFUSED", "ETIMEDOUT"},
                       .layers = "packet rules by cgroup",
                       .flip = Flip::packet_rules});
    };
    local("S29", "127.0.0.1", listener_port);
    local("S29", "::1", listener_port);
    local("S30", "127.0.0.1", peer_port);
    const std::string own = "10.7.7.1"; // refused by two
    for (const auto& address : {own, std::string("10.7.7.7"), std::string("169.254.7.7")})
        for (const auto& [protocol, blocked] :
             {std::pair<std::string, Words>{"tcp", {"ETIMEDOUT", "ECONNREFUSED"}},
              {"udp", {"EPERM", "ECONNREFUSED"}}})
            all.push_back({.row = address == own ? "S29" : "S31",
                           .attempt = std::format("connect:{}:{}:{}", protocol, address, listener_port),
                           .blocked = blocked,
                           .layers = address == own ? "packet rules, IPAddressDeny" : "IPAddressDeny",
                           .flip = address == own ? Flip::settings_and_packet_rules : Flip::settings,
                           .settings = "IPAddressDeny=\n"});
    local("D1", "127.0.0.1", web_port);
    for (const std::string port : {"tcp:8001", "udp:8001", "tcp:443"})
        all.push_back(
            {.row = "S30",
             .attempt = "bind:" + port,
             .blocked = {port.starts_with("tcp") ? "EACCES" : "EPERM"},
             .layers = port.starts_with("tcp") ? "Landlock port, SocketBindDeny" : "SocketBindDeny",
             .control = Control::root,
             .flip = Flip::settings,
             .settings = "SocketBindDeny=\n",
             .flipped = {"ok", "EACCES"}, // below 1024
             .rest = capabilities});
    // Whoever listens there while the other server is down is told its RCON password.
    all.push_back({.row = "S30",
                   .attempt = std::format("bind:tcp:{}", free_port),
                   .blocked = {"EACCES"},
                   .layers = "Landlock port",
                   .flip = Flip::launcher});
    return all;
}

/// S44. Sockets that are TCP or UDP on the wire and pass by who counts ports of these two.
std::vector<Case> other_protocols()
{
    std::vector<Case> all;
    for (const auto* kind : {"MPTCP", "UDPLITE", "UDPLITE6"})
        for (const auto& [call, abi] : {std::pair("socket:", Abi::both), {"socketcall:", Abi::only32}})
            all.push_back({.row = "S44",
                           .attempt = std::string(call) + kind,
                           .blocked = {"EPERM"},
                           .layers = "filter of sockets",
                           .flip = Flip::packet_rules,
                           .abi = abi});
    all.push_back({.row = "S44",
                   .attempt = std::format("bind:mptcp:{}", free_port),
                   .blocked = {"EPERM"},
                   .layers = "filter of sockets",
                   .flip = Flip::packet_rules});
    // Beside one who has the port of IPv4, and plays.
    for (const auto* protocol : {"tcp", "udp"})
        all.push_back({.row = "S44",
                       .attempt = std::format("bind:{}::::{}", protocol, peer_port),
                       .blocked = {"EACCES", "EPERM"},
                       .layers = "SocketBindDeny",
                       .flip = Flip::settings,
                       .settings = "SocketBindDeny=\n"});
    return all;
}

/// S45. Where this host answers, too: broadcast, anycast, multicast; and who is a stranger
/// by the number alone.
std::vector<Case> other_destinations()
{
    std::vector<Case> all;
    for (const auto* address :
         {"127.255.255.255", "198.51.100.255", "::ffff:198.51.100.255", "2001:db8:7::"})
        all.push_back({.row = "S45",
                       .attempt = std::format("connect:udp:{}:{}", address, anywhere_port),
                       .blocked = {"EPERM"},
                       .layers = "packet rules",
                       .flip = Flip::packet_rules});
    for (const auto* address : {"10.7.7.255", "239.255.7.7", "ff02::1", "ff05::7"})
        all.push_back({.row = "S45",
                       .attempt = std::format("connect:udp:{}:{}", address, anywhere_port),
                       .blocked = {"EPERM"},
                       .layers = "packet rules, IPAddressDeny",
                       .flip = Flip::settings_and_packet_rules,
                       .settings = "IPAddressDeny=\n"});
    // Nobody's here: what is sent there by the loopback device, whoever listens at all of
    // this host's addresses is given.
    for (const auto* way : {"device", "packet"})
        all.push_back({.row = "S45",
                       .attempt = std::format("by-loopback:{}:203.0.113.7:{}", way, anywhere_port),
                       .blocked = {"EPERM"},
                       .layers = "packet rules",
                       .flip = Flip::packet_rules});
    for (const auto* address : {"168.63.129.16", "2002:a07:707::7"})
        for (const auto& [protocol, blocked] :
             {std::pair<std::string, Words>{"tcp", {"ETIMEDOUT", "EACCES", "EHOSTUNREACH"}},
              {"udp", {"EPERM", "EACCES", "EHOSTUNREACH"}}})
            all.push_back({.row = "S45",
                           .attempt = std::format("connect:{}:{}:{}", protocol, address, listener_port),
                           .blocked = blocked,
                           .layers = "packet rules",
                           .flip = Flip::packet_rules});
    return all;
}

std::vector<Case> surroundings_of_a_process()
{
    return {
        {.row = "S22",
         .attempt = "shm:7077",
         .blocked = {"ENOENT"},
         .layers = "PrivateIPC",
         .flip = Flip::settings,
         .settings = "PrivateIPC=no\n"},
        {.row = "S22",
         .attempt = "queue:/left4me-canary",
         .blocked = {"ENOENT"},
         .layers = "PrivateIPC",
         .flip = Flip::settings,
         .settings = "PrivateIPC=no\n"},
        {.row = "S24",
         .attempt = "read:" + terminal,
         .blocked = {"ENOENT"},
         .layers = "own /dev/pts",
         .flip = Flip::settings,
         .settings = no_view + "PrivateDevices=no\n"},
        {.row = "S36",
         .attempt = "write:/sys/fs/cgroup/cgroup.procs",
         .blocked = {"EACCES", "EROFS"},
         .layers = "owners, ProtectControlGroups, ProtectKernelTunables",
         .control = Control::root,
         .flip = Flip::settings,
         .settings = "ProtectControlGroups=no\nProtectKernelTunables=no\n" + capabilities},
        {.row = "S36",
         .attempt = "find:/sys/fs/cgroup=" + peer,
         .blocked = {"ENOENT"},
         .layers = "ProtectControlGroups=strict",
         .flip = Flip::settings,
         .settings = "ProtectControlGroups=no\n"},
        {.row = "S38",
         .attempt = "descriptors",
         .blocked = {"ENOENT"},
         .layers = "systemd, left4me-launch",
         .flip = Flip::settings,
         .settings = "OpenFile=/etc/passwd:leak:read-only\n"}, // as if it had left one

        {.row = "S38",
         .attempt = std::format("working-directory:{}/runtime/{}/merged", state, taken),
         .blocked = {"ENOENT"},
         .layers = "left4me-launch",
         .flip = Flip::launcher},
        {.row = "S40",
         .attempt = "core:/tmp",
         .blocked = {"ENOENT"},
         .layers = "LimitCORE",
         .flip = Flip::settings,
         .settings = "LimitCORE=infinity\n" + no_filter},
        {.row = "S41",
         .attempt = "write:/proc/sys/net/ipv4/ip_forward",
         .blocked = {"EACCES", "EROFS"},
         .layers = "owners, ProtectKernelTunables",
         .control = Control::root,
         .flip = Flip::settings,
         .settings = "ProtectKernelTunables=no\n" + capabilities},
        {.row = "S41",
         .attempt = "read:/dev/kmsg",
         .blocked = {"ENOENT"},
         .layers = "PrivateDevices",
         .control = Control::root,
         .reached = {"ok", "EINVAL"}, // one byte is less than a line
         .flip = Flip::settings,
         .settings = no_view + "PrivateDevices=no\nProtectKernelLogs=no\n",
         .flipped = {"EACCES", "EPERM"},
         .rest = capabilities},
    };
}

} // namespace

namespace {

/// What is the machine's and not a server's: each has a directive of its own behind the
/// filter.
std::vector<Case> the_whole_machine()
{
    std::vector<Case> all = {
        killed_call("S13", "adjtimex", {"EINVAL"}),
        killed_call("S13", "sethostname"),
        killed_call("S41", "kernel-log"),
        {.row = "S9",
         .attempt = "new-privileges",
         .blocked = {"EPERM"},
         .layers = "NoNewPrivileges, PrivateUsers, SystemCallFilter",
         .flip = Flip::settings,
         // Where a filter denies capset, systemd gives it by itself.
         .settings = "NoNewPrivileges=no\nPrivateUsers=no\n" + no_filter},
        {.row = "S37",
         .attempt = "read:/usr/lib/modules/left4me-canary",
         .blocked = {"EACCES", "ENOENT"},
         .layers = "ProtectKernelModules",
         .flip = Flip::settings,
         .settings = "ProtectKernelModules=no\n"},
        {.row = "S37",
         .attempt = "read:/home/left4me-canary",
         .blocked = {"EACCES", "ENOENT"},
         .layers = "file view, ProtectHome",
         .flip = Flip::settings,
         .settings = "ProtectHome=no\n" + no_view},
        {.row = "S41",
         .attempt = "read:/proc/kmsg",
         .blocked = {"EACCES", "ENOENT", "EPERM"},
         .layers = "ProtectKernelLogs, no capability",
         .control = Control::root,
         .flip = Flip::settings,
         .settings = "ProtectKernelLogs=no\n" + no_filter + capabilities},
        {.row = "L1",
         .attempt = "left-readable:/tmp",
         .blocked = {"EACCES"},
         .layers = "UMask",
         .flip = Flip::settings,
         .settings = "UMask=0022\n"},
    };
    return all;
}

} // namespace

std::vector<Case> cases()
{
    std::vector<Case> all;
    for (const auto part :
         {processes, web_programs_process, files, web_programs_files, layers_of_others, privileges,
          kernel_calls, counted_for_users, sockets, network, other_protocols, other_destinations,
          surroundings_of_a_process, the_whole_machine})
        add(all, part());
    return all;
}

namespace {

/// The host's whole root, and what else the probe needs.
const std::string hidden_and_writable = no_view + "ProtectSystem=no\nBindReadOnlyPaths=\n";
const std::string with_overlay =
    hidden_and_writable + "BindPaths=/run/left4me-build/%i/overlay:/overlay\n";
/// It lies in steamcmd's home.
const std::string with_home = hidden_and_writable + "BindPaths=/var/lib/left4me/steamcmd\n";

/// What is another answer from a build script than from a game, for the same reason.
Case from_a_script(Case attack, const std::string& writable)
{
    if (attack.row == "S8") {
        attack.blocked.emplace_back("ENOENT");
        attack.settings = writable;
        attack.row = "X4 S8";
    } else {
        attack.row = "X1 " + attack.row;
    }
    // Its filter answers as the kernel itself often would. Told to kill, as a server's
    // does, it shows that it was the filter.
    if (attack.layers.starts_with("SystemCallFilter") && attack.flip == Flip::settings) {
        attack.blocked = {"EPERM", "ENOSYS"};
        attack.rest = attack.settings + attack.rest;
        attack.settings = "SystemCallErrorNumber=kill\n";
        attack.flipped = {"SIGSYS", "ENOSYS"};
    }
    // No port at all is for a script: one more says so.
    if (attack.attempt.starts_with("bind:") && attack.flip == Flip::packet_rules) {
        attack.layers += ", SocketBindDeny";
        attack.flip = Flip::settings_and_packet_rules;
        attack.settings = "SocketBindDeny=\n";
    }
    // And two of one.
    if (attack.attempt.starts_with("bind:") && attack.flip == Flip::launcher) {
        attack.blocked = {"EACCES", "EPERM"};
        attack.layers = "Landlock, SocketBindDeny";
        attack.flip = Flip::settings;
        attack.settings = "SocketBindDeny=\n";
    }
    return attack;
}

bool applies_to_a_script(const Case& attack)
{
    // Its own network is below, and its own directory is another one.
    return !attack.attempt.starts_with("connect:") && !attack.attempt.starts_with("by-loopback:") &&
           !attack.attempt.starts_with("working-directory:") &&
           !attack.attempt.starts_with("whiteout:") &&
           !attack.attempt.starts_with("left-readable:"); // a layer is for all to read
}

/// Connections that a script may not make; of each family and protocol.
std::vector<Case> local_addresses()
{
    struct Place {
        std::string address;
        std::string layers;
        Flip flip;
    };
    const std::string both = "packet rules, IPAddressDeny";
    const std::string filter = "IPAddressDeny";
    std::vector<Case> all;
    for (const auto& [address, layers, flip] : std::vector<Place>{
             {"127.0.0.1", both, Flip::settings_and_packet_rules},
             {"127.7.7.7", both, Flip::settings_and_packet_rules},
             {"0.0.0.0", both, Flip::settings_and_packet_rules},
             {"::1", both, Flip::settings_and_packet_rules},
             {"::", both, Flip::settings_and_packet_rules},
             {"::ffff:127.0.0.1", both, Flip::settings_and_packet_rules},
             {"10.7.7.1", both, Flip::settings_and_packet_rules},                  // this host's
             {"198.51.100.1", "packet rules", Flip::packet_rules}, // this host's, public
             {"2001:db8:7::1", "packet rules", Flip::packet_rules},
             {"::ffff:198.51.100.1", "packet rules", Flip::packet_rules},
             {"10.7.7.7", filter, Flip::settings},
             {"::ffff:10.7.7.7", filter, Flip::settings},
             {"169.254.7.7", filter, Flip::settings},
             {"172.16.77.7", filter, Flip::settings},
             {"192.168.77.7", filter, Flip::settings},
             {"100.64.7.7", filter, Flip::settings},
             {"198.18.7.7", filter, Flip::settings},
             {"fd07:7::7", filter, Flip::settings},
             {"64:ff9b::a07:707", filter, Flip::settings},
             {"2002:a07:707::7", both, Flip::settings_and_packet_rules},
             {"168.63.129.16", "packet rules", Flip::packet_rules},
         })
        for (const auto& [protocol, blocked] : std::vector<std::pair<std::string, Words>>{
                 {"tcp", {"ETIMEDOUT", "ECONNREFUSED", "EHOSTUNREACH", "EACCES", "EPERM"}},
                 {"udp", {"EPERM", "EHOSTUNREACH", "EACCES", "ECONNREFUSED"}}})
            all.push_back({.row = "X2",
                           .attempt = std::format("connect:{}:{}:{}", protocol, address, listener_port),
                           .blocked = blocked,
                           .layers = layers,
                           .flip = flip,
                           .settings = "IPAddressDeny=\n"});
    all.push_back({.row = "D1",
                   .attempt = std::format("connect:tcp:127.0.0.1:{}", web_port),
                   .blocked = {"ETIMEDOUT", "ECONNREFUSED", "EHOSTUNREACH", "EACCES", "EPERM"},
                   .layers = both,
                   .flip = Flip::settings_and_packet_rules,
                   .settings = "IPAddressDeny=\n"});
    for (auto attack : other_destinations())
        if (attack.attempt.ends_with(std::format(":{}", anywhere_port))) {
            attack.row = "X2";
            if (attack.attempt.contains(":127.")) { // a server may speak with itself there
                attack.layers = both;
                attack.flip = Flip::settings_and_packet_rules;
                attack.settings = "IPAddressDeny=\n";
            }
            all.push_back(std::move(attack));
        }
    return all;
}

/// From the unit that knows no second ABI: whoever asks for it is killed.
std::vector<Case> without_the_other_abi(std::vector<Case> all)
{
    std::erase_if(all, [](const Case& attack) { return attack.abi == Abi::only32; });
    for (auto& attack : all) {
        attack.abi = Abi::only64;
        if (attack.attempt.starts_with("int80:")) {
            attack.blocked = {"SIGSYS"};
            attack.layers = "SystemCallArchitectures, SystemCallFilter";
            attack.settings = "SystemCallArchitectures=\n";
            attack.flipped = {"EPERM", "ENOSYS"}; // by the other filter, in its own way
            attack.rest = no_filter + granted;
        }
    }
    all.push_back({.row = "X1 S18",
                   .attempt = "int80:20", // getpid, which no filter denies
                   .blocked = {"SIGSYS"},
                   .layers = "SystemCallArchitectures",
                   .flip = Flip::settings,
                   .settings = "SystemCallArchitectures=\n",
                   .abi = Abi::only64});
    return all;
}

} // namespace

namespace {

/// From what is foreign and runs beside the games. writable: all of the host's files.
std::vector<Case> foreign_cases(const std::string& writable)
{
    std::vector<Case> all;
    for (const auto& attack : cases())
        if (applies_to_a_script(attack))
            all.push_back(from_a_script(attack, writable));
    add(all, local_addresses());
    for (const auto* place : {"/", "/etc", "/run", "/usr/lib/left4me", "/var/lib/left4me/builds"})
        all.push_back({.row = "X4",
                       .attempt = std::format("create:{}", place),
                       .blocked = {"EROFS", "EACCES", "ENOENT"},
                       .layers = "file view, owners",
                       .control = Control::root,
                       .flip = Flip::settings,
                       .settings = writable + capabilities});
    return all;
}

} // namespace

std::vector<Case> steamcmd_cases()
{
    auto all = foreign_cases(with_home);
    for (auto& attack : all)
        if (attack.attempt.starts_with("list:") && attack.layers == "Landlock") {
            // It has no use for the caches.
            attack.blocked = {"ENOENT"};
            attack.layers = "file view";
            attack.flip = Flip::settings;
            attack.settings = no_view;
        }
    return all;
}

std::vector<Case> build_cases(BuildUnit unit)
{
    auto all = foreign_cases(with_overlay);
    all.push_back({.row = "X1",
                   .attempt = "writable-code",
                   .blocked = {"EACCES"},
                   .layers = "MemoryDenyWriteExecute",
                   .flip = Flip::settings,
                   .settings = "MemoryDenyWriteExecute=no\n"});
    return unit == BuildUnit::native ? without_the_other_abi(std::move(all)) : all;
}

std::vector<OtherRow> other_rows()
{
    const std::string machine = "machine: needs a kernel of its own";
    return {
        {"S20", "other socket families from 32 bits", {}, machine + ", with AppArmor"},
        {"S30",
         "bind a peer's UDP port while the peer is down",
         {},
         "deferred: the game takes the next free one"},
        {"S32", "fork bomb, memory bomb, descriptors", {}, machine + ", with all controllers"},
        {"S33",
         "fill upper, /tmp",
         {},
         machine + ", with project quotas; /tmp is a file system of its own"},
        {"S34", "log flood", {"Flood.OfLogLinesIsCutShort"}, ""},
        {"S47",
         "fill the journal by long lines or by crashes, or write to every terminal by it",
         {"Journal.LongLinesAreLeftOutByTheirBytes", "Daily.TheTimersUnitWritesNoFloodIntoTheJournal",
          "Journal.AGameDoesNotChooseThePriorityOfWhatItSays",
          "Journal.TheLaunchersMemoryIsClosedToTheGame",
          "MachineLimits.ACrashStartsNoHandlerOfTheHosts"},
         "",
         "what is said elsewhere is kept with its priority",
         "Journal.ItIsTheSettingThatKeepsThePriority takes SyslogLevelPrefix= away, "
         "MachineLimits.ACrashStartsNoHandlerOfTheHosts LimitCORE=; of bytes none: the launcher's own "
         "code"},
        {"S35", "per-uid quotas beside those of S43", {}, "deferred: needs own uids"},
        {"S39",
         "links, FIFOs, deep and sparse files left for others",
         {"Attack.AnAliasCopiesNoLinksTarget", "Attack.AFifoForTheConfigurationIsRefusedAtOnce",
          "Helper.PurgeRefusesWhileTheServerRuns"},
         ""},
        {"M1",
         "names replaced or swapped before and during mount, umount, delete",
         {"Attack.NoPartOfAPathLeadsAMountOutside", "Attack.TopLevelAndRuntimeNamesStay",
          "Names/Race.MountsTheRightLayersOrNone/*"},
         ""},
        {"M2", "bad layer paths", {"Text/Spec.IsRefused/*", "OverlayLimits.*"}, ""},
        {"M3",
         "environment in instance data",
         {"Attack.NoPlantedEnvironmentReachesRoot", "Attack.NoUnitReadsAnEnvironmentFile"},
         ""},
        {"M4", "arguments that become more", {"Lifecycle.ArgumentsArriveByteForByte"}, ""},
        {"M5", "bad instance names", {"Grammar/Name.IsRefusedByEveryVerbOfEveryProgram/*"}, ""},
        {"M6", "overlay attributes", {"Helper.OverlayRefusesWhatFuseOverlayfsLeft"}, ""},
        {"M7",
         "set-uid programs and devices in a layer",
         {"Attack.SetUidAndDevicesInALayerAreInert"},
         ""},
        {"M8",
         "data swapped while it is read",
         {"Names/Race.MountsTheRightLayersOrNone/*", "Attack.AFifoForTheConfigurationIsRefusedAtOnce"},
         ""},
        {"M9",
         "a path that systemd binds swapped for a link",
         {"Attack.WhatIsSwappedAfterTheMountIsNotWhatTheServerIsGiven",
          "Attack.NoUnitNamesAPathBelowADirectoryOfTheUser"},
         "",
         "a unit of root's that binds the user's path gets what the link leads to",
         "none: it is how the units are written; the test over all of them is red for one that does"},
        {"M10",
         "words that steer a terminal or make lines of a log",
         {"Layers.WhatAScriptWroteOfThemIsShownHarmlessly", "Layers.AScriptCannotSteerTheTerminal",
          "Layers.ADamagedWorkshopListHidesNoOther"},
         "",
         "the same words by python3 or cat on the same terminal steer it",
         "none: a type in the programs' own code, which no setting takes away; a script's output in a "
         "pipe is left as it is (Layers.AScriptCannotSteerTheTerminal)"},
        {"M11",
         "rubbish without bound, and verbs that wait without one",
         {"Helper.EnableOfWhatIsNotThereSaysSo", "Helper.EnablesNoMoreServersThanAHostCanHave",
          "Helper.RestartsNoMoreServersThanAHostCanHave", "Sandbox.ClearsUpAfterAHelperThatWasKilled",
          "Sandbox.IsEndedByNoLimitOfItsCaller", "Concurrency.AVerbWaitsForTheCacheWithAWord"},
         "",
         "root's own systemctl makes the link; another program with the caller's limit is killed",
         "without CAP_SYS_RESOURCE the helper cannot take its own limits, and the caller's end the "
         "build (Sandbox.IsEndedByNoLimitOfItsCaller); of links, sweeping and waiting none: the "
         "programs' own code"},
        {"W1",
         "trace or signal a server from the web program's unit",
         {"EscapeUnit.IsBlocked/left4me_web_*VICTIM*"},
         ""},
        {"W2",
         "sudo with more words",
         {"Attack.SudoRefusesAllButTheHelpersWords", "*/Refused.BySudo/*",
          "*/Refused.ByTheHelperItself/*"},
         ""},
        {"W3", "sudo with an environment", {"Attack.SudoPassesNoEnvironmentOn"}, ""},
        {"W4",
         "write installed code",
         {"Install.NoFileOfThePackageIsAnotherUsersToChange", "*/Layout.HasItsOwnerModeAndType/*"},
         ""},
        {"W5", "files planted in the home", {"Install.TheUserHasNoShellAndIsNotExpired"}, ""},
        {"W6",
         "the same, and the broker, from other processes of the user",
         {"Attack.TheBusHasNothingForTheUserButSystemd",
          "Broker.RefusesWhoeverIsNoMainProcessOfAUnitThatMayAsk"},
         "",
         "root gets the answers",
         "without the policy of the bus the user gets them, too; of the broker none: its own code"},
        {"W7",
         "the broker, asked by a child of who may, or by what it wrote into that",
         {"Broker.RefusesWhoeverIsNoMainProcessOfAUnitThatMayAsk",
          "Broker.ItsCallersAreClosedToTheirChildren"},
         ""},
        {"W8",
         "who asks is gone, or replaced, when the broker looks",
         {"Broker.RefusesWhoIsGoneAlthoughItsNumberIsAMainProcessAgain"},
         ""},
        {"W9", "other descriptors than three pipes", {"Broker.TakesThreePipesAndNothingElse"}, ""},
        {"W10",
         "no message, or one of another unit's table",
         {"Broker.TakesWholeMessagesOfItsTableAlone"},
         ""},
        {"W12",
         "all places of the broker held, and storms of callers",
         {"Broker.EndsWhoSaysNothingWithinASecond",
          "Broker.TurnsAwayWhoComesWhenAllPlacesAreTakenAndNobodyElse",
          "Broker.AStormOfCallersLeavesItOpen", "Broker.EndsACallWhoseWordsNobodyReads"},
         ""},
        {"W11",
         "request, log or result of a job swapped for a link, a FIFO, a hard link",
         {"SwappedJob.*"},
         ""},
        {"S48",
         "open merged to others, who then stand in it",
         {"OtherUser.CannotStandInATreeThatAServerHasOpened"},
         "",
         "with the state directory's mode of 0.1.0 the other user stands in it",
         "the mode, which is the control"},
        {"X1",
         "all of S from a build script",
         {"EscapeBuild.IsBlocked/X1_*", "EscapeMultiarchBuild.IsBlocked/X1_*"},
         ""},
        {"X1 X2",
         "the same from steamcmd",
         {"EscapeSteamcmd.IsBlocked/X1_*", "EscapeSteamcmd.IsBlocked/X2_*",
          "EscapeSteamcmd.IsBlocked/X4_*", "EscapeSteamcmd.ReachesNobody"},
         ""},
        {"X2",
         "every form of local address",
         {"EscapeBuild.IsBlocked/X2_*", "EscapeMultiarchBuild.IsBlocked/X2_*",
          "EscapeBuild.ReachesNobodyButThePublicInternet"},
         ""},
        {"X3",
         "outlive the build",
         {"Sandbox.NothingThatItStartedOutlivesIt", "Sandbox.OutlivesNo*"},
         ""},
        {"X4",
         "write outside its layer",
         {"EscapeBuild.IsBlocked/X4_*", "EscapeMultiarchBuild.IsBlocked/X4_*",
          "Sandbox.IsMountedOnItsWorkCopyOrNotAtAll", "Sandbox.RefusesALinkForAWorkCopy"},
         ""},
        {"X5",
         "what opens archives, taken over",
         {"ImportSandbox.*"},
         "",
         "a script without an archive has network and caches",
         "PrivateNetwork= and the missing caches: ImportSandbox.GivesTheArchiveAndNothingElse"},
        {"L1", "secrets in command lines, logs, files", {"Secrets.AreNowhereToBeRead"}, ""},
        {"L3",
         "other users write layers, lock servers, keep file systems alive",
         {"OtherUser.*", "Upgraded.OthersAreKeptOut"},
         "",
         "with the modes of 0.1.0 they list, write and lock",
         "the modes, which is the control; of file systems that are kept none: the helper's own code"},
        {"L2", "ptrace by other users", {}, machine + ", with Yama"},
    };
}

} // namespace left4me::escape
