#include "layer/archive_import.hpp"

#include "layer/archive_contents.hpp"
#include "layer/archive_kind.hpp"
#include "layer/tree_placement.hpp"
#include "system/path_parts.hpp"

#include <sys/stat.h>

namespace left4me {
namespace {

ArchiveHints hints_of(const ImportOrder& order)
{
    return {order.charset, compressed_file(last_part(order.name)).value_or("")};
}

} // namespace

Result<LayoutPlan> plan_archive(const FileDescriptor& source, const ImportOrder& order)
{
    return list_archive(source, hints_of(order))
        .and_then([&](const auto& entries) { return plan_layout(entries, order.choice); })
        .transform_error([&](Error error) { return import_error(std::move(error), order); });
}

Result<LayoutPlan> import_archive(const Directory& tree, const FileDescriptor& source,
                                  const ImportOrder& order, Report& report)
{
    const auto stage = tree.make_subdirectory(import_stage, S_IRWXU).transform([&](Directory made) {
        return std::move(made).called(tree.path()); // an operator knows the layer, and no stage
    });
    if (!stage)
        return std::unexpected(stage.error());
    return unpack_archive(*stage, source, hints_of(order), report)
        .and_then([&](const auto& entries) { return plan_layout(entries, order.choice); })
        .and_then([&](LayoutPlan plan) {
            return place_tree(*stage, tree, plan, PlacementWay::move, Phase()).transform([&] {
                return std::move(plan);
            });
        })
        .transform_error([&](Error error) { return import_error(std::move(error), order); });
}

} // namespace left4me
