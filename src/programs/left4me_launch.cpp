#include "model/instance_name.hpp"
#include "programs/passed_status.hpp"
#include "programs/programs.hpp"
#include "programs/server_words.hpp"
#include "sandbox/launcher.hpp"

namespace left4me {
namespace {

/// The game's status; a failure of the launcher itself is launch_failed.
Result<int> launch_game(const InstanceName& name)
{
    return launch(Host::installed(), name).transform_error(own_failure);
}

Result<Act> launch_act(const Arguments& arguments)
{
    return server_of(arguments).transform(
        [](InstanceName name) -> Act { return [name = std::move(name)] { return launch_game(name); }; });
}

} // namespace

const Program left4me_launch = {
    .name = "left4me-launch",
    .help = "Runs the game of one server, inside the sandbox of its unit.",
    .groups = {},
    .verbs = {{.words = "",
               .help = "",
               .parameters = {server_word()},
               .example = "left4me-launch coop1",
               .function = launch_act}},
};

} // namespace left4me
