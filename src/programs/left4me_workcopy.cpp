#include "programs/left4me_workcopy.hpp"

#include "console/command_line.hpp"
#include "root/work_copy_mount.hpp"
#include "system/service_status.hpp"

#include <unistd.h>

namespace left4me {

Result<WorkCopyRequest> parse_work_copy_request(int argc, const char* const* argv)
{
    CLI::App app("Mounts and unmounts the work copy that one build changes. The units of left4me\n"
                 "call it; operators use l4d2ctl.",
                 "left4me-workcopy");
    set_up(app);
    std::string run;
    const auto add = [&](const char* verb, const char* help) {
        app.add_subcommand(verb, help)->add_option("RUN", run, "The build's run")->required();
    };
    add("mount", "Mount the work copy of the run");
    add("umount", "Unmount it and remove the run");
    app.require_subcommand(1);
    return parse_command_line(app, argc, argv)
        .and_then([&] { return BuildRun::parse(run); })
        .transform([&](BuildRun parsed) {
            return WorkCopyRequest{app.got_subcommand("mount") ? WorkCopyVerb::mount
                                                               : WorkCopyVerb::umount,
                                   std::move(parsed)};
        });
}

Result<int> run_work_copy_request(const WorkCopyRequest& request)
{
    if (geteuid() != 0)
        return fail(ExitStatus::not_permitted, "only root may do this: the units of left4me call it");
    const auto done = request.verb == WorkCopyVerb::mount
                          ? mount_work_copy(Host::installed(), request.run)
                          : end_run(request.run);
    return done.transform([] { return 0; }).transform_error([](Error error) {
        // The unit's status text is what the caller of left4me-script-sandbox sees.
        set_service_status(error.message);
        return error;
    });
}

} // namespace left4me
