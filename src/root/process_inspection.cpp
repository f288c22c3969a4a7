#include "root/process_inspection.hpp"

#include "host/places.hpp"
#include "host/server_state.hpp"
#include "host/unit_names.hpp"
#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <set>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::size_t max_maps = 16 * 1024 * 1024; // bytes: the kernel's 65,530 mappings fit
constexpr std::size_t max_replaced = 64;           // of one server, that are told
constexpr std::string_view deleted = " (deleted)";

/// One process, by its directory in /proc: whatever becomes of its number, it is that one.
class Process {
public:
    static Result<Process> open(std::uint32_t pid)
    {
        Process process(FileDescriptor(
            ::open(formatted("/proc/{}", pid).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
        if (!process.directory_)
            return fail_errno(formatted("cannot look at process {}", pid), errno);
        return process;
    }

    [[nodiscard]] Result<std::string> read(const char* file) const
    {
        const FileDescriptor opened(openat(directory_.get(), file, O_RDONLY | O_CLOEXEC));
        if (!opened)
            return fail_errno(formatted("cannot open /proc/PID/{}", file), errno);
        return read_stream(opened, file, max_maps);
    }

    /// Where its program was found when it was started.
    [[nodiscard]] std::string program() const
    {
        std::array<char, 256> target = {}; // longer ones are not ours
        const auto size = readlinkat(directory_.get(), "exe", target.data(), target.size());
        return size < 0 ? "" : std::string(target.data(), static_cast<std::size_t>(size));
    }

    /// The program itself, which may have no name any more.
    [[nodiscard]] FileDescriptor open_program() const
    {
        return FileDescriptor(openat(directory_.get(), "exe", O_RDONLY | O_CLOEXEC));
    }

private:
    explicit Process(FileDescriptor directory) : directory_(std::move(directory)) {}
    FileDescriptor directory_;
};

/// One that was only installed again is the same.
bool same_contents(const FileDescriptor& one, const FileDescriptor& other)
{
    constexpr std::size_t limit = 64 * 1024 * 1024;
    if (!one || !other)
        return false;
    const auto left = read_regular(one, "a program", limit);
    const auto right = read_regular(other, "a program", limit);
    return left && right && *left == *right;
}

bool launcher_is_replaced(const Process& main)
{
    const auto launcher = program_path("left4me-launch");
    return main.program() == formatted("{}{}", launcher, deleted) &&
           !same_contents(main.open_program(),
                          FileDescriptor(open(launcher.c_str(), O_RDONLY | O_CLOEXEC)));
}

/// Processes come and go meanwhile; who is gone has nothing mapped.
ServerInspection inspect(std::uint32_t main_pid, const std::vector<std::uint32_t>& processes)
{
    ServerInspection inspection{.main_pid = main_pid};
    if (const auto main = Process::open(main_pid))
        inspection.launcher_replaced = launcher_is_replaced(*main);
    std::set<std::string> replaced;
    for (const auto pid : processes) {
        const auto maps =
            Process::open(pid).and_then([](const Process& one) { return one.read("maps"); });
        if (maps)
            for (auto& file : replaced_files(*maps))
                replaced.insert(std::move(file));
    }
    replaced.erase(program_path("left4me-launch"));
    for (const auto& file : replaced)
        if (inspection.replaced.size() < max_replaced)
            inspection.replaced.push_back(file);
    return inspection;
}

} // namespace

std::vector<std::string> replaced_files(std::string_view maps)
{
    std::set<std::string> files;
    for (std::size_t begin = 0; begin < maps.size();) {
        const auto end = std::min(maps.find('\n', begin), maps.size());
        const auto line = maps.substr(begin, end - begin);
        begin = end + 1;
        // "begin-end rwxp offset device inode    /path": a name has no newline, for the
        // kernel writes it as \012.
        const auto name = line.find('/');
        if (name == std::string_view::npos || !line.ends_with(deleted))
            continue;
        const auto file = line.substr(name, line.size() - name - deleted.size());
        if (file.starts_with("/usr/"))
            files.emplace(file);
    }
    return {files.begin(), files.end()};
}

Result<void> inspect_servers(const Host& host)
{
    auto systemd = Systemd::connect();
    if (!systemd)
        return std::unexpected(systemd.error());
    const auto names = loaded_servers(*systemd);
    if (!names)
        return std::unexpected(names.error());
    Inspections inspections;
    for (const auto& name : *names) {
        const auto status = systemd->status(server_unit(name));
        if (!status)
            return std::unexpected(status.error());
        if (status->is_down() || status->main_pid == 0)
            continue;
        const auto processes = systemd->processes(server_unit(name));
        if (processes)
            inspections.emplace(name, inspect(status->main_pid, *processes));
        else if (processes.error().status != ExitStatus::not_found)
            return std::unexpected(processes.error());
    }
    return write_inspections(host, inspections);
}

} // namespace left4me
