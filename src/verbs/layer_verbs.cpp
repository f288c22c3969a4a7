#include "verbs/layer_verbs.hpp"

#include "host/layer_version.hpp"
#include "layer/content_cache.hpp"
#include "layer/layer_store.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/tree_measurement.hpp"

namespace left4me {
namespace {

constexpr std::string_view copying = "copying"; // the phase

/// Of use to nobody any more, now or from before; what cannot be removed now is for the
/// next time.
void prune_downloads(const Host& host)
{
    if (const auto cache = ContentCache::open(host, ContentCache::downloads))
        (void)cache->prune();
}

/// All daily ones, or those named, which must be.
Result<std::vector<LayerRef>> daily_layers(const std::vector<LayerRef>& named, const LayerStore& layers)
{
    const auto candidates = named.empty() ? layers.refs() : Result<std::vector<LayerRef>>(named);
    if (!candidates)
        return std::unexpected(candidates.error());
    std::vector<LayerRef> daily;
    for (const auto& ref : *candidates) {
        const auto there = layers.is_daily(ref);
        if (!there)
            return std::unexpected(there.error());
        if (*there)
            daily.push_back(ref);
        else if (!named.empty())
            return fail(
                ExitStatus::not_found,
                formatted("layer {} is not a daily layer; to make it one: l4d2ctl overlay build {} -f "
                          "SCRIPT --daily",
                          quote(ref.str()), ref.str()));
    }
    return daily;
}

/// Whether the layer is up to date now. The Error is of Ctrl-C alone: what else is wrong
/// with one layer is for the report.
Result<bool> rebuild_one(const Host& host, const LayerRef& ref, Report& report)
{
    SubjectReport of_layer(report, ref.str());
    const auto status = rebuild_daily_layer(host, ref, of_layer);
    if (!status && status.error().status == ExitStatus::cancelled)
        return std::unexpected(status.error());
    if (!status && !status.error().message.empty())
        of_layer.warning(status.error().message);
    return status && *status == 0;
}

Result<LayerOutline> outline(const LayerRef& ref, const LayerStore& layers)
{
    return layers.layer(ref).and_then([&](const Directory& tree) {
        return layers.is_daily(ref).transform([&](bool daily) {
            const auto history = layers.history(ref);
            return LayerOutline{.ref = ref,
                                .version = read_layer_version(tree).value_or(1),
                                .daily = daily,
                                .last = history.empty() ? std::nullopt : std::optional(history.back())};
        });
    });
}

/// An older version that is kept: the one named, or the newest.
Result<std::uint64_t> choose_version(const LayerRef& ref, std::optional<std::uint64_t> version,
                                     const LayerStore& layers)
{
    const auto kept = layers.layer(ref).and_then([&](const Directory&) { return layers.versions(ref); });
    if (!kept)
        return std::unexpected(kept.error());
    if (version)
        return *version;
    if (kept->empty())
        return fail(ExitStatus::not_found,
                    formatted("no older version of layer {} is kept", quote(ref.str())));
    return kept->back();
}

} // namespace

Result<Listing<LayerState>> list_layers(const Host& host, Report& report)
{
    const auto layers = LayerStore::open(host);
    const auto refs = layers.and_then([](const LayerStore& store) { return store.refs(); });
    if (!refs)
        return std::unexpected(refs.error());
    Listing<LayerState> all;
    for (const auto& ref : *refs)
        all.add(ref.str(), read_layer_state(ref, *layers), report);
    return all;
}

Result<Listing<LayerOutline>> outline_layers(const Host& host, Report& report)
{
    const auto layers = LayerStore::open(host);
    const auto refs = layers.and_then([](const LayerStore& store) { return store.refs(); });
    if (!refs)
        return std::unexpected(refs.error());
    Listing<LayerOutline> all;
    for (const auto& ref : *refs)
        all.add(ref.str(), outline(ref, *layers), report);
    return all;
}

Result<LayerState> show_layer(const Host& host, const LayerRef& ref)
{
    return LayerStore::open(host).and_then(
        [&](const LayerStore& layers) { return read_layer_state(ref, layers); });
}

Result<std::uint64_t> create_layer(const Host& host, const LayerRef& ref)
{
    return LayerStore::open(host)
        .and_then([&](const LayerStore& layers) { return layers.begin_new(ref, "create"); })
        .and_then([](LayerChange change) { return change.publish(); });
}

Result<int> change_by_script(const Host& host, const BuildOrder& order, Report& report)
{
    return build_layer(host, order, report).transform([&](int status) {
        if (order.daily)
            prune_downloads(host);
        return status;
    });
}

Result<void> rebuild_daily_layers(const Host& host, const std::vector<LayerRef>& refs, Report& report)
{
    const auto daily = LayerStore::open(host).and_then(
        [&](const LayerStore& layers) { return daily_layers(refs, layers); });
    if (!daily)
        return std::unexpected(daily.error());
    if (daily->empty())
        report.step("There is no daily layer. To make one: l4d2ctl overlay build REF -f SCRIPT --daily");
    std::size_t failed = 0;
    for (const auto& ref : *daily) {
        const auto done = rebuild_one(host, ref, report);
        if (!done)
            return std::unexpected(done.error());
        failed += *done ? 0 : 1;
    }
    prune_downloads(host);
    if (failed > 0)
        return fail(ExitStatus::bad_data,
                    formatted("{} of {} daily layers could not be rebuilt", failed, daily->size()));
    return {};
}

Result<void> forget_daily(const Host& host, const LayerRef& ref)
{
    return LayerStore::open(host).and_then([&](const LayerStore& layers) {
        return layers.layer(ref).and_then([&](const Directory&) { return layers.forget_daily(ref); });
    });
}

Result<void> delete_layer(const Host& host, const LayerRef& ref)
{
    const auto layers = LayerStore::open(host);
    const auto users = layers.and_then([&](const LayerStore& store) {
        return store.require_left(ref).and_then([&] { return users_of(ref, store); });
    });
    if (!users)
        return std::unexpected(users.error());
    if (!users->empty())
        return fail(
            ExitStatus::busy,
            formatted(
                "layer {} is used by {}: first take it out of their specs, or delete these servers",
                quote(ref.str()),
                join(*users, ", ", [](const LayerUser& user) { return user.server.str(); })));
    return layers->remove(ref).transform([&] { prune_downloads(host); });
}

Result<LayerPast> layer_past(const Host& host, const LayerRef& ref)
{
    return LayerStore::open(host).and_then([&](const LayerStore& layers) {
        return layers.layer(ref)
            .and_then([&](const Directory&) { return layers.versions(ref); })
            .transform([&](std::vector<std::uint64_t> kept) {
                return LayerPast{layers.history(ref), std::move(kept)};
            });
    });
}

Result<std::uint64_t> roll_back_layer(const Host& host, const LayerRef& ref,
                                      std::optional<std::uint64_t> version, Report& report)
{
    const auto layers = LayerStore::open(host);
    const auto number =
        layers.and_then([&](const LayerStore& store) { return choose_version(ref, version, store); });
    if (!number)
        return std::unexpected(number.error());
    return layers->version(ref, *number)
        .and_then(measure_tree)
        .and_then([&](const TreeSize& size) {
            return layers->begin_from_version(ref, *number, formatted("rollback to {}", *number),
                                              Phase(report, copying, size.bytes));
        })
        .and_then([](LayerChange change) { return change.publish(); });
}

} // namespace left4me
