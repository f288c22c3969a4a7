#pragma once

#include "system/tree_copy.hpp"
#include "system/tree_walk.hpp"

namespace left4me {

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

} // namespace left4me
