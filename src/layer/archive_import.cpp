#include "layer/archive_import.hpp"

#include "layer/archive_contents.hpp"
#include "layer/tree_placement.hpp"

#include <sys/stat.h>

namespace left4me {

Result<LayoutPlan> plan_archive(const FileDescriptor& source, const ImportOrder& order)
{
    return list_archive(source, order.charset)
        .and_then([&](const auto& entries) { return plan_layout(entries, order.choice); })
        .transform_error([&](Error error) { return import_error(std::move(error), order); });
}

Result<LayoutPlan> import_archive(const Directory& tree, const FileDescriptor& source,
                                  const ImportOrder& order, Report& report)
{
    const auto stage = tree.make_subdirectory(import_stage, S_IRWXU);
    if (!stage)
        return std::unexpected(stage.error());
    return unpack_archive(*stage, source, order.charset, report)
        .and_then([&](const auto& entries) { return plan_layout(entries, order.choice); })
        .and_then([&](LayoutPlan plan) {
            return place_tree(*stage, tree, plan, PlacementWay::move, Phase()).transform([&] {
                return std::move(plan);
            });
        })
        .transform_error([&](Error error) { return import_error(std::move(error), order); });
}

} // namespace left4me
