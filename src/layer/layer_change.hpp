#pragma once

#include "host/host_lock.hpp"
#include "layer/layer_history.hpp"
#include "layer/layer_recipe.hpp"
#include "model/build_run.hpp"
#include "model/layer_ref.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/tree_copy.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// A layer's next version in the making: a work copy, builds/REF/ID, and the layer's
/// lock. Nothing of it shows until publish(); whatever happens before leaves the layer
/// as it was. One that is neither published nor discarded is discarded.
class LayerChange {
public:
    LayerChange(LayerChange&&) noexcept = default;
    LayerChange& operator=(LayerChange&&) = delete;
    LayerChange(const LayerChange&) = delete;
    LayerChange& operator=(const LayerChange&) = delete;
    ~LayerChange();

    [[nodiscard]] const WorkCopy& copy() const noexcept { return copy_; }

    /// The work copy's tree.
    [[nodiscard]] const Directory& tree() const noexcept { return tree_; }

    /// Makes the work copy the layer, by one rename, once it is on disk. The tree that
    /// was the layer goes to versions/REF/N, servers that have it mounted keep it, and
    /// older ones that neither a server nor the host's settings keep are removed.
    /// Returns the new version's number.
    Result<std::uint64_t> publish();

    /// Removes the work copy; the layer's history tells why.
    Result<void> discard(const Error& why);

    /// Whether the work copy is the layer as it is already (see same_tree).
    [[nodiscard]] Result<bool> is_unchanged() const;

    /// Removes the work copy; the layer's history tells that there was nothing to change.
    Result<void> leave_unchanged();

    /// How the layer is made anew each day; none if it is not (any more).
    [[nodiscard]] Result<std::optional<LayerRecipe>> recipe() const;

    /// The layer's recipe from now on.
    Result<void> keep_recipe(const LayerRecipe& recipe) const;

private:
    friend class LayerStore;
    struct Places {
        Directory overlays; ///< the directory that the layer is, or will be, an entry of
        Directory builds;   ///< builds/REF
        Directory versions; ///< versions/REF
        std::string name;   ///< the last part of the ref
    };
    LayerChange(InstanceLock lock, WorkCopy copy, Places places, Directory tree, std::string how);

    [[nodiscard]] Result<std::uint64_t> next_version() const;
    [[nodiscard]] Result<void> put_in_place(const std::string& ready) const;
    [[nodiscard]] Result<void> record(std::optional<std::uint64_t> version, const TreeSize& size,
                                      const std::string& problem) const;

    InstanceLock lock_;
    WorkCopy copy_;
    Places places_;
    Directory tree_;
    std::string how_;
    std::chrono::system_clock::time_point begin_;
    bool ended_ = false;
};

/// overlays/ with what lies beside it, builds/ and versions/, as user left4me.
class LayerStore {
public:
    static Result<LayerStore> open();

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

    /// Whether it is made anew each day. Who makes it so reads the recipe under the
    /// layer's lock (LayerChange): by then another one may have been kept, or none.
    [[nodiscard]] Result<bool> has_recipe(const LayerRef& ref) const;

    /// From now on it is not made anew. not_found if it was not before.
    [[nodiscard]] Result<void> forget_recipe(const LayerRef& ref) const;

    // A change of a layer: locks it (busy, naming who has it), finishes or clears away
    // what a crash left of an earlier change, and makes a work copy. bad_data for a ref
    // that lies within another layer, or has others within it. how is one word for the
    // history and for whoever finds the layer locked.

    /// Of a layer that is not there yet (else bad_data): empty.
    [[nodiscard]] Result<LayerChange> begin_new(const LayerRef& ref, const std::string& how) const;

    /// Of the layer as it is; empty if it is new.
    [[nodiscard]] Result<LayerChange> begin_from_present(const LayerRef& ref, const std::string& how,
                                                         const TreeProgress& progress) const;

    /// Of one of its older versions; not_found if that is not kept (any more).
    [[nodiscard]] Result<LayerChange> begin_from_version(const LayerRef& ref, std::uint64_t number,
                                                         const std::string& how,
                                                         const TreeProgress& progress) const;

    /// Removes the layer with its older versions and its history. The caller has seen
    /// that no server names it; busy if one has it mounted.
    [[nodiscard]] Result<void> remove(const LayerRef& ref) const;

    /// Removes its older versions that neither a server nor the host's settings keep (any
    /// more), unless the layer is being changed, which does it too.
    void prune(const LayerRef& ref) const;

private:
    LayerStore(Directory overlays, Directory builds, Directory versions)
        : overlays_(std::move(overlays)), builds_(std::move(builds)), versions_(std::move(versions))
    {
    }
    /// Called under the layer's lock.
    using SourceFinder = std::function<Result<std::optional<Directory>>()>;
    [[nodiscard]] Result<LayerChange> begin_from(const LayerRef& ref, const SourceFinder& find_source,
                                                 const std::string& how,
                                                 const TreeProgress& progress) const;
    [[nodiscard]] Result<void> require_apart(const LayerRef& ref) const;
    static Result<void> take_away(const LayerChange::Places& where, const LayerRef& ref);
    [[nodiscard]] Result<LayerChange::Places> places(const LayerRef& ref) const;
    void remove_empty_ways(const LayerRef& ref) const;

    Directory overlays_;
    Directory builds_;
    Directory versions_;
};

} // namespace left4me
