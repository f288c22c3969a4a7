#include "programs/programs.hpp"
#include "programs/unit_act.hpp"
#include "root/process_inspection.hpp"

namespace left4me {
namespace {

Result<Act> inspect_act(const Arguments& /*arguments*/)
{
    return [] { return act_as_root([] { return inspect_servers(Host::installed()); }); };
}

} // namespace

const Program left4me_inspect = {
    .name = "left4me-inspect",
    .help = "Finds files that running servers use and that were upgraded since they were\n"
            "started. left4me-inspect.service calls it; operators use l4d2ctl status.",
    .groups = {},
    .verbs = {{.words = "",
               .help = "",
               .parameters = {},
               .example = "left4me-inspect",
               .function = inspect_act}},
};

} // namespace left4me
