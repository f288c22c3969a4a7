#pragma once

#include "host/host.hpp"
#include "layer/layer_change.hpp"
#include "layer/layer_history.hpp"
#include "model/layer_ref.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/report.hpp"
#include "system/tree_copy.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// overlays/ with what lies beside it, builds/ and versions/, as user left4me.
class LayerStore {
public:
    static Result<LayerStore> open(const Host& host);

    /// All layers, sorted. One that was made by hand counts once it has left4dead2 or a
    /// file; a directory of directories is on the way to others.
    [[nodiscard]] Result<std::vector<LayerRef>> refs() const;

    /// not_found where there is none.
    [[nodiscard]] Result<Directory> layer(const LayerRef& ref) const;

    /// The numbers of the older versions that are kept, ascending.
    [[nodiscard]] Result<std::vector<std::uint64_t>> versions(const LayerRef& ref) const;

    /// One of them; not_found if it is not kept.
    [[nodiscard]] Result<Directory> version(const LayerRef& ref, std::uint64_t number) const;

    [[nodiscard]] LayerHistory history(const LayerRef& ref) const;

    /// Whether it is a daily layer. Who makes it anew reads the script under the
    /// layer's lock (LayerChange): by then another one may have been kept, or none.
    [[nodiscard]] Result<bool> is_daily(const LayerRef& ref) const;

    /// From now on it is not made anew. not_found if it was not before.
    [[nodiscard]] Result<void> forget_daily(const LayerRef& ref) const;

    // A change of a layer: locks it (busy, naming who has it), finishes or clears away
    // what a crash left of an earlier change, and makes a work copy. bad_data for a ref
    // that lies within another layer, or has others within it. how is one word for the
    // history and for whoever finds the layer locked.

    /// Of a layer that is not there yet (else bad_data): empty.
    [[nodiscard]] Result<LayerChange> begin_new(const LayerRef& ref, const std::string& how) const;

    /// Of the layer as it is; empty if it is new.
    [[nodiscard]] Result<LayerChange> begin_from_present(const LayerRef& ref, const std::string& how,
                                                         const Phase& phase) const;

    /// Of a layer that is there or not, whose next version has nothing of it.
    [[nodiscard]] Result<LayerChange> begin_empty(const LayerRef& ref, const std::string& how) const;

    /// Of one of its older versions; not_found if that is not kept (any more).
    [[nodiscard]] Result<LayerChange> begin_from_version(const LayerRef& ref, std::uint64_t number,
                                                         const std::string& how,
                                                         const Phase& phase) const;

    /// not_found where there is neither the layer nor what a removal that was cut off has
    /// left of it.
    [[nodiscard]] Result<void> require_left(const LayerRef& ref) const;

    /// Removes the layer with its older versions and its history, or what is left of it. The
    /// caller has seen that no server names it; busy if one has it mounted.
    [[nodiscard]] Result<void> remove(const LayerRef& ref) const;

    /// Removes its older versions that neither a server nor the host's settings keep (any
    /// more), unless the layer is being changed, which does it too.
    void prune(const LayerRef& ref) const;

    [[nodiscard]] const Host& host() const noexcept { return host_; }

private:
    LayerStore(Host host, Directory overlays, Directory builds, Directory versions)
        : host_(std::move(host)), overlays_(std::move(overlays)), builds_(std::move(builds)),
          versions_(std::move(versions))
    {
    }
    /// Called under the layer's lock.
    using SourceFinder = std::function<Result<std::optional<Directory>>()>;
    [[nodiscard]] Result<LayerChange> begin_from(const LayerRef& ref, const SourceFinder& find_source,
                                                 const std::string& how, const Phase& phase) const;
    [[nodiscard]] Result<void> require_apart(const LayerRef& ref) const;
    [[nodiscard]] Result<void> take_away(const LayerPlaces& where, const LayerRef& ref) const;
    [[nodiscard]] Result<LayerPlaces> places(const LayerRef& ref) const;

    Host host_;
    Directory overlays_;
    Directory builds_;
    Directory versions_;
};

} // namespace left4me
