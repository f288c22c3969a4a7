// The names in an archive, one a line, a directory's with '/' at its end; before them lines
// "--into=DIR" and "--strip=N".
#include "layer/import_layout.hpp"

#include "layer/archive_rules.hpp"
#include "property.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <ranges>
#include <set>
#include <string>

namespace left4me {
namespace {

constexpr std::string_view into = "--into=";
constexpr std::string_view strip = "--strip=";

struct Input {
    std::vector<LayoutEntry> entries;
    LayoutChoice choice;
};

void take(std::string_view line, Input& input)
{
    if (line.starts_with(into)) {
        if (auto path = path_of_entry(line.substr(into.size())))
            input.choice.into = *path;
        return;
    }
    if (line.starts_with(strip)) {
        input.choice.strip = parse_number<std::uint64_t>(line.substr(strip.size())).value_or(0);
        return;
    }
    if (auto path = path_of_entry(line); path && !path->empty())
        input.entries.push_back({.path = *path, .directory = line.ends_with('/')});
}

bool is_left_out(const LayoutPlan& plan, const std::string& path)
{
    return std::ranges::any_of(plan.left_out, [&](const std::string& name) {
        return name == path || (name.ends_with('/') && path.starts_with(name));
    });
}

void check_placements(const LayoutPlan& plan, std::set<std::string>& placed)
{
    std::set<std::string> taken;
    for (const auto& one : plan.placements) {
        require(path_of_entry(one.to) == one.to, "a file's place is one that an archive may name");
        if (one.directory)
            continue;
        require(taken.insert(one.to).second, "no two files get one place");
        placed.insert(one.from);
    }
    for (const auto& one : plan.placements)
        require(!one.directory || !taken.contains(one.to), "no directory is where a file is");
    require(plan.files == taken.size(), "the plan counts its files");
}

/// What is moved whole goes where each of its files would.
void check_moves(const LayoutPlan& plan, const std::vector<LayoutEntry>& entries)
{
    auto next = plan.placements.begin();
    for (const auto& move : plan.moves) {
        const auto end = next + static_cast<std::ptrdiff_t>(move.placements);
        for (; next != end; ++next)
            require(!move.as_it_is || (next->from.starts_with(move.from) &&
                                       next->to == move.to + next->from.substr(move.from.size())),
                    "what is moved as it is keeps its names");
        if (move.as_it_is)
            for (const auto& entry : entries)
                require(entry.directory || !entry.path.starts_with(move.from + "/") ||
                            !is_left_out(plan, entry.path),
                        "what is moved as it is has nothing that is left out");
    }
    require(next == plan.placements.end(), "each placement is of a move");
}

} // namespace
} // namespace left4me

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace left4me;
    Input input;
    for (const auto line : std::views::split(text_of(data, size), '\n'))
        take(std::string_view(line), input);
    const auto plan = plan_layout(input.entries, input.choice);
    if (!plan) {
        require_refusal(plan.error(), ExitStatus::bad_data);
        return 0;
    }
    std::set<std::string> placed;
    check_placements(*plan, placed);
    check_moves(*plan, input.entries);
    for (const auto& entry : input.entries)
        require(entry.directory || placed.contains(entry.path) != is_left_out(*plan, entry.path),
                "each file is placed or left out");
    require(!plan->summary().contains('\n'), "a summary is one line");
    return 0;
}
