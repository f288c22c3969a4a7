#include "root/traced_unit.hpp"

#include "host/places.hpp"
#include "host/unit_names.hpp"
#include "system/child_process.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr const char* strace = "/usr/bin/strace";
constexpr const char* run_units = "/run/systemd/system";
constexpr const char* settings_file = "50-doctor-play.conf";
constexpr const char* gate = "go"; ///< a FIFO beside it

std::string drop_in_folder(const InstanceName& name)
{
    return server_unit(name) + ".d";
}

/// The shell becomes the launcher: it is the unit's main process, and the first one that strace
/// follows. Any other line than "go" ends it. systemd opens the FIFO itself, outside of the sandbox.
std::string settings_of(const InstanceName& name)
{
    return formatted(
        "# Of l4d2ctl doctor --play, which removes it.\n"
        "[Service]\n"
        "SystemCallFilter=\n"
        "AppArmorProfile=\n"
        "Restart=no\n"
        "StandardInput=file:{}/{}/{}\n"
        "ExecStart=\n"
        "ExecStart=/usr/bin/sh -c 'read -r go && test \"$$go\" = go && exec {} {} </dev/null'\n",
        run_units, drop_in_folder(name), gate, program_path("left4me-launch"), name.str());
}

Result<FileDescriptor> make_gate(const Directory& folder)
{
    constexpr mode_t for_root = 0600;
    if (mkfifoat(folder.descriptor(), gate, for_root) != 0)
        return fail_errno("cannot make a FIFO", errno);
    // For both, or systemd would wait for a writer.
    FileDescriptor open(openat(folder.descriptor(), gate, O_RDWR | O_NOFOLLOW | O_CLOEXEC));
    if (!open)
        return fail_errno("cannot open a FIFO", errno);
    return open;
}

} // namespace

Result<TracedUnit> TracedUnit::make(Systemd& systemd, const InstanceName& name)
{
    if (access(strace, X_OK) != 0)
        return fail(ExitStatus::not_found, "strace is not installed (apt install strace)");
    if (auto cleared = clear(systemd, name); !cleared)
        return std::unexpected(cleared.error());
    constexpr mode_t readable = 0755;
    constexpr mode_t readable_file = 0644;
    return Directory::open("/run/systemd")
        .and_then([&](const Directory& run) { return run.make_subdirectory("system", readable); })
        .and_then([&](const Directory& units) {
            return units.make_subdirectory(drop_in_folder(name), readable);
        })
        .and_then([&](const Directory& folder) {
            return make_gate(folder).and_then([&](FileDescriptor go) {
                return folder.create_file(settings_file, settings_of(name), readable_file)
                    .and_then([&] { return systemd.reload(); })
                    .transform([&] { return TracedUnit(std::move(go)); });
            });
        });
}

Result<void> TracedUnit::clear(Systemd& systemd, const InstanceName& name)
{
    const auto units = Directory::open(run_units);
    if (!units && units.error().status == ExitStatus::not_found)
        return {};
    if (!units)
        return std::unexpected(units.error());
    const auto folder = units->subdirectory(drop_in_folder(name));
    if (!folder && folder.error().status == ExitStatus::not_found)
        return {};
    if (!folder)
        return std::unexpected(folder.error());
    // An operator may have put something of their own there.
    return folder->remove_file(settings_file)
        .and_then([&] { return folder->remove_file(gate); })
        .and_then([&] {
            (void)unlinkat(units->descriptor(), drop_in_folder(name).c_str(), AT_REMOVEDIR);
            return systemd.reload();
        });
}

Result<pid_t> TracedUnit::follow(Systemd& systemd, const InstanceName& name,
                                 const FileDescriptor& output)
{
    return systemd.main_process(server_unit(name)).and_then([&](std::uint32_t process) -> Result<pid_t> {
        if (process == 0)
            return fail(ExitStatus::game_failed, "the server that was to be traced does not run");
        const FileDescriptor nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
        if (!nothing)
            return fail_errno("cannot open /dev/null", errno);
        // Without what is in strings, but for paths. A session of its own: Ctrl-C is not for it, or
        // the game would be let go.
        return spawn({strace, "-f", "-s", "0", "-p", formatted("{}", process)},
                     {{nothing.get(), STDIN_FILENO},
                      {nothing.get(), STDOUT_FILENO},
                      {output.get(), STDERR_FILENO}},
                     Session::own);
    });
}

} // namespace left4me
