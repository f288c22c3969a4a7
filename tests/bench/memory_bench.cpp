// The most memory that each program had in use at a time.

#include "bench_server.hpp"
#include "benches.hpp"

#include <format>
#include <sstream>

namespace left4me::bench {
namespace {

const std::string helpers = "/usr/libexec/left4me/";
constexpr double mib = 1024; // in KiB

/// Runs each so often; some of them undo what the one before did.
void measure_commands(const std::vector<Words>& commands, std::size_t count, Report& report)
{
    std::vector<Samples> peaks(commands.size());
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t each = 0; each < commands.size(); ++each)
            peaks[each].push_back(peak_memory_of(commands[each]) / mib);
    for (std::size_t each = 0; each < commands.size(); ++each) {
        const auto& words = commands[each];
        const auto program = words[0].substr(words[0].rfind('/') + 1);
        const auto verb = words[1].starts_with("bench-") ? "" : " " + words[1];
        report.measure(std::format("memory of {}{}", program, verb), "MiB", peaks[each], at_most(12));
    }
}

/// The launcher stays for as long as its server: what it has had so far.
double peak_of_launcher(const BenchServer& server)
{
    const auto pid = test::unit_property(server.unit(), "MainPID");
    std::istringstream status(test::read_file(std::format("/proc/{}/status", pid)));
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:"))
            return std::stod(line.substr(line.find_first_of("0123456789"))) / mib;
    throw Failure("there is no left4me-launch");
}

} // namespace

void peak_memory(const Rounds& rounds, Report& report)
{
    const BenchServer server("bench-memory", 10);
    const auto spec = test::state + "/instances/" + server.name() + "/spec.yaml";
    const auto count = rounds.of(5);
    measure_commands({{"l4d2ctl", "initialize", server.name(), "-f", spec},
                      {"l4d2ctl", "start", "--no-wait", server.name()},
                      {"l4d2ctl", "status"},
                      {"l4d2ctl", "logs", server.name(), "--lines", "100", "--no-follow"},
                      {"l4d2ctl", "stop", server.name()},
                      {helpers + "left4me-systemctl", "enable", server.name()},
                      {helpers + "left4me-systemctl", "show", server.name()},
                      {helpers + "left4me-systemctl", "disable", server.name()},
                      {helpers + "left4me-journalctl", server.name(), "--lines", "100", "--no-follow"},
                      {helpers + "left4me-overlay", "mount", server.name()},
                      {helpers + "left4me-overlay", "umount", server.name()}},
                     count, report);
    server.start();
    report.measure("memory of left4me-launch", "MiB", {peak_of_launcher(server)}, at_most(12));
    server.stop();
}

} // namespace left4me::bench
