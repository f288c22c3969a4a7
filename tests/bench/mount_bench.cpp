// What mounting and unmounting a server's layers takes, as whole processes.

#include "bench_server.hpp"
#include "benches.hpp"

#include <deque>
#include <filesystem>
#include <format>
#include <initializer_list>

namespace left4me::bench {
namespace {

constexpr std::size_t usual_layers = 10;

/// Mounts and unmounts of two kinds, in turn.
struct MountPairs {
    Pairs mount;
    Pairs unmount;
    Pairs both;
};

template <class Ours, class Theirs>
MountPairs measure_mounts(std::size_t count, const Ours& ours, const Theirs& theirs)
{
    MountPairs pairs;
    const auto once = [](const auto& kind, Samples& mounts, Samples& unmounts) {
        mounts.push_back(kind.mount());
        unmounts.push_back(kind.unmount());
        return mounts.back() + unmounts.back();
    };
    pairs.both = measure_in_turn(
        count, [&] { return once(ours, pairs.mount.ours, pairs.unmount.ours); },
        [&] { return once(theirs, pairs.mount.theirs, pairs.unmount.theirs); });
    // The first one is not counted.
    for (auto* each :
         {&pairs.mount.ours, &pairs.mount.theirs, &pairs.unmount.ours, &pairs.unmount.theirs})
        each->erase(each->begin());
    return pairs;
}

/// By a script, in PID 1's namespace.
class ScriptMount {
public:
    explicit ScriptMount(const SameMount& mount) { mount.write_environment(file); }
    ~ScriptMount() { test::remove_all(file); }
    ScriptMount(const ScriptMount&) = delete;
    ScriptMount& operator=(const ScriptMount&) = delete;

    [[nodiscard]] double mount() const { return run("mount"); }
    [[nodiscard]] double unmount() const { return run("umount"); }

private:
    [[nodiscard]] double run(const std::string& verb) const
    {
        return milliseconds_of({"nsenter", "--mount=/proc/1/ns/mnt", "python3",
                                test::tests_dir + "/overlay_by_script.py", verb, file});
    }
    const std::string file = "/run/left4me-bench.env";
};

/// A server that was started before, without starting it: a copy of one that was.
/// For mounts alone; l4d2ctl knows nothing of it.
class CopiedServer {
public:
    CopiedServer(const BenchServer& original, std::string name) : name_(std::move(name))
    {
        const auto live = test::state + "/live/";
        test::output({"cp", "-a", live + original.name(), live + name_});
    }
    ~CopiedServer()
    {
        test::run({overlay_helper, "umount", name_});
        test::remove_all(test::state + "/runtime/" + name_);
        test::remove_all(test::state + "/live/" + name_);
    }
    CopiedServer(const CopiedServer&) = delete;
    CopiedServer& operator=(const CopiedServer&) = delete;

    void mount() const { milliseconds_of({overlay_helper, "mount", name_}); }

private:
    std::string name_;
};

} // namespace

void mount_against_mount8(const Rounds& rounds, Report& report)
{
    const BenchServer server("bench-mount", usual_layers);
    const SameMount same(server);
    const auto pairs = measure_mounts(rounds.of(300), server, same);
    report.compare("mount + umount, against mount(8) + umount(8)", "ms", pairs.both, at_most(1.1));
    report.compare("  mount", "ms", pairs.mount);
    report.compare("  umount", "ms", pairs.unmount);
}

void mount_against_script(const Rounds& rounds, Report& report)
{
    const BenchServer server("bench-script", usual_layers);
    const SameMount same(server);
    const ScriptMount script(same);
    const auto pairs = measure_mounts(rounds.of(60), server, script);
    report.compare("mount + umount, against nsenter + Python", "ms", pairs.both, at_most(0.15));
}

void mount_by_layers(const Rounds& rounds, Report& report)
{
    // 500 is the kernel's limit; the configuration and the installation are two.
    for (const std::size_t layers : {1, 2, 5, 10, 20, 50, 100, 200, 498}) {
        const BenchServer server("bench-layers", layers);
        const SameMount same(server);
        const auto pairs = measure_mounts(rounds.of(30), server, same);
        report.compare(std::format("mount + umount of {} layers, against (8)", layers), "ms",
                       pairs.both);
        report.plot("mount-by-layers", static_cast<double>(layers), pairs.mount);
    }
}

void mount_by_servers(const Rounds& rounds, Report& report)
{
    const BenchServer server("bench-servers", usual_layers);
    const SameMount same(server);
    std::deque<CopiedServer> others;
    for (const std::size_t servers : {1, 2, 5, 10, 20, 50, 100, 200}) {
        while (others.size() + 1 < servers)
            others.emplace_back(server, std::format("bench-other-{}", others.size())).mount();
        const auto pairs = measure_mounts(rounds.of(30), server, same);
        report.compare(std::format("mount + umount of server {}, against (8)", servers), "ms",
                       pairs.both);
        report.plot("mount-by-servers", static_cast<double>(servers), pairs.mount);
    }
}

} // namespace left4me::bench
