#include "programs/import_words.hpp"

#include "console/terminal_report.hpp"
#include "layer/archive_rules.hpp"
#include "system/format.hpp"
#include "system/shown_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace left4me {
namespace {

constexpr std::uint64_t max_strip = 100;

std::string shown_folder(const LayoutMove& move, const std::string& path)
{
    return escaped(path) + (move.directory ? "/" : "");
}

} // namespace

std::vector<Parameter> import_options()
{
    return {{.name = "--into",
             .help = "Put all of it below this directory of the layer; '.' is the layer's top",
             .value = Value::text,
             .called = "DIR"},
            {.name = "--strip",
             .help = "Take so many folders off the front of each name first",
             .value = Value::number,
             .called = "N",
             .initial = "0",
             .max = max_strip},
            {.name = "--charset",
             .help = "The characters of an archive's names, if they are not UTF-8: CP437, CP1251, GBK",
             .value = Value::text,
             .called = "NAME"},
            {.name = "--plan", .help = "Show where each file would go, and change nothing"},
            {.name = "--json", .help = "Of the plan: as JSON"}};
}

Result<ImportOrder> import_order_of(const Arguments& arguments, std::string name)
{
    ImportOrder order = {.name = std::move(name)};
    order.charset = arguments.text("--charset");
    order.choice.strip = arguments.number("--strip");
    if (arguments.flag("--json") && !arguments.flag("--plan"))
        return fail(ExitStatus::usage, "--json is of --plan alone");
    if (!arguments.has("--into"))
        return order;
    return path_of_entry(arguments.text("--into"))
        .transform([&](std::string path) {
            order.choice.into = std::move(path);
            return order;
        })
        .transform_error([&](const Error&) {
            return Error{ExitStatus::usage,
                         formatted("--into {} is no directory of a layer: it has neither '..' nor a '/' "
                                   "at its begin",
                                   quote(arguments.text("--into")))};
        });
}

std::string format_import_plan(const LayoutPlan& plan)
{
    std::string text = plan.summary() + "\n";
    for (const auto& placement : plan.placements)
        if (!placement.directory)
            text += formatted("{} -> {}\n", escaped(placement.from), escaped(placement.to));
    for (const auto& name : plan.left_out)
        text += formatted("{} is left out\n", escaped(name));
    return text;
}

std::string format_import_plan_json(const LayoutPlan& plan)
{
    auto files = nlohmann::ordered_json::array();
    for (const auto& placement : plan.placements)
        if (!placement.directory)
            files.push_back({{"from", placement.from}, {"to", placement.to}});
    auto moves = nlohmann::ordered_json::array();
    for (const auto& move : plan.moves)
        moves.push_back({{"from", shown_folder(move, move.from)},
                         {"to", shown_folder(move, move.to)},
                         {"files", move.files}});
    const nlohmann::ordered_json all = {{"root", plan.root},         {"moves", std::move(moves)},
                                        {"files", std::move(files)}, {"left_out", plan.left_out},
                                        {"renamed", plan.renamed},   {"bytes", plan.bytes}};
    return escaped_json(all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)) +
           "\n";
}

void print_import_plan(const LayoutPlan& plan, bool json)
{
    print(json ? format_import_plan_json(plan) : format_import_plan(plan));
}

} // namespace left4me
