#include "steam/workshop_layer.hpp"

#include "layer/layer_store.hpp"
#include "steam/workshop_list.hpp"

namespace left4me {

Result<void> change_layer(const Host& host, const LayerRef& ref,
                          const std::function<Result<void>(const Directory& work)>& change)
{
    return LayerStore::open(host)
        .and_then([&](const LayerStore& store) { return store.begin_from_present(ref, "workshop", {}); })
        .and_then([&](LayerChange begun) -> Result<void> {
            if (auto done = change(begun.tree()); !done) {
                (void)begun.discard(done.error()); // the first error is the one to tell
                return done;
            }
            return begun.publish().transform([](std::uint64_t) {});
        });
}

Result<std::vector<LayerRef>> workshop_layers(const Host& host)
{
    const auto store = LayerStore::open(host);
    if (!store)
        return std::unexpected(store.error());
    auto refs = store->refs();
    if (refs)
        std::erase_if(*refs, [&](const LayerRef& ref) {
            const auto listed = store->layer(ref).and_then(
                [](const Directory& layer) { return layer.contains(workshop_list_name); });
            return listed && !*listed;
        });
    return refs;
}

} // namespace left4me
