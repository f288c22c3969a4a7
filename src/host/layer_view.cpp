#include "host/layer_view.hpp"

#include "system/tree_walk.hpp"

#include <utility>

namespace left4me {
namespace {

class Viewing : public TreeVisitor {
public:
    Viewing(const Directory& layer, std::size_t& budget) : top_(layer.path().size() + 1), budget_(budget)
    {
    }

    Result<void> visit(const TreeEntry& entry) override
    {
        const auto& above = entry.directory.path();
        view_.add(above.size() > top_ ? above.substr(top_) + "/" + entry.name : entry.name);
        return count();
    }

    Result<void> enter(const TreeEntry& /*entry*/, const Directory& /*below*/) override
    {
        return count();
    }

    Result<void> failed(Error error) override
    {
        return budget_ > 0 ? Result<void>() : std::unexpected(std::move(error));
    }

    EngineView take() { return std::move(view_); }

private:
    Result<void> count()
    {
        if (budget_ == 0)
            return fail(ExitStatus::busy, "");
        --budget_;
        return {};
    }

    std::size_t top_;
    std::size_t& budget_;
    EngineView view_;
};

} // namespace

Result<EngineView> view_layer(const Directory& layer, std::size_t& budget)
{
    Viewing viewing(layer, budget);
    auto walked = walk_tree(layer, viewing);
    if (!walked && walked.error().status == ExitStatus::cancelled)
        return std::unexpected(std::move(walked.error()));
    return viewing.take(); // what the budget sufficed for
}

} // namespace left4me
