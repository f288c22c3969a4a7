#include "steam/workshop.hpp"

#include "system/format.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace left4me {
namespace {

constexpr std::size_t asked_at_once = 100;
constexpr std::size_t max_answer_size = 16 * 1024 * 1024;

std::string name_of(const WorkshopItem& item)
{
    return item.title.empty() ? "item " + item.id.str()
                              : formatted("item {} {}", item.id.str(), quote(item.title));
}

} // namespace

Workshop::Workshop(const std::string& base, WorkshopCache cache)
    : base_(base), safety_(base.starts_with("http://") ? HttpSafety::plain : HttpSafety::certified),
      web_(safety_), cache_(std::move(cache))
{
}

template <class Row, class Form, class Parse>
Result<std::vector<Row>> Workshop::ask(std::string_view what, const std::vector<WorkshopId>& ids,
                                       Form form, Parse parse)
{
    std::vector<Row> all;
    for (std::size_t begin = 0; begin < ids.size(); begin += asked_at_once) {
        const auto end = std::min(begin + asked_at_once, ids.size());
        const std::vector<WorkshopId> some(ids.begin() + static_cast<std::ptrdiff_t>(begin),
                                           ids.begin() + static_cast<std::ptrdiff_t>(end));
        auto rows = web_.post(formatted("{}/ISteamRemoteStorage/{}/v1/", base_, what), form(some),
                              max_answer_size)
                        .and_then([&](const std::string& text) { return parse(text, some); });
        if (!rows)
            return std::unexpected(rows.error());
        std::ranges::move(*rows, std::back_inserter(all));
    }
    return all;
}

Result<std::vector<WorkshopDetails>> Workshop::details(const std::vector<WorkshopId>& ids)
{
    return ask<WorkshopDetails>("GetPublishedFileDetails", ids, details_form, parse_details);
}

Result<std::vector<WorkshopCollection>> Workshop::collections(const std::vector<WorkshopId>& ids)
{
    return ask<WorkshopCollection>("GetCollectionDetails", ids, collections_form, parse_collections);
}

Result<WorkshopWalk> Workshop::walk(const WorkshopList::Collection& before)
{
    return walk_collection(before,
                           [this](const std::vector<WorkshopId>& ids) { return collections(ids); });
}

/// Takes one item's file, unless the layer has that very version.
Result<void> Workshop::bring(WorkshopItem& item, const WorkshopDetails& details, Report& report)
{
    if (item.updated == details.updated && cache_.has(item.sha256, details.size)) {
        item.title = details.title;
        return {};
    }
    const auto title = "item " + item.id.str();
    return cache_.fetch(web_, details, safety_, Phase(report, title, details.size))
        .transform([&](const std::string& sha256) {
            item.title = details.title;
            item.size = details.size;
            item.updated = details.updated;
            item.sha256 = sha256;
            report.step(formatted("{}: fetched, {} bytes", name_of(item), item.size));
        });
}

Result<std::optional<Error>> Workshop::bring_all(WorkshopList& list, Report& report)
{
    std::vector<WorkshopId> ids;
    for (const auto& item : list.items)
        ids.push_back(item.id);
    const auto details = Workshop::details(ids);
    if (!details)
        return std::unexpected(details.error());
    std::map<WorkshopId, const WorkshopDetails*> by_id;
    for (const auto& one : *details)
        by_id.emplace(one.id, &one);
    std::optional<Error> first;
    for (auto& item : list.items) {
        const auto& about = *by_id.at(item.id);
        item.dead = about.dead;
        if (!item.dead.empty()) {
            report.warning(formatted("{}: {}; {}", name_of(item), item.dead,
                                     item.sha256.empty() ? "there is no file of it" : "its file stays"));
            continue;
        }
        auto brought = bring(item, about, report);
        if (!brought && brought.error().status == ExitStatus::cancelled)
            return std::unexpected(brought.error());
        if (!brought) {
            report.warning(formatted("{}: {}", name_of(item), brought.error().message));
            if (!first)
                first = {brought.error().status, "not all items could be fetched"};
        }
    }
    return first;
}

} // namespace left4me
