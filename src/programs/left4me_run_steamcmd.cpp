#include "host/host.hpp"
#include "programs/passed_status.hpp"
#include "programs/programs.hpp"
#include "sandbox/steamcmd_runner.hpp"

namespace left4me {
namespace {

/// steamcmd's status; a failure of the runner itself is launch_failed.
Result<int> run_steamcmd_once()
{
    return run_steamcmd_of_unit(Host::installed()).transform_error(own_failure);
}

Result<Act> run_steamcmd_act(const Arguments& /*arguments*/)
{
    return run_steamcmd_once;
}

} // namespace

const Program left4me_run_steamcmd = {
    .name = "left4me-run-steamcmd",
    .help = "Runs steamcmd, inside the sandbox of its unit.",
    .groups = {},
    .verbs = {{.words = "",
               .help = "",
               .parameters = {},
               .example = "left4me-run-steamcmd",
               .function = run_steamcmd_act}},
};

} // namespace left4me
