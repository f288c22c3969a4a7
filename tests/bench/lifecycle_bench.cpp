// What l4d2ctl and its helpers add to what systemd does anyway.

#include "bench_server.hpp"
#include "benches.hpp"

#include <format>
#include <functional>
#include <sstream>

namespace left4me::bench {
namespace {

/// The server's unit under another name, made from the loaded one: its sandbox,
/// its game. Without the overlay unit somebody has to mount before. Started often:
/// it has no start limit.
class PlainUnit {
public:
    enum class Overlay { bound, none };

    PlainUnit(const std::string& kind, const BenchServer& server, Overlay overlay)
        : template_(std::format("/run/systemd/system/left4me-bench-{}@.service", kind)),
          name_(std::format("left4me-bench-{}@{}.service", kind, server.name()))
    {
        test::write_file(template_, unit_text(overlay));
        reload();
    }
    ~PlainUnit()
    {
        test::run({"systemctl", "disable", "--now", "--quiet", name_});
        test::remove_all(template_);
        reload();
    }
    PlainUnit(const PlainUnit&) = delete;
    PlainUnit& operator=(const PlainUnit&) = delete;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    static void reload() { test::run({"systemctl", "daemon-reload"}); }

    static std::string unit_text(Overlay overlay)
    {
        std::istringstream lines(test::output({"systemctl", "cat", "left4me-server@.service"}));
        std::string text;
        for (std::string line; std::getline(lines, line);)
            if (overlay == Overlay::bound || !line.contains("=left4me-overlay@"))
                text += line + '\n';
        return text + "\n[Unit]\nStartLimitIntervalSec=0\n";
    }

    std::string template_;
    std::string name_;
};

/// One way to start and to stop a server.
struct Way {
    const BenchServer& server;
    Words start_words;
    Words stop_words;
    Samples starts = {};
    Samples stops = {};
    Samples after_starts = {}; ///< what systemd had to do still

    /// The time of both commands. The game answers in between.
    double once()
    {
        (void)settle();
        starts.push_back(milliseconds_of(start_words));
        after_starts.push_back(settle());
        server.wait_until_it_answers();
        (void)settle();
        stops.push_back(milliseconds_of(stop_words));
        return starts.back() + stops.back();
    }

    /// systemd answers once it has nothing else to do.
    static double settle() { return milliseconds_of({"systemctl", "show", "--property=Version"}); }
};

Way by_systemctl(const BenchServer& server, const PlainUnit& unit)
{
    return {server, {"systemctl", "start", unit.name()}, {"systemctl", "stop", unit.name()}};
}

Way by_systemctl_enabling(const BenchServer& server, const PlainUnit& unit)
{
    return {server,
            {"systemctl", "enable", "--now", "--quiet", unit.name()},
            {"systemctl", "disable", "--now", "--quiet", unit.name()}};
}

Way by_l4d2ctl(const BenchServer& server)
{
    return {server, {"l4d2ctl", "start", server.name()}, {"l4d2ctl", "stop", server.name()}};
}

} // namespace

void start_and_stop(const Rounds& rounds, Report& report)
{
    constexpr std::size_t layers = 10;
    const BenchServer server("bench-life", layers);
    const BenchServer plain_server("bench-plain", layers);
    const BenchServer bound_server("bench-bound", layers);
    const PlainUnit plain("plain", plain_server, PlainUnit::Overlay::none);
    const PlainUnit bound("bound", bound_server, PlainUnit::Overlay::bound);
    (void)plain_server.mount();

    auto ours = by_l4d2ctl(server);
    std::array theirs = {by_systemctl(plain_server, plain), by_systemctl(bound_server, bound),
                         by_systemctl_enabling(bound_server, bound)};
    std::array<Samples, 3> theirs_both;
    Samples ours_both;
    const auto count = rounds.of(40);
    for (std::size_t i = 0; i < count; ++i) {
        ours_both.push_back(ours.once());
        for (std::size_t way = 0; way < theirs.size(); ++way)
            theirs_both.at(way).push_back(theirs.at(way).once());
    }
    (void)plain_server.unmount();

    report.compare("start + stop, against a plain unit", "ms", {ours_both, theirs_both[0]},
                   at_most(1.5));
    report.compare("  start", "ms", {ours.starts, theirs[0].starts});
    report.compare("  stop", "ms", {ours.stops, theirs[0].stops});
    report.compare("  the same, against a unit that mounts", "ms", {ours_both, theirs_both[1]});
    report.compare("  the same, against enable and disable --now", "ms", {ours_both, theirs_both[2]});
    report.compare("  what systemd still does after a start", "ms",
                   {ours.after_starts, theirs[0].after_starts});
}

} // namespace left4me::bench
