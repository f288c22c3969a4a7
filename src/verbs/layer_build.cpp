#include "verbs/layer_build.hpp"

#include "host/helper_call.hpp"
#include "layer/layer_store.hpp"
#include "system/format.hpp"
#include "system/tree_mending.hpp"

#include <functional>

namespace left4me {
namespace {

Result<void> check_script(std::string_view script)
{
    if (script.empty())
        return fail(ExitStatus::bad_data, "the script is empty");
    if (script.size() > max_script_size)
        return fail(ExitStatus::bad_data, formatted("the script has {} bytes; the limit is {}",
                                                    script.size(), max_script_size));
    return {};
}

/// Runs a script in a work copy, and leaves a tree that this user can publish or remove,
/// however the script has ended. Its status; see call_script_sandbox.
Result<int> build_in(const Host& host, const WorkCopy& copy, BuildAbi abi, std::string_view script,
                     Report& report)
{
    auto status = call_script_sandbox(copy, abi, script);
    // The sandbox does this for a script that ended by itself. One that was killed may
    // leave directories that nobody can remove.
    const auto place = host.state_path(work_copy_path(copy));
    auto mended = mend_tree(place, [&](std::string remark) {
        // Of the layer: where its copy lies is nobody's business.
        if (const auto at = remark.find(place); at != std::string::npos)
            remark.replace(at, place.size(), copy.layer.str());
        report.warning(remark);
    });
    if (status && !mended)
        return std::unexpected(mended.error());
    return status;
}

Result<LayerChange> begin(const Host& host, const LayerRef& layer, const std::string& how,
                          Report& report)
{
    return LayerStore::open(host).and_then([&](const LayerStore& store) {
        return store.begin_from_present(layer, how, Phase(report, "copying", 0));
    });
}

/// Another process, that could not become root, reads what the script has left.
Result<void> share_downloads(const WorkCopy& copy)
{
    return call_program("left4me-share", {"--", copy.layer.str(), copy.id.str()}, FileDescriptor());
}

Result<void> publish(LayerChange& change, Report& report)
{
    report.step("publishing the new version");
    return change.publish().transform([&](std::uint64_t version) {
        report.step(
            formatted("version {} is published; each server uses it from its next start", version));
    });
}

Result<void> publish_if_new(LayerChange& change, Report& report)
{
    const auto unchanged =
        share_downloads(change.copy()).and_then([&] { return change.is_unchanged(); });
    if (!unchanged)
        return std::unexpected(unchanged.error());
    if (!*unchanged)
        return publish(change, report);
    return change.leave_unchanged().transform(
        [&] { report.step("nothing has changed, so there is no new version"); });
}

Result<void> finish(LayerChange& change, const BuildOrder& order, Report& report)
{
    if (!order.daily)
        return publish(change, report);
    return change.keep_daily_script(order.script).and_then([&] {
        return publish_if_new(change, report);
    });
}

/// Runs the script, and finishes the change if it ended with 0; discards it if not.
Result<int> carry_out(const Host& host, LayerChange& change, const BuildScript& script, Report& report,
                      const std::function<Result<void>()>& finish)
{
    report.step("running the script");
    const auto status = build_in(host, change.copy(), script.abi, script.text, report);
    if (status && *status == 0)
        return finish().transform([] { return 0; });
    const Error why =
        status ? Error{ExitStatus::bad_data, formatted("the script ended with status {}", *status)}
               : status.error();
    if (auto discarded = change.discard(why); !discarded)
        return std::unexpected(discarded.error());
    if (status)
        report.warning(formatted("{}: the layer {} stays as it was", why.message,
                                 quote(change.copy().layer.str())));
    return status;
}

} // namespace

Result<int> build_layer(const Host& host, const BuildOrder& order, Report& report)
{
    return check_script(order.script.text)
        .and_then([&] { return begin(host, order.layer, "build", report); })
        .and_then([&](LayerChange change) {
            return carry_out(host, change, order.script, report,
                             [&] { return finish(change, order, report); });
        });
}

Result<int> rebuild_daily_layer(const Host& host, const LayerRef& layer, Report& report)
{
    // Looked at before as well: a change makes the layer's directories, also of one that
    // was deleted a moment ago.
    const auto daily =
        LayerStore::open(host).and_then([&](const LayerStore& store) { return store.is_daily(layer); });
    if (!daily || !*daily)
        return daily.transform([](bool) { return 0; });
    return begin(host, layer, "refresh", report).and_then([&](LayerChange change) -> Result<int> {
        const auto script = change.daily_script();
        if (!script)
            return std::unexpected(script.error());
        if (!*script)
            return 0;
        return carry_out(host, change, **script, report, [&] { return publish_if_new(change, report); });
    });
}

} // namespace left4me
