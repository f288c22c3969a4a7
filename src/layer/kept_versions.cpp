#include "layer/kept_versions.hpp"

#include "host/mount_record.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <cstdio>
#include <ranges>
#include <string>
#include <string_view>

namespace left4me {
namespace {

constexpr std::string_view removed_prefix = ".removed-"; // no number begins so

} // namespace

Result<std::vector<std::uint64_t>> numbers_in(const Directory& versions)
{
    return versions.entries().transform([](const std::vector<std::string>& names) {
        std::vector<std::uint64_t> numbers;
        for (const auto& name : names)
            if (const auto number = parse_number<std::uint64_t>(name))
                numbers.push_back(*number);
        std::ranges::sort(numbers);
        return numbers;
    });
}

Result<void> remove_version(const Directory& versions, std::uint64_t number)
{
    const auto removed = formatted("{}{}", removed_prefix, number);
    return versions.remove_tree(removed)
        .and_then([&] { return versions.rename(std::to_string(number), removed, RENAME_NOREPLACE); })
        .and_then([&] { return versions.remove_tree(removed); });
}

Result<void> finish_removals(const Directory& versions)
{
    return versions.entries().and_then([&](const std::vector<std::string>& names) -> Result<void> {
        for (const auto& name : names)
            if (name.starts_with(removed_prefix))
                if (auto removed = versions.remove_tree(name); !removed)
                    return removed;
        return {};
    });
}

bool is_mounted(const Host& host, const Directory& directory)
{
    const auto servers = servers_on(host, directory);
    return !servers || !servers->empty(); // what cannot be told may be
}

void remove_unkept(const Host& host, const Directory& versions)
{
    const auto numbers = numbers_in(versions);
    const auto settings = host.settings();
    if (!numbers || !settings)
        return;
    const auto beyond = numbers->size() - std::min(numbers->size(), settings->layer_history);
    for (const auto number : std::views::take(*numbers, beyond)) {
        const auto name = std::to_string(number);
        const auto tree = versions.subdirectory(name);
        if (tree && !is_mounted(host, *tree))
            (void)remove_version(versions, number);
    }
}

} // namespace left4me
