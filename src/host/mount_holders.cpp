#include "host/mount_holders.hpp"

#include "host/places.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <functional>
#include <map>
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

std::string mount_namespace_of(const Directory& thread)
{
    return thread.subdirectory("ns")
        .and_then([](const Directory& spaces) { return spaces.read_link("mnt"); })
        .value_or("");
}

/// Each may have namespaces and descriptors of its own. One that has ended meanwhile is none.
Result<void> for_each_thread(const Directory& proc,
                             const std::function<void(pid_t process, const Directory& thread)>& act)
{
    return proc.entries().transform([&](const std::vector<std::string>& names) {
        for (const auto& name : names) {
            const auto number = parse_number<pid_t>(name);
            if (!number)
                continue;
            const auto threads = proc.subdirectory(name + "/task");
            if (!threads)
                continue;
            for (const auto& thread : threads->entries().value_or(std::vector<std::string>()))
                if (const auto opened = threads->subdirectory(thread))
                    act(*number, *opened);
        }
    });
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
    const auto proc = Directory::open("/proc");
    const auto ours =
        proc.and_then([](const Directory& all) { return all.read_file("1/mountinfo", max_table); });
    if (!ours)
        return std::unexpected(ours.error());
    const auto present = trees_in(host, *ours);
    std::set<std::string> seen; // those of one namespace are alike
    std::vector<MountHolder> holders;
    auto looked = for_each_thread(*proc, [&](pid_t process, const Directory& thread) {
        const auto root = thread.read_link("root");
        if (!root || !seen.insert(mount_namespace_of(thread) + *root).second)
            return;
        const auto table = thread.read_file("mountinfo", max_table).value_or("");
        for (auto& tree : trees_in(host, table))
            if (!std::ranges::contains(present, tree))
                holders.push_back({std::move(tree.first), {process, program_of(thread)}});
    });
    return looked.transform([&] { return std::move(holders); });
}

Result<std::vector<Holder>> find_namespace_holders()
{
    std::set<std::string> lived_in;
    std::multimap<std::string, Holder> held;
    const auto look = [&](pid_t process, const Directory& thread) {
        lived_in.insert(mount_namespace_of(thread));
        const auto descriptors = thread.subdirectory("fd");
        const auto names = descriptors.and_then([](const Directory& fd) { return fd.entries(); });
        for (const auto& name : names.value_or(std::vector<std::string>()))
            if (auto target = descriptors->read_link(name); target && target->starts_with("mnt:["))
                held.emplace(std::move(*target), Holder{process, program_of(thread)});
    };
    return Directory::open("/proc")
        .and_then([&](const Directory& proc) { return for_each_thread(proc, look); })
        .transform([&] {
            std::map<pid_t, Holder> holders;
            for (const auto& [space, holder] : held)
                if (!lived_in.contains(space))
                    holders.emplace(holder.process, holder);
            const auto each = holders | std::views::values;
            return std::vector<Holder>(each.begin(), each.end());
        });
}

std::string describe(const Holder& holder)
{
    return formatted("process {} ({})", holder.process, quote(holder.program));
}

} // namespace left4me
