#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/report.hpp"
#include "system/tree_walk.hpp"

#include <cstdint>

namespace left4me {

/// What a tree holds: its files and links, and the bytes of its files.
struct TreeSize {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    bool operator==(const TreeSize&) const = default;
};

/// Counts what a walk comes to. bad_data, naming it, for a device, FIFO or socket that is no
/// whiteout.
class Measurement : public TreeVisitor {
public:
    explicit Measurement(const Phase& phase) : phase_(phase) {}

    Result<void> visit(const TreeEntry& entry) override;

    [[nodiscard]] const TreeSize& size() const noexcept { return size_; }

protected:
    /// What else is done with a file, link or whiteout.
    virtual Result<void> take(const TreeEntry& /*entry*/) { return {}; }

private:
    const Phase& phase_; ///< has come as far as the bytes that were counted
    TreeSize size_;
};

/// What is in a directory, counted without following a link.
Result<TreeSize> measure_tree(const Directory& tree);

} // namespace left4me
