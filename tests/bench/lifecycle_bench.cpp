// What l4d2ctl and its helpers add to what systemd does anyway.

#include "bench_server.hpp"
#include "benches.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <sstream>

namespace left4me::bench {
namespace {

/// The server's unit under another name, made from the loaded one without some of its
/// lines: its sandbox, its game, and the unit that mounts its layers. Without that one
/// they are mounted all the time. Started often: it has no start limit.
class PlainUnit {
public:
    /// Lines that begin with one of these are left out.
    PlainUnit(const std::string& kind, const BenchServer& server, const Words& left_out)
        : template_(std::format("/run/systemd/system/left4me-bench-{}@.service", kind)),
          name_(std::format("left4me-bench-{}@{}.service", kind, server.name()))
    {
        test::write_file(template_, unit_text(left_out));
        reload();
    }
    ~PlainUnit()
    {
        test::run({"systemctl", "stop", name_});
        test::remove_all(template_);
        reload();
    }
    PlainUnit(const PlainUnit&) = delete;
    PlainUnit& operator=(const PlainUnit&) = delete;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    static void reload() { test::run({"systemctl", "daemon-reload"}); }

    static std::string unit_text(const Words& left_out)
    {
        std::istringstream lines(test::output({"systemctl", "cat", "left4me-server@.service"}));
        std::string text;
        for (std::string line; std::getline(lines, line);)
            if (std::ranges::none_of(left_out,
                                     [&](const auto& start) { return line.starts_with(start); }))
                text += line + '\n';
        return text + "\n[Unit]\nStartLimitIntervalSec=0\n";
    }

    std::string template_;
    std::string name_;
};

const Words the_mount = {"BindsTo=left4me-overlay@", "After=left4me-overlay@"};

/// One way to start and to stop a server.
struct Way {
    const BenchServer& server;
    Words start_words;
    Words stop_words;
    bool looks = false; ///< for the game's port afterwards, as l4d2ctl has done by itself
    Samples starts = {};
    Samples stops = {};
    Samples both = {};
    Samples after_starts = {}; ///< what systemd had to do still

    void once()
    {
        settle();
        const double started = milliseconds_of(start_words);
        starts.push_back(started + (looks ? server.wait_until_it_has_its_port() : 0));
        after_starts.push_back(settle());
        server.wait_until_it_answers();
        settle();
        stops.push_back(milliseconds_of(stop_words));
        both.push_back(starts.back() + stops.back());
    }

    /// systemd answers once it has nothing else to do.
    static double settle() { return milliseconds_of({"systemctl", "show", "--property=Version"}); }
};

Way by_l4d2ctl(const BenchServer& server)
{
    return {
        server, {"l4d2ctl", "start", "--no-wait", server.name()}, {"l4d2ctl", "stop", server.name()}};
}

/// As operators start one: until its game answers.
Way until_it_plays(const BenchServer& server)
{
    return {server, {"l4d2ctl", "start", server.name()}, {"l4d2ctl", "stop", server.name()}};
}

/// Until its game has its port: l4d2ctl does not say before that a server has started. (It enables
/// without a reload, of which systemctl would warn each time.)
Way by_systemctl(const BenchServer& server, const Words& units)
{
    Words start = {"systemctl", "start", "--no-warn"};
    Words stop = {"systemctl", "stop", "--no-warn"};
    for (auto* words : {&start, &stop})
        words->insert(words->end(), units.begin(), units.end());
    return {server, std::move(start), std::move(stop), true};
}

/// What a start does, by the lines of the unit that ask for it.
struct Part {
    const char* what;
    const char* kind;
    Words lines;
};
const std::array parts = {
    Part{"SocketBindDeny=", "bind", {"SocketBind"}},
    Part{"IPAddressAllow=, IPAddressDeny=", "address", {"IPAddress"}},
    Part{"the filters of system calls",
         "filter",
         {"SystemCall", "Restrict", "LockPersonality", "ProtectClock", "ProtectHostname",
          "ProtectKernel", "PrivateDevices"}},
    Part{"the file view",
         "view",
         {"RootDirectory", "MountAPIVFS", "Bind", "TemporaryFileSystem", "Private", "Protect"}},
};

} // namespace

/// Each against the unit that has it. The layers are mounted all the time; the game begins
/// after systemd has said that it is started.
void start_by_parts(const Rounds& rounds, Report& report)
{
    const BenchServer server("bench-parts", 10);
    const PlainUnit whole("whole", server, the_mount);
    const auto start = [](const PlainUnit& unit) {
        const double took = milliseconds_of({"systemctl", "start", "--no-warn", unit.name()});
        milliseconds_of({"systemctl", "stop", "--no-warn", unit.name()});
        return took;
    };
    (void)server.mount();
    for (const auto& part : parts) {
        auto left_out = the_mount;
        left_out.insert(left_out.end(), part.lines.begin(), part.lines.end());
        const PlainUnit without(part.kind, server, left_out);
        report.compare(std::format("start, against one without {}", part.what), "ms",
                       measure_in_turn(
                           rounds.of(40), [&] { return start(whole); }, [&] { return start(without); }));
    }
    (void)server.unmount();
}

void start_and_stop(const Rounds& rounds, Report& report)
{
    constexpr std::size_t layers = 10;
    const BenchServer server("bench-life", layers);
    const BenchServer bound_server("bench-bound", layers);
    const BenchServer mounted_server("bench-mounted", layers);
    const PlainUnit bound("bound", bound_server, {});
    const PlainUnit alone("alone", mounted_server, the_mount);
    (void)mounted_server.mount();

    auto ours = by_l4d2ctl(server);
    auto playing = until_it_plays(server);
    // Both units are named, as l4d2ctl waits for the unmount, too.
    auto same = by_systemctl(bound_server, {bound.name(), bound_server.overlay_unit()});
    auto less = by_systemctl(mounted_server, {alone.name()});
    std::array ways = {&ours, &playing, &same, &less};
    for (std::size_t i = 0; i < rounds.of(40); ++i) {
        for (auto* way : ways)
            way->once();
        std::ranges::rotate(ways, ways.begin() + 1);
    }
    (void)mounted_server.unmount();

    report.compare("start + stop, against the same plain units", "ms", {ours.both, same.both},
                   at_most(1.5));
    report.compare("  start", "ms", {ours.starts, same.starts});
    report.compare("  a start until it plays, against one that does not wait", "ms",
                   {playing.starts, ours.starts});
    report.compare("  stop", "ms", {ours.stops, same.stops});
    report.compare("  a plain unit's start, against one that mounts nothing", "ms",
                   {same.starts, less.starts});
    report.compare("  both, against a unit that mounts nothing", "ms", {ours.both, less.both});
    report.compare("  what systemd still does after a start", "ms",
                   {ours.after_starts, same.after_starts});
}

} // namespace left4me::bench
