#include "verbs/workshop_verbs.hpp"

#include "host/host_lock.hpp"
#include "host/open_layer.hpp"
#include "model/layer.hpp"
#include "steam/workshop.hpp"
#include "steam/workshop_layer.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace left4me {
namespace {

/// All that a verb needs, with the lock held.
struct WorkshopSession {
    Host host;
    InstanceLock lock;
    Directory state;
    Workshop workshop;
};

Result<WorkshopSession> open_workshop_session(const Host& host, std::string_view doing)
{
    auto lock = InstanceLock::take_workshop(host, doing);
    if (!lock)
        return std::unexpected(lock.error());
    auto state = host.open_state();
    if (!state)
        return std::unexpected(state.error());
    auto cache = WorkshopCache::open(host);
    if (!cache)
        return std::unexpected(cache.error());
    return host.settings().transform([&](const HostSettings& settings) {
        return WorkshopSession{host, std::move(*lock), std::move(*state),
                               Workshop(settings.workshop_api, std::move(*cache))};
    });
}

Result<WorkshopList> read_list(const Directory& state, const LayerRef& ref)
{
    return open_layer(state, Layer::overlay(ref)).and_then(read_workshop_list);
}

/// A failure names the layer.
Result<WorkshopList> read_named_list(const Directory& state, const LayerRef& ref)
{
    return read_list(state, ref).transform_error([&](Error error) {
        if (!error.message.contains(quote(ref.str())))
            error.message = formatted("layer {}: {}", quote(ref.str()), error.message);
        return error;
    });
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

/// The layer is published by then: what cannot be removed now is for the next time.
void clear_cache(WorkshopSession& session, const LayerRef& ref, Report& report)
{
    const auto freed = session.workshop.cache().prune();
    if (!freed)
        report.warning(
            formatted("{}: nothing was removed from the cache: {}", ref.str(), freed.error().message));
    else if (*freed > 0)
        report.step(formatted("{}: {} that no layer uses were removed from the cache", ref.str(),
                              human_bytes(*freed)));
}

/// The list that is wanted, and the layer made so if it is not.
Result<void> apply(WorkshopSession& session, const LayerRef& ref, const WorkshopList& before,
                   const WorkshopList& list, Report& report)
{
    const bool changed = format_workshop_list(before) != format_workshop_list(list);
    if (!changed) {
        report.step(formatted("{}: nothing has changed", ref.str()));
        return {};
    }
    const auto write = [&](const Directory& work) {
        return read_workshop_list(work).and_then([&](const WorkshopList& present) -> Result<void> {
            if (format_workshop_list(present) == format_workshop_list(before))
                return write_workshop_list(session.host, work, list);
            // By a rollback, perhaps: only the layer's lock is held by whoever does that.
            return fail(ExitStatus::busy, formatted("the items of layer {} were changed meanwhile: "
                                                    "run the command again",
                                                    quote(ref.str())));
        });
    };
    return change_layer(session.host, ref, write).transform([&] {
        report.step(formatted("{}: published", ref.str()));
        clear_cache(session, ref, report);
    });
}

void report_untold(const WorkshopWalk& walk, const LayerRef& ref, Report& report)
{
    for (const auto id : walk.untold)
        report.warning(formatted("{}: Steam does not tell what is in collection {}{}; what it had stays",
                                 ref.str(), id.str(),
                                 id == walk.now.id ? "" : " (of " + walk.now.id.str() + ")"));
}

/// Asks for a collection anew.
Result<void> follow(WorkshopSession& session, WorkshopList::Collection& collection, const LayerRef& ref,
                    Report& report)
{
    return session.workshop.walk(collection).transform([&](WorkshopWalk walk) {
        report_untold(walk, ref, report);
        collection = std::move(walk.now);
    });
}

/// As a collection where Steam tells items of it, and else as an item.
Result<void> add_one(WorkshopSession& session, const LayerRef& ref, WorkshopList& list, WorkshopId id,
                     Report& report)
{
    const auto known = std::ranges::find(list.collections, id, &WorkshopList::Collection::id);
    if (known != list.collections.end())
        return follow(session, *known, ref, report);
    return session.workshop.walk({id, {}, {}}).transform([&](WorkshopWalk walk) {
        if (!std::ranges::contains(walk.untold, id)) {
            report_untold(walk, ref, report);
            list.collections.push_back(std::move(walk.now));
            return;
        }
        const auto item = std::ranges::find(list.items, id, &WorkshopItem::id);
        if (item != list.items.end())
            item->direct = true;
        else
            list.items.push_back({.id = id, .direct = true, .title = {}, .sha256 = {}, .dead = {}});
    });
}

/// Those that were asked for by themselves and have no file: the list keeps none of them.
std::set<WorkshopId> drop_failed(WorkshopList& list, const std::vector<WorkshopId>& asked)
{
    std::set<WorkshopId> failed;
    for (auto& item : list.items)
        if (item.direct && item.sha256.empty() && std::ranges::contains(asked, item.id)) {
            failed.insert(item.id);
            item.direct = false;
        }
    fit_items(list);
    return failed;
}

Result<void> refresh_one(WorkshopSession& session, const LayerRef& ref, Report& report)
{
    const auto before = read_list(session.state, ref);
    if (!before)
        return std::unexpected(before.error());
    auto list = *before;
    for (auto& collection : list.collections)
        if (auto followed = follow(session, collection, ref, report); !followed)
            return followed;
    fit_items(list);
    return session.workshop.bring_all(list, report).and_then([&](const std::optional<Error>& failed) {
        return apply(session, ref, *before, list, report).and_then([&] -> Result<void> {
            return failed ? std::unexpected(*failed) : Result<void>{};
        });
    });
}

} // namespace

Result<void> workshop_add(const Host& host, const LayerRef& ref, const std::vector<WorkshopId>& ids,
                          Report& report)
{
    auto session = open_workshop_session(host, formatted("workshop add {}", ref.str()));
    if (!session)
        return std::unexpected(session.error());
    auto before = read_named_list(session->state, ref);
    if (!before && before.error().status == ExitStatus::not_found)
        before = WorkshopList{};
    if (!before)
        return std::unexpected(before.error());
    auto list = *before;
    for (const auto id : ids)
        if (auto added = add_one(*session, ref, list, id, report); !added)
            return added;
    fit_items(list);
    const auto problem = session->workshop.bring_all(list, report);
    if (!problem)
        return std::unexpected(problem.error());
    const auto failed = drop_failed(list, ids);
    return apply(*session, ref, *before, list, report).and_then([&] -> Result<void> {
        if (failed.empty())
            return *problem ? std::unexpected(**problem) : Result<void>{};
        return fail(*problem ? (*problem)->status : ExitStatus::not_found,
                    formatted("not added to layer {}: {}", quote(ref.str()),
                              join(failed, ", ", &WorkshopId::str)));
    });
}

Result<void> workshop_refresh(const Host& host, const std::vector<LayerRef>& refs, Report& report)
{
    auto session = open_workshop_session(host, "workshop refresh");
    if (!session)
        return std::unexpected(session.error());
    const auto layers = refs.empty() ? workshop_layers(host) : Result<std::vector<LayerRef>>(refs);
    if (!layers)
        return std::unexpected(layers.error());
    Result<void> first;
    for (const auto& ref : *layers) {
        auto refreshed = refresh_one(*session, ref, report);
        if (!refreshed && refreshed.error().status == ExitStatus::cancelled)
            return refreshed;
        if (!refreshed) {
            report.warning(formatted("{}: {}", ref.str(), refreshed.error().message));
            if (first)
                first = fail(refreshed.error().status, "not all layers are up to date");
        }
    }
    return first;
}

Result<void> workshop_remove(const Host& host, const LayerRef& ref, const std::vector<WorkshopId>& ids,
                             Report& report)
{
    auto session = open_workshop_session(host, formatted("workshop remove {}", ref.str()));
    if (!session)
        return std::unexpected(session.error());
    const auto before = read_named_list(session->state, ref);
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
                        formatted("layer {} has no item {}", quote(ref.str()), id.str()));
    }
    for (const auto& collection : list.collections)
        for (const auto id : ids)
            if (std::ranges::contains(collection.items, id))
                return fail(ExitStatus::bad_data,
                            formatted("item {} belongs to collection {}, which would bring it back: "
                                      "remove the collection",
                                      id.str(), collection.id.str()));
    fit_items(list);
    return apply(*session, ref, *before, list, report);
}

Result<LayerItems> workshop_list_of(const Host& host, const LayerRef& ref)
{
    return host.open_state()
        .and_then([&](const Directory& state) { return read_named_list(state, ref); })
        .transform([&](WorkshopList list) { return LayerItems{ref, std::move(list)}; });
}

Result<Listing<LayerItems>> workshop_lists(const Host& host, Report& report)
{
    const auto layers = workshop_layers(host);
    const auto state = host.open_state();
    if (!layers || !state)
        return std::unexpected(!layers ? layers.error() : state.error());
    Listing<LayerItems> all;
    for (const auto& ref : *layers)
        all.add(ref.str(), read_list(*state, ref).transform([&](WorkshopList list) {
            return LayerItems{ref, std::move(list)};
        }),
                report);
    return all;
}

} // namespace left4me
