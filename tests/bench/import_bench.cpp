// What l4d2ctl overlay import costs, against bsdtar, which unpacks by the same library.

#include "benches.hpp"

#include <format>
#include <random>

namespace left4me::bench {
namespace {

// On the file system that layers are on; l4d2ctl reads what is there for all to read.
const std::string place = "/var/lib/left4me/bench-import";
const std::string layer = "bench/imported";

std::string noise(std::size_t size, std::mt19937& random)
{
    std::string bytes(size, '\0');
    for (auto& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

/// Text of configurations, and half of it what does not pack, as plugins are.
std::string words(std::size_t count, std::mt19937& random)
{
    std::string text = noise(count * 5, random);
    for (std::size_t i = 0; i < count; ++i)
        text += std::format("word-{} ", random() % 1000);
    return text;
}

/// The bench's state is in memory, where there is nothing to sync: this puts the disk that
/// ci/bench has made in its place for a while.
class OnTheDisk {
public:
    OnTheDisk() { test::output({"mount", "--bind", "/run/left4me-bench-disk", test::state}); }
    ~OnTheDisk() { test::output({"umount", test::state}); }
    OnTheDisk(const OnTheDisk&) = delete;
    OnTheDisk& operator=(const OnTheDisk&) = delete;
};

/// What maps come as, and what configurations come as; gone at the end.
class Archives {
public:
    Archives()
    {
        constexpr std::size_t campaign = 200 << 20;
        constexpr int files = 25'000; // so that the archive has 50 MiB, too
        std::mt19937 random; // the same every time
        test::write_file(place + "/campaign/left4dead2/addons/campaign.vpk", noise(campaign, random));
        for (int i = 0; i < files; ++i)
            test::write_file(std::format("{}/configs/left4dead2/cfg/{}/{}.cfg", place, i % 100, i),
                             words(250, random));
        for (const auto& [from, name] : names())
            test::output({"bsdtar", "-C", place + '/' + from, "--options", quickest(name), "-acf",
                          place + '/' + name, "left4dead2"});
    }
    ~Archives() { test::remove_all(place); }
    Archives(const Archives&) = delete;
    Archives& operator=(const Archives&) = delete;

    /// Whoever packs it is not what is measured, and LZMA takes its time.
    static std::string quickest(const std::string& name)
    {
        return name.ends_with(".7z") ? "7zip:compression-level=1" : "compression-level=6";
    }

    /// What is in it, and the archive.
    static std::vector<std::pair<std::string, std::string>> names()
    {
        return {{"campaign", "campaign.zip"}, {"configs", "configs.tar.gz"}, {"configs", "configs.7z"}};
    }
};

/// Whoever is measured next does not sync what was removed here.
void settle()
{
    test::output({"sync", "-f", place});
}

double by_l4d2ctl(const std::string& archive)
{
    const auto took = milliseconds_of({"l4d2ctl", "overlay", "import", layer, archive});
    test::l4d2ctl({"overlay", "delete", layer});
    settle();
    return took;
}

/// As safe against a power cut as a layer that was published, and in the same share of the
/// machine: left4me-build@.service is as nice, for games are never to wait for an import.
double by_bsdtar(const std::string& archive)
{
    const auto tree = place + "/tree";
    const auto took = milliseconds_of(
        {"nice", "-n", "5", "sh", "-c",
         std::format("mkdir {0} && bsdtar -C {0} -xf {1} && sync -f {0}", tree, archive)});
    test::remove_all(tree);
    settle();
    return took;
}

} // namespace

void import_of_archives(const Rounds& rounds, Report& report)
{
    const OnTheDisk disk;
    const Archives archives;
    for (const auto& [from, name] : Archives::names()) {
        const auto archive = place + '/' + name;
        report.compare(
            std::format("import of {}, against bsdtar and sync", name), "ms",
            measure_in_turn(
                rounds.of(20), [&] { return by_l4d2ctl(archive); }, [&] { return by_bsdtar(archive); }),
            at_most(1.2));
    }
}

} // namespace left4me::bench
