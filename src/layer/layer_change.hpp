#pragma once

#include "host/host_lock.hpp"
#include "layer/daily_script.hpp"
#include "layer/layer_recovery.hpp"
#include "model/build_run.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/tree_measurement.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace left4me {

/// What it says behind the act and the path, which may be one that nobody has named: "No space
/// left on device".
std::string reason_of(const Error& error);

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
    /// older ones that neither a server nor the host's settings keep are removed. Nobody else
    /// can write what is published, whatever modes its files were given (see guard_tree).
    /// Returns the new version's number. After an Error the layer is what it was: all that
    /// needs the disk's space comes before the rename.
    Result<std::uint64_t> publish();

    /// Removes the work copy; the history of a layer that is there tells why, where it can be
    /// written, and nothing stays of one that was to be made.
    Result<void> discard(const Error& why);

    /// Whether the work copy is the layer as it is already (see same_tree).
    [[nodiscard]] Result<bool> is_unchanged() const;

    /// Removes the work copy; the layer's history tells that there was nothing to change.
    Result<void> leave_unchanged();

    /// The script of a daily layer; none if it is not one (any more).
    [[nodiscard]] Result<std::optional<BuildScript>> daily_script() const;

    /// Makes it a daily layer, by this script, with publish() or leave_unchanged().
    Result<void> keep_daily_script(const BuildScript& script);

private:
    friend class LayerStore;
    LayerChange(Host host, InstanceLock lock, WorkCopy copy, LayerPlaces places, Directory tree,
                std::string how);

    /// The work copy has just been made of the layer as it is.
    void mark_untouched();
    [[nodiscard]] Result<void> mark_ages() const;
    [[nodiscard]] Result<std::uint64_t> next_version() const;
    [[nodiscard]] Result<bool> put_in_place(const std::string& ready) const;
    [[nodiscard]] Result<void> prepare_record(std::optional<std::uint64_t> version, const TreeSize& size,
                                              const std::string& problem) const;
    void put_prepared() const;
    void drop_prepared() const;
    void leave_nothing_new();

    Host host_;
    InstanceLock lock_;
    WorkCopy copy_;
    LayerPlaces places_;
    Directory tree_;
    std::string how_;
    std::chrono::system_clock::time_point begin_;
    std::optional<std::chrono::microseconds> untouched_; ///< what is older is the present one's
    bool ended_ = false;
    bool keeps_script_ = false; ///< one is prepared
};

} // namespace left4me
