#include "programs/programs.hpp"
#include "programs/server_words.hpp"
#include "programs/unit_act.hpp"
#include "root/hung_server.hpp"

namespace left4me {
namespace {

Result<Act> hung_act(const Arguments& arguments)
{
    return server_of(arguments).transform([](InstanceName name) {
        return [name = std::move(name)] {
            return act_as_root([&] { return restart_hung_server(Host::installed(), name); });
        };
    });
}

} // namespace

const Program left4me_hung = {
    .name = "left4me-hung",
    .help = "Restarts a server whose game hangs, and keeps what it does first.\n"
            "left4me-hung@.service calls it, for left4me-watch.",
    .groups = {},
    .verbs = {{.words = "",
               .help = "",
               .parameters = {server_word()},
               .example = "left4me-hung coop1",
               .function = hung_act}},
};

} // namespace left4me
