#include "layer_build.hpp"

#include "helper_call.hpp"
#include "layer_store.hpp"
#include "progress.hpp"
#include "script_sandbox.hpp"
#include "state_directory.hpp"
#include "tree_mending.hpp"

#include <cstdio>
#include <format>

namespace left4me {
namespace {

Result<void> check_script(std::string_view script)
{
    if (script.empty())
        return fail(ExitStatus::bad_data, "the script is empty");
    if (script.size() > longest_script)
        return fail(ExitStatus::bad_data, std::format("the script has {} bytes; {} are allowed",
                                                      script.size(), longest_script));
    return {};
}

} // namespace

Result<int> build_in(const WorkCopy& copy, BuildAbi abi, std::string_view script)
{
    auto status = call_script_sandbox(copy, abi, script);
    // The sandbox does this for a script that ended by itself. One that was killed may
    // leave directories that nobody can remove.
    auto mended = mend_tree(std::format("{}/{}", path::state, work_copy_path(copy)),
                            [](const std::string& remark) {
                                std::fputs(std::format("l4d2ctl: {}\n", remark).c_str(), stderr);
                            });
    if (status && !mended)
        return std::unexpected(mended.error());
    return status;
}

namespace {

Result<LayerChange> begin(const LayerRef& layer)
{
    Progress progress;
    return LayerStore::open().and_then([&](const LayerStore& store) {
        return store.begin_from_present(
            layer, "build", [&](const TreeSize& done) { progress.show("copying", done.bytes, 0); });
    });
}

/// Another process, that could not become root, reads what the script has left.
Result<void> share_downloads(const WorkCopy& copy)
{
    return call_program("left4me-share", {"--", copy.layer.str(), copy.id.str()}, FileDescriptor());
}

Result<void> publish(LayerChange& change, const Steps& tell)
{
    tell("publishing what it made");
    return change.publish().transform([&](std::uint64_t version) {
        tell(std::format("version {} is there; servers take it when they are started", version));
    });
}

Result<void> publish_daily(LayerChange& change, const LayerRecipe& recipe, const Steps& tell)
{
    const auto unchanged =
        share_downloads(change.copy()).and_then([&] { return change.is_unchanged(); });
    if (!unchanged)
        return std::unexpected(unchanged.error());
    auto done = *unchanged ? change.leave_unchanged() : publish(change, tell);
    if (done && *unchanged)
        tell("nothing is new");
    return done.and_then([&] { return change.keep_recipe(recipe); });
}

} // namespace

Result<int> build_layer(const BuildOrder& order, const Steps& tell)
{
    auto change = check_script(order.recipe.script).and_then([&] { return begin(order.layer); });
    if (!change)
        return std::unexpected(change.error());
    tell("running the script");
    const auto status = build_in(change->copy(), order.recipe.abi, order.recipe.script);
    if (status && *status == 0)
        return (order.daily ? publish_daily(*change, order.recipe, tell) : publish(*change, tell))
            .transform([] { return 0; });
    const Error why =
        status ? Error{ExitStatus::bad_data, std::format("the script ended with status {}", *status)}
               : status.error();
    if (auto discarded = change->discard(why); !discarded)
        return std::unexpected(discarded.error());
    if (status)
        std::fputs(std::format("l4d2ctl: {}: the layer {} stays as it was\n", why.message,
                               quote(order.layer.str()))
                       .c_str(),
                   stderr);
    return status;
}

} // namespace left4me
