#include "verbs/restart_reasons.hpp"

#include "system/error.hpp"
#include "system/format.hpp"

#include <algorithm>

namespace left4me {
namespace {

/// "a, b and 3 more"
std::string some_of(const std::vector<std::string>& names)
{
    constexpr std::size_t max_named = 3;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), max_named); ++i)
        text += (i == 0 ? "" : ", ") + escaped(names[i]);
    if (names.size() > max_named)
        text += formatted(" and {} more", names.size() - max_named);
    return text;
}

std::string game_reason(const RestartFacts& facts)
{
    const std::string reason = "the game was updated since it was started";
    if (!facts.build || !facts.installed_build)
        return reason;
    if (facts.build == facts.installed_build)
        return formatted("the game was installed anew since it was started: build {}", *facts.build);
    return formatted("{}: from build {} to {}", reason, *facts.build, *facts.installed_build);
}

} // namespace

std::vector<std::string> restart_reasons(const RestartFacts& facts)
{
    std::vector<std::string> reasons;
    if (facts.settings_differ)
        reasons.emplace_back("its spec was changed since it was started");
    for (const auto& layer : facts.newer_layers)
        reasons.push_back(layer == "installation"
                              ? game_reason(facts)
                              : formatted("there is a newer version of layer {}", layer));
    if (facts.needs_reload)
        reasons.emplace_back(
            "its unit was changed, and systemd has not read it (systemctl daemon-reload)");
    if (!facts.newer_files.empty())
        reasons.push_back(
            formatted("its unit was changed since it was started: {}", some_of(facts.newer_files)));
    if (facts.inspection && facts.inspection->launcher_replaced)
        reasons.emplace_back("left4me-launch was upgraded since it was started");
    if (facts.inspection && !facts.inspection->replaced.empty())
        reasons.push_back(formatted("files that it uses were upgraded since it was started: {}",
                                    some_of(facts.inspection->replaced)));
    return reasons;
}

} // namespace left4me
