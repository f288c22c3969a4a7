#include "steam/installation.hpp"

#include "host/places.hpp"

#include <algorithm>

namespace left4me {

Result<InstallationTrees> open_installation_trees(const Host& host)
{
    auto state = host.open_state();
    if (!state)
        return std::unexpected(state.error());
    auto present = state->subdirectory(entry::installation);
    auto next = state->subdirectory(entry::installation_next);
    for (auto* tree : {&present, &next})
        if (!*tree)
            return std::unexpected(tree->error());
    return InstallationTrees{host, std::move(*state), std::move(*present), std::move(*next)};
}

Result<bool> is_whole(const Directory& tree)
{
    for (const auto* name : {"srcds_run", "srcds_linux", "left4dead2"}) {
        const auto there = tree.contains(name);
        if (!there || !*there)
            return there;
    }
    return true;
}

std::optional<std::string> build_of(const Directory& tree)
{
    constexpr std::size_t limit = 1024 * 1024;
    const auto text = tree.read_file("steamapps/appmanifest_222860.acf", limit);
    return text ? parse_build(*text) : std::nullopt;
}

std::optional<std::string> parse_build(std::string_view text)
{
    constexpr std::string_view key = "\"buildid\"";
    const auto found = text.find(key);
    if (found == std::string_view::npos)
        return std::nullopt;
    text.remove_prefix(found + key.size());
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    if (!text.starts_with('"'))
        return std::nullopt;
    text.remove_prefix(1);
    const auto digits = text.substr(0, text.find('"'));
    constexpr std::size_t max_digits = 20;
    if (digits.empty() || digits.size() > max_digits || digits.size() == text.size() ||
        digits.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    return std::string(digits);
}

} // namespace left4me
