#include "layer_build.hpp"

#include "helper_call.hpp"
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
    if (auto sound = check_script(script); !sound)
        return std::unexpected(sound.error());
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

} // namespace left4me
