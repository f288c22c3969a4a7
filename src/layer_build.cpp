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

Result<int> build_layer(const LayerRef& layer, BuildAbi abi, std::string_view script, const Steps& tell)
{
    Progress progress;
    auto change = check_script(script)
                      .and_then([] { return LayerStore::open(); })
                      .and_then([&](const auto& store) {
                          return store.begin_from_present(layer, "build", [&](const TreeSize& done) {
                              progress.show("copying", done.bytes, 0);
                          });
                      });
    progress.clear();
    if (!change)
        return std::unexpected(change.error());
    tell("running the script");
    const auto status = build_in(change->copy(), abi, script);
    if (status && *status == 0) {
        tell("publishing what it made");
        return change->publish().transform([&](std::uint64_t version) {
            tell(std::format("version {} is there; servers take it when they are started", version));
            return 0;
        });
    }
    const Error why =
        status ? Error{ExitStatus::bad_data, std::format("the script ended with status {}", *status)}
               : status.error();
    if (auto discarded = change->discard(why); !discarded)
        return std::unexpected(discarded.error());
    if (status)
        std::fputs(
            std::format("l4d2ctl: {}: the layer {} stays as it was\n", why.message, quote(layer.str()))
                .c_str(),
            stderr);
    return status;
}

} // namespace left4me
