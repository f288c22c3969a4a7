#include "host/host.hpp"
#include "programs/programs.hpp"
#include "web/web_program.hpp"

namespace left4me {
namespace {

Result<Act> web_act(const Arguments& /*arguments*/)
{
    return [] { return web::serve_web(Host::installed()).transform([] { return 0; }); };
}

} // namespace

const Program left4me_web = {
    .name = "left4me-web",
    .help = "Serves the web interface. left4me-web.service runs it, and left4me-web.socket listens.",
    .groups = {},
    .verbs =
        {{.words = "", .help = "", .parameters = {}, .example = "left4me-web", .function = web_act}},
};

} // namespace left4me
