#include "programs/programs.hpp"
#include "watch/watch_loop.hpp"

namespace left4me {
namespace {

Result<Act> watch_act(const Arguments& /*arguments*/)
{
    return [] { return watch_servers(Host::installed()).transform([] { return 0; }); };
}

} // namespace

const Program left4me_watch = {
    .name = "left4me-watch",
    .help = "Asks running servers what they play, and has those restarted that hang.\n"
            "left4me-watch.service runs it; operators use l4d2ctl status.",
    .groups = {},
    .verbs =
        {{.words = "", .help = "", .parameters = {}, .example = "left4me-watch", .function = watch_act}},
};

} // namespace left4me
