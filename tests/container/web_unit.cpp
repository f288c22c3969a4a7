#include "web_unit.hpp"

#include <format>

namespace left4me::test {
namespace {

const std::string composition_file = std::format("/run/systemd/system/{}.d/composition.conf", web_unit);

const std::vector<std::string> web_composition = {
    "Slice=l4d2.slice", // as what it stands for: systemd moves no unit that it has had in another one
    "User=left4me",
    "Group=left4me",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "RootDirectory=/usr/lib/left4me/root",
    "MountAPIVFS=yes",
    "ProtectSystem=strict",
    "TemporaryFileSystem=/etc:ro,mode=0755 /usr/local:ro",
    "BindReadOnlyPaths=/usr /etc/passwd /etc/group /etc/nsswitch.conf -/etc/ld.so.cache",
    "BindReadOnlyPaths=-/etc/left4me/host.env /run/systemd/system /run/dbus /run/left4me",
    "BindReadOnlyPaths=" + asker,
    "BindPaths=/var/lib/left4me /run/left4me/lock",
    "InaccessiblePaths=-+/var/lib/left4me/steamcmd",
    "PrivateTmp=disconnected",
    "PrivateDevices=yes",
    "PrivatePIDs=yes",
    "PrivateUsers=yes",
    "PrivateIPC=yes",
    "ProtectProc=invisible",
    "ProcSubset=pid",
    "ProtectKernelTunables=yes",
    "ProtectControlGroups=strict",
    "RestrictNamespaces=yes",
    "RestrictAddressFamilies=AF_UNIX AF_INET",
    "MemoryDenyWriteExecute=yes",
    "LockPersonality=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged process_vm_readv process_vm_writev",
    "NotifyAccess=main",
};

} // namespace

const std::vector<std::string> plain = {"User=left4me", "NoNewPrivileges=yes",
                                        "BindReadOnlyPaths=" + asker};

UnitAside::UnitAside(const std::string& name) : service_(name + ".service")
{
    for (const auto& unit : {name + ".socket", service_}) {
        const auto file = "/usr/lib/systemd/system/" + unit;
        if (exists(file))
            files_.push_back(file);
        if (unit_property(unit, "ActiveState") == "active")
            started_.push_back(unit);
    }
    for (const auto& unit : started_)
        output({"systemctl", "stop", unit});
    for (const auto& file : files_)
        output({"mv", "-T", file, file + ".aside"});
    output({"systemctl", "daemon-reload"});
}

UnitAside::~UnitAside()
{
    run({"systemctl", "stop", service_});
    for (const auto& file : files_)
        output({"mv", "-T", file + ".aside", file});
    output({"systemctl", "daemon-reload"});
    run({"systemctl", "reset-failed", service_});
    for (const auto& unit : started_)
        run({"systemctl", "start", unit});
}

WebComposition::WebComposition()
{
    output({"cp", tests_dir + "/asker", asker});
    // By a drop-in, which may have what systemd-run does not parse.
    std::string settings = "[Service]\n";
    for (const auto& setting : web_composition)
        settings += setting + '\n';
    write_file(composition_file, settings);
    output({"systemctl", "daemon-reload"});
    output({"systemctl", "start", "left4me-broker.socket", "left4me-broker-logs.socket"});
    in_the_web_unit({"/usr/bin/true"}); // the name is free then
}

WebComposition::~WebComposition()
{
    remove_all(composition_file);
    output({"systemctl", "daemon-reload"});
}

Words left_in_unit(const std::string& unit, const std::vector<std::string>& settings,
                   const Words& command)
{
    Words words = {"systemd-run", "--quiet", "--collect", "--unit=" + unit};
    for (const auto& setting : settings)
        words.push_back("--property=" + setting);
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

Words in_unit(const std::string& unit, const std::vector<std::string>& settings, const Words& command)
{
    auto words = left_in_unit(unit, settings, command);
    words.insert(words.begin() + 1, {"--pipe", "--wait"});
    return words;
}

Outcome in_the_web_unit(const Words& command)
{
    // systemd gives the name to no other unit while it has a control group of the one before, whose
    // processes may go away later than it hears of their end.
    Outcome outcome;
    eventually([&] {
        outcome = run(in_unit(web_unit, {}, command));
        return !outcome.err.contains("failed to load properly");
    });
    return outcome;
}

std::string asked(const Words& words)
{
    Words command = {asker};
    command.insert(command.end(), words.begin(), words.end());
    return in_the_web_unit(command).out;
}

} // namespace left4me::test
