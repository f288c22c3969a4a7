#include "steam/workshop.hpp"

#include "host/host_lock.hpp"
#include "host/host_settings.hpp"
#include "host/places.hpp"
#include "model/layer.hpp"
#include "steam/workshop_cache.hpp"
#include "steam/workshop_layer.hpp"
#include "system/interruption.hpp"

#include <algorithm>
#include <format>
#include <iterator>
#include <map>
#include <optional>
#include <set>

namespace left4me {
namespace {

constexpr std::size_t asked_at_once = 100;
constexpr std::size_t largest_answer = 16 * 1024 * 1024;
constexpr std::size_t most_items = 5000; // of a layer
constexpr int deepest_collection = 8;

/// Steam's API, as far as the workshop needs it.
class Workshop {
public:
    explicit Workshop(const std::string& base)
        : base_(base), safety_(base.starts_with("http://") ? HttpSafety::plain : HttpSafety::certified),
          web_(safety_)
    {
    }

    Result<std::vector<WorkshopDetails>> details(const std::vector<WorkshopId>& ids)
    {
        return ask<WorkshopDetails>("GetPublishedFileDetails", ids, details_form, parse_details);
    }

    Result<std::vector<WorkshopCollection>> collections(const std::vector<WorkshopId>& ids)
    {
        return ask<WorkshopCollection>("GetCollectionDetails", ids, collections_form, parse_collections);
    }

    /// All items of a collection and of those in it. none: it is no collection (now).
    Result<std::optional<std::vector<WorkshopId>>> items_of(WorkshopId id)
    {
        std::set<WorkshopId> items;
        std::set<WorkshopId> seen = {id};
        std::vector<WorkshopId> asked = {id};
        for (int depth = 0; depth < deepest_collection && !asked.empty(); ++depth) {
            const auto answers = collections(asked);
            if (!answers)
                return std::unexpected(answers.error());
            asked.clear();
            for (const auto& answer : *answers) {
                if (!answer.is_collection)
                    continue;
                items.erase(answer.id);
                for (const auto child : answer.children)
                    if (seen.insert(child).second) {
                        items.insert(child);
                        asked.push_back(child);
                    }
            }
            if (depth == 0 && std::ranges::none_of(*answers, &WorkshopCollection::is_collection))
                return std::nullopt;
            if (seen.size() > most_items)
                return fail(ExitStatus::bad_data,
                            std::format("collection {} has more than {} items", id.str(), most_items));
        }
        return std::vector<WorkshopId>(items.begin(), items.end());
    }

    HttpClient& web() { return web_; }
    [[nodiscard]] HttpSafety safety() const { return safety_; }

private:
    template <class Row, class Form, class Parse>
    Result<std::vector<Row>> ask(std::string_view what, const std::vector<WorkshopId>& ids, Form form,
                                 Parse parse)
    {
        std::vector<Row> all;
        for (std::size_t begin = 0; begin < ids.size(); begin += asked_at_once) {
            const auto end = std::min(begin + asked_at_once, ids.size());
            const std::vector<WorkshopId> some(ids.begin() + static_cast<std::ptrdiff_t>(begin),
                                               ids.begin() + static_cast<std::ptrdiff_t>(end));
            auto rows = web_.post(std::format("{}/ISteamRemoteStorage/{}/v1/", base_, what), form(some),
                                  largest_answer)
                            .and_then([&](const std::string& text) { return parse(text, some); });
            if (!rows)
                return std::unexpected(rows.error());
            std::ranges::move(*rows, std::back_inserter(all));
        }
        return all;
    }

    std::string base_;
    HttpSafety safety_;
    HttpClient web_;
};

/// All that a verb needs, with the lock held.
struct Session {
    InstanceLock lock;
    Directory state;
    WorkshopCache cache;
    Workshop workshop;
};

Result<Session> open_session(std::string_view doing)
{
    auto lock = InstanceLock::take_workshop(doing);
    if (!lock)
        return std::unexpected(lock.error());
    auto state = Directory::open(path::state);
    if (!state)
        return std::unexpected(state.error());
    auto cache = WorkshopCache::open();
    if (!cache)
        return std::unexpected(cache.error());
    return load_host_settings().transform([&](const HostSettings& settings) {
        return Session{std::move(*lock), std::move(*state), std::move(*cache),
                       Workshop(settings.workshop_api)};
    });
}

Result<WorkshopList> read_list(const Directory& state, const LayerRef& ref)
{
    return state.subdirectory(Layer::overlay(ref).path()).and_then(read_workshop_list);
}

std::string name_of(const WorkshopItem& item)
{
    return item.title.empty() ? "item " + item.id.str()
                              : std::format("item {} {}", item.id.str(), quote(item.title));
}

std::set<WorkshopId> wanted_by(const WorkshopList& list)
{
    std::set<WorkshopId> wanted;
    for (const auto& item : list.items)
        if (item.direct)
            wanted.insert(item.id);
    for (const auto& collection : list.collections)
        wanted.insert(collection.items.begin(), collection.items.end());
    return wanted;
}

/// Items are those that are asked for directly or by a collection.
void fit_items(WorkshopList& list)
{
    const auto wanted = wanted_by(list);
    std::erase_if(list.items, [&](const WorkshopItem& item) { return !wanted.contains(item.id); });
    for (const auto id : wanted)
        if (!std::ranges::contains(list.items, id, &WorkshopItem::id))
            list.items.push_back({.id = id, .direct = false, .title = {}, .sha256 = {}, .dead = {}});
    std::ranges::sort(list.items, {}, &WorkshopItem::id);
}

/// Takes one item's file, unless the layer has that very version.
Result<void> bring(Session& session, WorkshopItem& item, const WorkshopDetails& details,
                   const WorkshopReport& report)
{
    if (item.updated == details.updated && session.cache.has(item.sha256, details.size)) {
        item.title = details.title;
        return {};
    }
    const auto title = "item " + item.id.str();
    return session.cache
        .fetch(session.workshop.web(), details, session.workshop.safety(),
               [&](std::uint64_t done) { report.progress(title, done, details.size); })
        .transform([&](const std::string& sha256) {
            item.title = details.title;
            item.size = details.size;
            item.updated = details.updated;
            item.sha256 = sha256;
            report.step(std::format("{}: fetched, {} bytes", name_of(item), item.size));
        });
}

/// Brings all items up to date. The first that failed is the Error, after all.
Result<std::optional<Error>> bring_all(Session& session, WorkshopList& list,
                                       const WorkshopReport& report)
{
    std::vector<WorkshopId> ids;
    for (const auto& item : list.items)
        ids.push_back(item.id);
    const auto details = session.workshop.details(ids);
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
            report.warning(
                std::format("{}: {}; {}", name_of(item), item.dead,
                            item.sha256.empty() ? "there is no file of it" : "its file stays"));
            continue;
        }
        auto brought = bring(session, item, about, report);
        if (!brought && brought.error().status == ExitStatus::cancelled)
            return std::unexpected(brought.error());
        if (!brought) {
            report.warning(std::format("{}: {}", name_of(item), brought.error().message));
            if (!first)
                first = {brought.error().status, "not all items could be fetched"};
        }
    }
    return first;
}

/// The list that is wanted, and the layer made so if it is not.
Result<void> apply(Session& session, const LayerRef& ref, const WorkshopList& before,
                   const WorkshopList& list, const WorkshopReport& report)
{
    const bool changed = format_workshop_list(before) != format_workshop_list(list);
    if (!changed) {
        report.step(std::format("{}: nothing new", ref.str()));
        return {};
    }
    const auto write = [&](const Directory& work) {
        return read_workshop_list(work).and_then([&](const WorkshopList& present) -> Result<void> {
            if (format_workshop_list(present) == format_workshop_list(before))
                return write_workshop_list(work, list);
            // By a rollback, perhaps: only the layer's lock is held by whoever does that.
            return fail(ExitStatus::busy, std::format("the items of layer {} were changed meanwhile: "
                                                      "run it again",
                                                      quote(ref.str())));
        });
    };
    return change_layer(ref, write)
        .and_then([&] { return session.cache.prune(); })
        .transform([&](std::uint64_t freed) {
            report.step(freed == 0
                            ? std::format("{}: published", ref.str())
                            : std::format("{}: published; {} bytes of the cache were of no use any more",
                                          ref.str(), freed));
        });
}

Result<void> bring_and_apply(Session& session, const LayerRef& ref, const WorkshopList& before,
                             WorkshopList list, const WorkshopReport& report)
{
    fit_items(list);
    const auto failed = bring_all(session, list, report);
    if (!failed)
        return std::unexpected(failed.error());
    return apply(session, ref, before, list, report).and_then([&] -> Result<void> {
        return *failed ? std::unexpected(**failed) : Result<void>{};
    });
}

Result<void> add_one(Session& session, WorkshopList& list, WorkshopId id)
{
    return session.workshop.items_of(id).transform([&](const auto& items) {
        if (items) {
            std::erase_if(list.collections, [&](const auto& known) { return known.id == id; });
            list.collections.push_back({id, *items});
            return;
        }
        const auto known = std::ranges::find(list.items, id, &WorkshopItem::id);
        if (known != list.items.end())
            known->direct = true;
        else
            list.items.push_back({.id = id, .direct = true, .title = {}, .sha256 = {}, .dead = {}});
    });
}

Result<void> refresh_one(Session& session, const LayerRef& ref, const WorkshopReport& report)
{
    const auto before = read_list(session.state, ref);
    if (!before)
        return std::unexpected(before.error());
    auto list = *before;
    for (auto& collection : list.collections) {
        const auto items = session.workshop.items_of(collection.id);
        if (!items)
            return std::unexpected(items.error());
        if (*items)
            collection.items = **items;
        else
            report.warning(std::format("{}: collection {} is no more; its items stay", ref.str(),
                                       collection.id.str()));
    }
    return bring_and_apply(session, ref, *before, std::move(list), report);
}

/// An item that was asked for by itself, and is neither there nor to be had.
Result<void> refuse_unknown(Session& session, const WorkshopList& list,
                            const std::vector<WorkshopId>& asked)
{
    std::vector<WorkshopId> fresh;
    for (const auto& item : list.items)
        if (item.direct && item.sha256.empty() && std::ranges::contains(asked, item.id))
            fresh.push_back(item.id);
    return session.workshop.details(fresh).and_then([](const auto& details) -> Result<void> {
        for (const auto& one : details)
            if (!one.dead.empty())
                return fail(ExitStatus::not_found, std::format("item {}: {}", one.id.str(), one.dead));
        return {};
    });
}

} // namespace

Result<void> workshop_add(const LayerRef& ref, const std::vector<WorkshopId>& ids,
                          const WorkshopReport& report)
{
    auto session = open_session(std::format("workshop add {}", ref.str()));
    if (!session)
        return std::unexpected(session.error());
    auto before = read_list(session->state, ref);
    if (!before && before.error().status == ExitStatus::not_found)
        before = WorkshopList{};
    if (!before)
        return std::unexpected(before.error());
    auto list = *before;
    for (const auto id : ids)
        if (auto added = add_one(*session, list, id); !added)
            return added;
    return refuse_unknown(*session, list, ids).and_then([&] {
        return bring_and_apply(*session, ref, *before, std::move(list), report);
    });
}

Result<void> workshop_refresh(const std::vector<LayerRef>& refs, const WorkshopReport& report)
{
    auto session = open_session("workshop refresh");
    if (!session)
        return std::unexpected(session.error());
    const auto layers = refs.empty() ? workshop_layers() : Result<std::vector<LayerRef>>(refs);
    if (!layers)
        return std::unexpected(layers.error());
    Result<void> first;
    for (const auto& ref : *layers) {
        auto refreshed = refresh_one(*session, ref, report);
        if (!refreshed && refreshed.error().status == ExitStatus::cancelled)
            return refreshed;
        if (!refreshed) {
            report.warning(std::format("{}: {}", ref.str(), refreshed.error().message));
            if (first)
                first = fail(refreshed.error().status, "not all layers are up to date");
        }
    }
    return first;
}

Result<void> workshop_remove(const LayerRef& ref, const std::vector<WorkshopId>& ids,
                             const WorkshopReport& report)
{
    auto session = open_session(std::format("workshop remove {}", ref.str()));
    if (!session)
        return std::unexpected(session.error());
    const auto before = read_list(session->state, ref);
    if (!before)
        return std::unexpected(before.error());
    auto list = *before;
    for (const auto id : ids) {
        const auto collections =
            std::erase_if(list.collections, [&](const auto& one) { return one.id == id; });
        const auto items =
            std::erase_if(list.items, [&](const auto& one) { return one.id == id && one.direct; });
        if (collections + items == 0 && !wanted_by(list).contains(id))
            return fail(ExitStatus::not_found,
                        std::format("layer {} has no item {}", quote(ref.str()), id.str()));
    }
    for (const auto& collection : list.collections)
        for (const auto id : ids)
            if (std::ranges::contains(collection.items, id))
                return fail(ExitStatus::bad_data,
                            std::format("item {} comes from collection {}: remove that", id.str(),
                                        collection.id.str()));
    fit_items(list);
    return apply(*session, ref, *before, list, report);
}

Result<WorkshopList> workshop_list_of(const LayerRef& ref)
{
    return Directory::open(path::state).and_then([&](const Directory& state) {
        return read_list(state, ref);
    });
}

} // namespace left4me
