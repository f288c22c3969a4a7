#include "root/hung_server.hpp"

#include "host/helper_call.hpp"
#include "host/hung_restarts.hpp"
#include "host/places.hpp"
#include "host/unit_names.hpp"
#include "model/server_event.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <ranges>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::size_t max_seen = 48UL * 1024;      // bytes, of all processes
constexpr std::size_t max_log = 16UL * 1024;       // bytes, of the last lines
constexpr std::size_t max_kernel_file = 16UL * 1024;
constexpr std::size_t max_processes = 32;
constexpr std::size_t max_threads = 64; // of one process

/// A file of /proc in one line; "?" where it cannot be read, as of a thread that has ended.
std::string line_of(const Directory& entry, const char* file)
{
    auto text = entry.open_file(file).and_then(
        [&](const FileDescriptor& opened) { return read_stream(opened, file, max_kernel_file); });
    if (!text)
        return "?";
    while (text->ends_with('\n'))
        text->pop_back();
    return escaped(*text);
}

/// Those of its status that tell what it does and has.
std::string status_lines(const Directory& process)
{
    const auto text = process.open_file("status").and_then(
        [](const FileDescriptor& opened) { return read_stream(opened, "status", max_kernel_file); });
    std::string lines;
    for (const auto part : std::views::split(text.value_or(""), '\n')) {
        const std::string_view line(part);
        for (const auto* key :
             {"State:", "Threads:", "VmRSS:", "VmSwap:", "SigQ:", "SigPnd:", "SigBlk:"})
            if (line.starts_with(key))
                lines += formatted("  {}\n", escaped(line));
    }
    return lines;
}

std::string describe_threads(const Directory& process)
{
    const auto threads = process.subdirectory("task").and_then([](const Directory& tasks) {
        return tasks.entries().transform([&](const std::vector<std::string>& names) {
            std::string text;
            for (const auto& name : names | std::views::take(max_threads))
                if (const auto thread = tasks.subdirectory(name))
                    text += formatted("  thread {} {}: wchan {}, syscall {}\n", name,
                                      line_of(*thread, "comm"), line_of(*thread, "wchan"),
                                      line_of(*thread, "syscall"));
            return text;
        });
    });
    return threads.value_or("");
}

std::string last_lines(const InstanceName& name)
{
    return output_of({program_path("left4me-journalctl"), name.str(), "--lines", "60", "--no-follow"},
                     max_log)
        .value_or("(they cannot be read)\n");
}

/// To the journal; left4me-journalctl shows it among the server's own messages.
void tell(const std::string& text)
{
    (void)write_all(FileDescriptor(dup(STDOUT_FILENO)), "standard output", text + '\n');
}

} // namespace

std::string describe_processes(Systemd& systemd, const std::string& unit)
{
    std::string text;
    for (const auto pid : systemd.processes(unit).value_or(std::vector<std::uint32_t>()) |
                              std::views::take(max_processes))
        if (const auto process = Directory::open(formatted("/proc/{}", pid)))
            text += formatted("process {} {}\n{}{}", pid, line_of(*process, "comm"),
                              status_lines(*process), describe_threads(*process));
    text.resize(std::min(text.size(), max_seen));
    return text;
}

Result<void> restart_hung_server(const Host& host, const InstanceName& name)
{
    const auto unit = server_unit(name);
    const auto hung = open_hung(host);
    if (!hung)
        return std::unexpected(hung.error());
    auto systemd = Systemd::connect();
    if (!systemd)
        return std::unexpected(systemd.error());
    const auto states = systemd->states({unit});
    if (!states)
        return std::unexpected(states.error());
    if (states->at(0).state != "active")
        return {};
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (!read_hung_restarts(*hung, name).allow(now)) {
        tell("the game hangs again, and was restarted four times within an hour for that: it is left "
             "as it is");
        return {};
    }
    const auto seen =
        formatted("{} hung at {}\n\n{}\nits last lines:\n{}", unit, rfc3339(now.time_since_epoch()),
                  describe_processes(*systemd, unit), last_lines(name));
    return keep_hung_restart(*hung, name, now, seen).and_then([&] {
        tell(formatted("the game hangs and is restarted; what it did is in {}/{}", hung->path(),
                       hung_record_name(name, now)));
        // Whoever is told, is told in any case.
        if (const auto told = systemd->queue_start(event_unit(EventKind::hung, name)); !told)
            tell(formatted("nobody is told of it: {}", told.error().message));
        return systemd->try_restart({unit}, JobPatience::own);
    });
}

} // namespace left4me
