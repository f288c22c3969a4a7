#include "programs/layer_text.hpp"

#include "console/text_table.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <chrono>
#include <ranges>

namespace left4me {
namespace {

std::string outcome_of(const LayerChangeRecord& record)
{
    if (record.version)
        return formatted("version {}", *record.version);
    return record.problem.empty() ? "nothing changed" : "failed";
}

std::string duration_of(const LayerChangeRecord& record)
{
    return formatted("{:.1f} s", std::chrono::duration<double>(record.duration).count());
}

std::string numbers(const std::vector<std::uint64_t>& all)
{
    return all.empty() ? "-"
                       : join(all, ", ", [](std::uint64_t number) { return std::to_string(number); });
}

std::string users_text(const std::vector<LayerUser>& users)
{
    const auto text_of = [](const LayerUser& user) {
        const bool behind = user.mounted && !user.current;
        return user.server.str() + (behind ? formatted(" (on version {})", *user.mounted) : "");
    };
    return users.empty() ? "-" : join(users, ", ", text_of);
}

std::string last_text(const std::optional<LayerChangeRecord>& last)
{
    return last ? formatted("{} {}, {} in {}", local_rfc3339(last->when.time_since_epoch()), last->how,
                            outcome_of(*last), duration_of(*last))
                : "-";
}

/// The same in short.
std::string changed_text(const std::optional<LayerChangeRecord>& last)
{
    if (!last)
        return "-";
    return local_minute(last->when.time_since_epoch()) + (last->problem.empty() ? "" : " failed");
}

/// What the game does not find.
void add_unseen(const LayerState& layer, std::vector<std::vector<std::string>>& rows)
{
    if (!layer.seen)
        return;
    if (layer.seen->finds_nothing())
        rows.push_back({"Not found", layer.seen->unseen().empty() ? "all: files belong into left4dead2/"
                                                                  : "all that is in it"});
    for (const auto& file : layer.seen->unseen())
        rows.push_back({"Not found", formatted("{}: {}", file.path, file.why)});
    if (const auto more = layer.seen->unseen_count() - layer.seen->unseen().size(); more > 0)
        rows.push_back({"Not found", formatted("{} more", more)});
}

} // namespace

std::string format_layer_table(const std::vector<LayerState>& layers)
{
    std::vector<std::vector<std::string>> rows = {
        {"LAYER", "VERSION", "FILES", "SIZE", "DAILY", "CHANGED", "SERVERS"}};
    for (const auto& layer : layers)
        rows.push_back({layer.ref.str(), formatted("{}", layer.version),
                        formatted("{}", layer.size.files), human_bytes(layer.size.bytes),
                        layer.daily ? "yes" : "-", changed_text(layer.last), users_text(layer.users)});
    return format_table(rows);
}

std::string format_layer_details(const LayerState& layer)
{
    std::vector<std::vector<std::string>> rows = {
        {"Layer", layer.ref.str()},
        {"Version", formatted("{}", layer.version)},
        {"Files", formatted("{}", layer.size.files)},
        {"Size", human_bytes(layer.size.bytes)},
        {"Older versions", numbers(layer.kept)},
        {"Servers", users_text(layer.users)},
        {"Daily", layer.daily ? "yes" : "no"},
        {"SHA256", layer.sha256.value_or("-")},
        {"Last change", last_text(layer.last)},
    };
    if (layer.last && !layer.last->problem.empty())
        rows.push_back({"Its problem", layer.last->problem});
    add_unseen(layer, rows);
    return format_table(rows);
}

std::string format_history_table(const LayerPast& past)
{
    std::vector<std::vector<std::string>> rows = {
        {"WHEN", "HOW", "VERSION", "KEPT", "TOOK", "FILES", "SIZE", "PROBLEM"}};
    for (const auto& record : std::views::reverse(past.history))
        rows.push_back(
            {local_minute(record.when.time_since_epoch()), record.how,
             record.version ? formatted("{}", *record.version) : "-",
             record.version && std::ranges::contains(past.kept, *record.version) ? "yes" : "-",
             duration_of(record), formatted("{}", record.size.files), human_bytes(record.size.bytes),
             record.problem});
    return format_table(rows);
}

} // namespace left4me
