#include "programs/left4me_inspect.hpp"

#include "console/command_line.hpp"
#include "root/process_inspection.hpp"
#include "system/service_status.hpp"

#include <unistd.h>

namespace left4me {

Result<InspectRequest> parse_inspect_request(int argc, const char* const* argv)
{
    CLI::App app("Looks at what running servers have mapped of what was upgraded since they were\n"
                 "started. left4me-inspect.service calls it; operators use l4d2ctl status.",
                 "left4me-inspect");
    set_up(app);
    return parse_command_line(app, argc, argv).transform([] { return InspectRequest{}; });
}

Result<int> run_inspect(const InspectRequest& /*request*/)
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

} // namespace left4me
