#include "programs/passed_status.hpp"
#include "programs/programs.hpp"
#include "programs/unit_act.hpp"
#include "programs/work_copy_words.hpp"
#include "root/script_sandbox.hpp"

namespace left4me {
namespace {

const std::string id_called = "BUILD-ID";

/// The script's status; a failure of the helper itself is launch_failed, but for a
/// cancelled one.
Result<int> run_script_of(const SandboxRequest& request)
{
    return run_in_sandbox(request).transform_error(own_failure_unless_cancelled);
}

Result<Act> sandbox_act(const Arguments& arguments)
{
    return work_copy_of(arguments, id_called).transform([&](WorkCopy copy) {
        const SandboxRequest request = {
            std::move(copy), arguments.flag("--multiarch") ? BuildAbi::multiarch : BuildAbi::native};
        return as_helper([request] { return run_script_of(request); });
    });
}

std::vector<Parameter> sandbox_parameters()
{
    auto words = work_copy_words(id_called);
    words.insert(words.begin(),
                 {.name = "--multiarch", .help = "Let the script run 32-bit programs, too"});
    return words;
}

} // namespace

const Program left4me_script_sandbox = {
    .name = "left4me-script-sandbox",
    .help = "Runs the script on standard input in a sandbox that can change one work copy of\n"
            "a layer. l4d2ctl calls it through sudo.",
    .groups = {},
    .verbs = {{.words = "",
               .help = "",
               .parameters = sandbox_parameters(),
               .example = "left4me-script-sandbox maps/custom k3x9",
               .function = sandbox_act}},
};

} // namespace left4me
