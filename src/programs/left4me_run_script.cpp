#include "programs/passed_status.hpp"
#include "programs/programs.hpp"
#include "sandbox/script_runner.hpp"

namespace left4me {
namespace {

/// The script's status; a failure of the runner itself is launch_failed.
Result<int> run_one()
{
    return run_script().transform_error(own_failure);
}

Result<Act> run_script_act(const Arguments& /*arguments*/)
{
    return run_one;
}

} // namespace

const Program left4me_run_script = {
    .name = "left4me-run-script",
    .help = "Runs the script of one build, inside the sandbox of its unit.",
    .groups = {},
    .verbs = {{.words = "",
               .help = "",
               .parameters = {},
               .example = "left4me-run-script",
               .function = run_script_act}},
};

} // namespace left4me
