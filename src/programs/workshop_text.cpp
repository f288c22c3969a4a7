#include "programs/workshop_text.hpp"

#include "console/text_table.hpp"
#include "programs/json_text.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <nlohmann/json.hpp>

namespace left4me {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const LayerItems& layer)
{
    ordered_json json = {{"layer", layer.ref.str()}};
    const auto list = ordered_json::parse(format_workshop_list(layer.list));
    json.update(list);
    return json;
}

} // namespace

std::string format_workshop_text(const LayerItems& layer)
{
    std::vector<std::vector<std::string>> rows;
    for (const auto& collection : layer.list.collections)
        rows.push_back(
            {"", collection.id.str(), "", formatted("collection of {} items", collection.items.size())});
    for (const auto& item : layer.list.items)
        rows.push_back({"", item.id.str(), human_bytes(item.size),
                        item.title + (item.dead.empty() ? "" : formatted(" ({})", item.dead))});
    return layer.ref.str() + '\n' + format_table(std::move(rows));
}

std::string format_workshop_json(const LayerItems& layer)
{
    return json_answer(to_json(layer));
}

std::string format_workshop_json(const std::vector<LayerItems>& layers)
{
    ordered_json all = ordered_json::array();
    for (const auto& layer : layers)
        all.push_back(to_json(layer));
    return json_answer(all);
}

} // namespace left4me
