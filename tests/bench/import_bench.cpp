// What l4d2ctl overlay import costs, against bsdtar, which unpacks by the same library.

#include "benches.hpp"

#include <format>
#include <optional>
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

/// Text, and half of it what does not pack: as plugins are, and what campaigns are made of
/// (geometry and textures beside sounds).
std::string words(std::size_t count, std::mt19937& random)
{
    std::string text = noise(count * 5, random);
    for (std::size_t i = 0; i < count; ++i)
        text += std::format("word-{} ", random() % 1000);
    return text;
}

std::string words_of(std::size_t size, std::mt19937& random)
{
    std::string text;
    while (text.size() < size)
        text += words(10'000, random);
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

/// What campaigns, configurations, one map and what was packed before come as; gone at the end.
class Archives {
public:
    Archives()
    {
        constexpr std::size_t campaign = 400 << 20;
        constexpr std::size_t map = 50 << 20;
        constexpr std::size_t packed = 200 << 20;
        constexpr int files = 25'000; // so that the archive has 50 MiB, too
        std::mt19937 random; // the same every time
        test::write_file(place + "/campaign/left4dead2/addons/campaign.vpk", words_of(campaign, random));
        test::write_file(place + "/map/left4dead2/addons/map.vpk", words_of(map, random));
        test::write_file(place + "/packed/left4dead2/addons/packed.vpk", noise(packed, random));
        for (int i = 0; i < files; ++i)
            test::write_file(std::format("{}/configs/left4dead2/cfg/{}/{}.cfg", place, i % 100, i),
                             words(250, random));
        for (const auto& [from, name, mark] : all())
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

    struct Archive {
        const char* from; ///< what is in it
        std::string name;
        std::optional<Mark> mark; ///< none where the sandbox's own time is the most of it
    };
    static std::vector<Archive> all()
    {
        return {{"campaign", "campaign.zip", at_most(1.2)},
                {"configs", "configs.tar.gz", at_most(1.2)},
                {"configs", "configs.7z", at_most(1.2)},
                {"map", "map.zip", {}},
                {"packed", "packed.zip", {}}};
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
    for (const auto& [from, name, mark] : Archives::all()) {
        const auto archive = place + '/' + name;
        report.compare(
            std::format("import of {}, against bsdtar and sync", name), "ms",
            measure_in_turn(
                rounds.of(20), [&] { return by_l4d2ctl(archive); }, [&] { return by_bsdtar(archive); }),
            mark);
    }
}

} // namespace left4me::bench
