#include "programs/left4me_workshop.hpp"

#include "console/command_line.hpp"
#include "console/terminal_report.hpp"
#include "host/host.hpp"
#include "host/privilege_drop.hpp"
#include "programs/json_text.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"
#include "verbs/workshop_verbs.hpp"

#include <format>

namespace left4me {
namespace {

std::string to_text(const LayerItems& layer)
{
    std::string text = layer.ref.str() + "\n";
    for (const auto& collection : layer.list.collections)
        text +=
            std::format("  collection {:<12} {} items\n", collection.id.str(), collection.items.size());
    constexpr double mebi = 1024.0 * 1024.0;
    for (const auto& item : layer.list.items)
        text += std::format("  {:<12} {:>8.1f} MiB  {}{}\n", item.id.str(),
                            static_cast<double>(item.size) / mebi, escaped(item.title),
                            item.dead.empty() ? "" : std::format("  ({})", item.dead));
    return text;
}

Result<void> list(const Host& host, const WorkshopRequest& request)
{
    return workshop_list(host, request.layers).transform([&](const std::vector<LayerItems>& layers) {
        if (request.json && !request.layers.empty())
            print(format_workshop_json(layers.at(0)));
        else if (request.json)
            print(format_workshop_json(layers));
        else
            print(layers.empty() ? "No layer has anything from the workshop.\n"
                                 : join(layers, "", to_text));
    });
}

Result<void> act(const Host& host, const WorkshopRequest& request)
{
    TerminalReport report;
    switch (request.verb) {
    case WorkshopVerb::add:
        return workshop_add(host, request.layers.at(0), request.items, report);
    case WorkshopVerb::refresh:
        return workshop_refresh(host, request.layers, report);
    case WorkshopVerb::list:
        return list(host, request);
    case WorkshopVerb::remove:
        return workshop_remove(host, request.layers.at(0), request.items, report);
    }
    std::unreachable();
}

Result<WorkshopRequest> parse_words(WorkshopVerb verb, const std::string& layer,
                                    const std::vector<std::string>& items, bool json)
{
    WorkshopRequest request{verb, {}, {}, json};
    if (!layer.empty()) {
        auto ref = LayerRef::parse(layer);
        if (!ref)
            return std::unexpected(ref.error());
        request.layers.push_back(std::move(*ref));
    }
    for (const auto& item : items) {
        const auto id = WorkshopId::parse(item);
        if (!id)
            return std::unexpected(id.error());
        request.items.push_back(*id);
    }
    return request;
}

} // namespace

Result<WorkshopRequest> parse_workshop_request(int argc, const char* const* argv)
{
    CLI::App app("Layers with items of Steam's workshop.", "l4d2ctl workshop");
    set_up(app);
    std::string layer;
    std::vector<std::string> items;
    bool json = false;
    const char* layer_help = "The layer's ref, as in a spec";
    auto* add = app.add_subcommand("add", "Give a layer items or collections; makes it if need be");
    auto* refresh = app.add_subcommand("refresh", "Fetch what has changed, of one layer or of all");
    auto* show = app.add_subcommand("list", "Show what layers have");
    auto* remove = app.add_subcommand("remove", "Take items or collections away from a layer");
    for (auto* command : {add, remove}) {
        command->add_option("REF", layer, layer_help)->required();
        command->add_option("ITEM", items, "Number or address of an item or a collection")->required();
    }
    for (auto* command : {refresh, show})
        command->add_option("REF", layer, layer_help);
    show->add_flag("--json", json, "Show it as JSON");
    app.require_subcommand(1);
    if (auto parsed = parse_command_line(app, argc, argv); !parsed)
        return std::unexpected(parsed.error());
    const auto verb = app.got_subcommand(add)       ? WorkshopVerb::add
                      : app.got_subcommand(refresh) ? WorkshopVerb::refresh
                      : app.got_subcommand(show)    ? WorkshopVerb::list
                                                    : WorkshopVerb::remove;
    return parse_words(verb, layer, items, json);
}

Result<int> run_workshop_request(const WorkshopRequest& request)
{
    catch_interruptions();
    return become_service_user().and_then([&] { return act(Host::installed(), request); }).transform([] {
        return 0;
    });
}

} // namespace left4me
