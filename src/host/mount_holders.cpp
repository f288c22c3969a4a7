#include "host/mount_holders.hpp"

#include "host/places.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <ranges>
#include <set>

namespace left4me {
namespace {

constexpr std::size_t max_table = 64 * 1024 * 1024; // bytes: the kernel's 100,000 mounts fit

/// The one whose tree is mounted there; none for another path.
std::optional<InstanceName> server_of(const Host& host, std::string_view mount_point)
{
    const auto before = host.state_path("runtime/");
    const auto after = formatted("/{}", entry::merged);
    if (!mount_point.starts_with(before) || !mount_point.ends_with(after) ||
        mount_point.size() <= before.size() + after.size())
        return std::nullopt;
    mount_point.remove_prefix(before.size());
    mount_point.remove_suffix(after.size());
    const auto name = InstanceName::parse(mount_point);
    return name ? std::optional(*name) : std::nullopt;
}

std::string program_of(const Directory& process)
{
    constexpr std::size_t max_size = 64; // of the kernel's own threads; others' have 15
    auto name = process.read_file("comm", max_size).value_or("");
    if (name.ends_with('\n'))
        name.pop_back();
    return name;
}

} // namespace

std::vector<std::pair<InstanceName, std::string>> trees_in(const Host& host, std::string_view mountinfo)
{
    std::vector<std::pair<InstanceName, std::string>> trees;
    for (const auto line : std::views::split(mountinfo, '\n')) {
        // "ID PARENT DEVICE ROOT MOUNT-POINT OPTIONS … - TYPE SOURCE OPTIONS"
        std::vector<std::string_view> words;
        for (const auto word : std::views::split(std::string_view(line), ' '))
            words.emplace_back(word);
        const auto end = std::ranges::find(words, "-");
        if (words.size() < 6 || words.end() - end < 2 || end[1] != "overlay")
            continue;
        if (auto server = server_of(host, words[4]))
            trees.emplace_back(std::move(*server), words[2]);
    }
    return trees;
}

Result<std::vector<MountHolder>> find_mount_holders(const Host& host)
{
    const auto all = Directory::open("/proc");
    const auto names = all.and_then([](const Directory& proc) { return proc.entries(); });
    const auto ours =
        all.and_then([](const Directory& proc) { return proc.read_file("1/mountinfo", max_table); });
    if (!names || !ours)
        return std::unexpected(!names ? names.error() : ours.error());
    const auto present = trees_in(host, *ours);
    std::set<std::string> seen = {*ours}; // those of one namespace are alike
    std::vector<MountHolder> holders;
    for (const auto& name : *names) {
        const auto number = parse_number<pid_t>(name);
        if (!number)
            continue;
        const auto process = all->subdirectory(name); // none: it has ended
        const auto table = process.and_then(
            [](const Directory& opened) { return opened.read_file("mountinfo", max_table); });
        if (!table || !seen.insert(*table).second)
            continue;
        for (auto& tree : trees_in(host, *table))
            if (!std::ranges::contains(present, tree))
                holders.push_back({std::move(tree.first), *number, program_of(*process)});
    }
    return holders;
}

std::string describe(const MountHolder& holder)
{
    return formatted("process {} ({})", holder.process, quote(holder.program));
}

} // namespace left4me
