#include "programs/programs.hpp"
#include "root/process_inspection.hpp"
#include "system/service_status.hpp"

#include <unistd.h>

namespace left4me {
namespace {

Result<int> inspect()
{
    if (geteuid() != 0)
        return fail(ExitStatus::not_permitted, "only root may do this: the units of left4me call it");
    return inspect_servers(Host::installed())
        .transform([] { return 0; })
        .transform_error([](Error error) {
            set_service_status(error.message);
            return error;
        });
}

Result<Act> inspect_act(const Arguments& /*arguments*/)
{
    return inspect;
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
