#include "layer/kept_versions.hpp"

#include "host/host_settings.hpp"
#include "host/mount_record.hpp"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <string>

namespace left4me {

Result<std::vector<std::uint64_t>> numbers_in(const Directory& versions)
{
    return versions.entries().transform([](const std::vector<std::string>& names) {
        std::vector<std::uint64_t> numbers;
        for (const auto& name : names) {
            std::uint64_t number = 0;
            const auto* end = name.data() + name.size();
            if (std::from_chars(name.data(), end, number).ptr == end)
                numbers.push_back(number);
        }
        std::ranges::sort(numbers);
        return numbers;
    });
}

bool is_mounted(const Directory& directory)
{
    const auto servers = directory.status().and_then(
        [](const struct stat& status) { return servers_on({status.st_dev, status.st_ino}); });
    return !servers || !servers->empty(); // what cannot be told may be
}

void remove_unkept(const Directory& versions)
{
    const auto numbers = numbers_in(versions);
    const auto settings = load_host_settings();
    if (!numbers || !settings)
        return;
    const auto beyond = numbers->size() - std::min(numbers->size(), settings->layer_history);
    for (const auto number : std::views::take(*numbers, beyond)) {
        const auto name = std::to_string(number);
        const auto tree = versions.subdirectory(name);
        if (tree && !is_mounted(*tree))
            (void)versions.remove_tree(name);
    }
}

} // namespace left4me
