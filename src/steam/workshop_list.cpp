#include "steam/workshop_list.hpp"

#include "layer/content_cache.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <unistd.h>

namespace left4me {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t max_size = 4 * 1024 * 1024;
constexpr std::string_view suffix = ".vpk";

WorkshopId id_of(const ordered_json& json)
{
    const auto id = WorkshopId::parse(json.get<std::string>());
    if (!id)
        throw std::invalid_argument(id.error().message);
    return *id;
}

std::vector<WorkshopId> ids_of(const ordered_json& json)
{
    std::vector<WorkshopId> ids;
    for (const auto& id : json)
        ids.push_back(id_of(id));
    return ids;
}

ordered_json texts_of(const std::vector<WorkshopId>& ids)
{
    ordered_json texts = ordered_json::array();
    for (const auto id : ids)
        texts.push_back(id.str());
    return texts;
}

std::uint64_t number_of(const ordered_json& json)
{
    return json.is_number_unsigned() ? json.get<std::uint64_t>()
                                     : throw std::invalid_argument("a number is expected");
}

bool is_content(const Host& host, std::string_view target)
{
    return !ContentCache::content_of(host, ContentCache::workshop, target).empty();
}

WorkshopList::Collection collection_of(const ordered_json& json)
{
    WorkshopList::Collection collection{id_of(json.at("id")), ids_of(json.at("items")), {}};
    if (const auto contents = json.find("contents"); contents != json.end())
        for (const auto& one : *contents)
            collection.contents.push_back({id_of(one.at("id")), ids_of(one.at("children")), {}});
    return collection;
}

ordered_json json_of(const WorkshopList::Collection& collection)
{
    ordered_json contents = ordered_json::array();
    for (const auto& one : collection.contents)
        contents.push_back({{"id", one.id.str()}, {"children", texts_of(one.children)}});
    return {{"id", collection.id.str()},
            {"items", texts_of(collection.items)},
            {"contents", std::move(contents)}};
}

WorkshopItem item_of(const ordered_json& json)
{
    WorkshopItem item{.id = id_of(json.at("id")),
                      .direct = json.at("direct").get<bool>(),
                      .title = json.at("title").get<std::string>(),
                      .size = number_of(json.at("size")),
                      .updated = number_of(json.at("updated")),
                      .sha256 = json.at("sha256").get<std::string>(),
                      .dead = json.at("dead").get<std::string>()};
    if (!item.sha256.empty() && !ContentCache::is_sum(item.sha256))
        throw std::invalid_argument("'sha256' is none");
    return item;
}

Result<void> put_link(const Host& host, const Directory& addons, const WorkshopItem& item)
{
    const auto name = item.id.str() + std::string(suffix);
    const auto target = ContentCache::path_of(host, ContentCache::workshop, item.sha256);
    if (addons.read_link(name).value_or("") == target)
        return {};
    return addons.remove_file(name).and_then([&] { return addons.make_link(name, target); });
}

Result<void> make_links(const Host& host, const Directory& addons, const WorkshopList& list)
{
    const auto entries = addons.entries();
    if (!entries)
        return std::unexpected(entries.error());
    for (const auto& name : *entries) {
        const bool ours = is_content(host, addons.read_link(name).value_or(""));
        const bool wanted = std::ranges::any_of(list.items, [&](const WorkshopItem& item) {
            return !item.sha256.empty() && item.id.str() + std::string(suffix) == name;
        });
        if (ours && !wanted)
            if (auto removed = addons.remove_file(name); !removed)
                return removed;
    }
    for (const auto& item : list.items)
        if (!item.sha256.empty())
            if (auto put = put_link(host, addons, item); !put)
                return put;
    return addons.sync();
}

} // namespace

std::string format_workshop_list(const WorkshopList& list)
{
    ordered_json collections = ordered_json::array();
    for (const auto& collection : list.collections)
        collections.push_back(json_of(collection));
    ordered_json items = ordered_json::array();
    for (const auto& item : list.items)
        items.push_back({{"id", item.id.str()},
                         {"direct", item.direct},
                         {"title", item.title},
                         {"size", item.size},
                         {"updated", item.updated},
                         {"sha256", item.sha256},
                         {"dead", item.dead}});
    const ordered_json json = {{"collections", std::move(collections)}, {"items", std::move(items)}};
    // A title may be anything, UTF-8 or not.
    return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

Result<WorkshopList> parse_workshop_list(std::string_view text)
{
    try {
        const auto json = ordered_json::parse(text);
        WorkshopList list;
        for (const auto& collection : json.at("collections"))
            list.collections.push_back(collection_of(collection));
        for (const auto& item : json.at("items"))
            list.items.push_back(item_of(item));
        return list;
    } catch (const std::exception& problem) {
        return fail(ExitStatus::bad_data, formatted("{} is no list of workshop items: {}",
                                                    workshop_list_name, escaped(problem.what())));
    }
}

Result<WorkshopList> read_workshop_list(const Directory& layer)
{
    const auto text = layer.read_file(workshop_list_name, max_size);
    if (!text && text.error().status == ExitStatus::not_found)
        return WorkshopList{};
    return text.and_then([](const std::string& json) { return parse_workshop_list(json); });
}

Result<void> write_workshop_list(const Host& host, const Directory& work, const WorkshopList& list)
{
    constexpr mode_t readable = 0755;
    return work.make_path("left4dead2/addons", readable)
        .and_then([&](const Directory& addons) { return make_links(host, addons, list); })
        .and_then(
            [&] { return work.replace_file(workshop_list_name, format_workshop_list(list), 0644); });
}

} // namespace left4me
