#include "console/terminal_report.hpp"
#include "host/host.hpp"
#include "model/layer_ref.hpp"
#include "programs/programs.hpp"
#include "programs/service_user_act.hpp"
#include "programs/workshop_table.hpp"
#include "programs/workshop_text.hpp"
#include "steam/workshop_api.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "verbs/workshop_verbs.hpp"

namespace left4me {
namespace {

/// One; of refresh and list perhaps none: all.
Result<std::vector<LayerRef>> layers_of(const Arguments& arguments)
{
    std::vector<LayerRef> layers;
    if (!arguments.has("REF"))
        return layers;
    return LayerRef::parse(arguments.text("REF")).transform([&](LayerRef ref) {
        layers.push_back(std::move(ref));
        return std::move(layers);
    });
}

Result<std::vector<WorkshopId>> items_of(const Arguments& arguments)
{
    std::vector<WorkshopId> items;
    for (const auto& text : arguments.texts("ITEM")) {
        const auto id = WorkshopId::parse(text);
        if (!id)
            return std::unexpected(id.error());
        items.push_back(*id);
    }
    return items;
}

/// With a report.
Act with_report(std::function<Result<void>(const Host&, Report&)> verb)
{
    return as_service_user([verb = std::move(verb)](const Host& host) {
        TerminalReport report;
        return verb(host, report).transform([] { return 0; });
    });
}

using ItemVerb = Result<void> (*)(const Host&, const LayerRef&, const std::vector<WorkshopId>&, Report&);

template <ItemVerb verb>
Result<Act> item_act(const Arguments& arguments)
{
    return layers_of(arguments).and_then([&](std::vector<LayerRef> layers) {
        return items_of(arguments).transform([&](std::vector<WorkshopId> items) {
            return with_report([layer = std::move(layers.at(0)),
                                items = std::move(items)](const Host& host, Report& report) {
                return verb(host, layer, items, report);
            });
        });
    });
}

Result<Act> workshop_refresh_act(const Arguments& arguments)
{
    return layers_of(arguments).transform([](std::vector<LayerRef> layers) {
        return with_report([layers = std::move(layers)](const Host& host, Report& report) {
            return workshop_refresh(host, layers, report);
        });
    });
}

Result<int> show_all(const Host& host, bool json)
{
    TerminalReport report;
    return workshop_lists(host, report).transform([&](const Listing<LayerItems>& layers) {
        if (json)
            print(format_workshop_json(layers.items));
        else if (!layers.items.empty() || layers.unread > 0)
            print(join(layers.items, "", format_workshop_text));
        else
            print("No layer has items of the workshop.\n");
        return layers.status();
    });
}

Result<int> show_one(const Host& host, const LayerRef& ref, bool json)
{
    return workshop_list_of(host, ref).transform([&](const LayerItems& layer) {
        print(json ? format_workshop_json(layer) : format_workshop_text(layer));
        return 0;
    });
}

Result<Act> workshop_list_act(const Arguments& arguments)
{
    return layers_of(arguments).transform([&](std::vector<LayerRef> layers) {
        return as_service_user(
            [layers = std::move(layers), json = arguments.flag("--json")](const Host& host) {
                return layers.empty() ? show_all(host, json) : show_one(host, layers.front(), json);
            });
    });
}

} // namespace

const Program left4me_workshop = {
    .name = "l4d2ctl workshop",
    .help = "Layers with items of Steam's workshop.",
    .groups = {},
    .verbs = workshop_table("", {item_act<workshop_add>, workshop_refresh_act, workshop_list_act,
                                 item_act<workshop_remove>}),
    .speaks_as = "l4d2ctl",
};

} // namespace left4me
