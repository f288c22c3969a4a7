#include "programs/programs.hpp"
#include "programs/unit_act.hpp"
#include "root/work_copy_mount.hpp"

namespace left4me {
namespace {

using RunVerb = Result<void> (*)(const BuildRun&);

Result<void> mount(const BuildRun& run)
{
    return mount_work_copy(Host::installed(), run);
}

template <RunVerb verb>
Result<Act> run_act(const Arguments& arguments)
{
    return BuildRun::parse(arguments.text("RUN")).transform([](BuildRun run) -> Act {
        return [run = std::move(run)] { return act_as_root([&] { return verb(run); }); };
    });
}

Parameter run_word()
{
    return {.name = "RUN", .help = "The build's run", .value = Value::text, .required = true};
}

} // namespace

const Program left4me_workcopy = {
    .name = "left4me-workcopy",
    .help = "Mounts and unmounts the work copy that one build changes. The units of left4me\n"
            "call it; operators use l4d2ctl.",
    .groups = {},
    .verbs = {{.words = "mount",
               .help = "Mount the work copy of the run",
               .parameters = {run_word()},
               .example = "left4me-workcopy mount k3x9-0123456789abcdef",
               .function = run_act<mount>},
              {.words = "umount",
               .help = "Unmount it and remove the run",
               .parameters = {run_word()},
               .example = "left4me-workcopy umount k3x9-0123456789abcdef",
               .function = run_act<end_run>}},
};

} // namespace left4me
