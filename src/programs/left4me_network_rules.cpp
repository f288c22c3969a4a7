#include "programs/programs.hpp"
#include "root/network_rules.hpp"

#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace left4me {
namespace {

using Action = Result<void> (*)();

template <Action action>
Result<int> act_as_root()
{
    if (geteuid() != 0)
        return fail(ExitStatus::not_permitted, "only root may do this: the units of left4me call it");
    return action().transform([] { return 0; }).transform_error([](Error error) {
        sd_notifyf(0, "STATUS=%s", error.message.c_str());
        return error;
    });
}

template <Action action>
Result<Act> rules_act(const Arguments& /*arguments*/)
{
    return act_as_root<action>;
}

} // namespace

const Program left4me_network_rules = {
    .name = "left4me-network-rules",
    .help = "Keeps the packet rules of servers and builds. left4me-nftables.service calls it.",
    .groups = {},
    .verbs = {{.words = "keep",
               .help = "Load the rules, and keep them until this program is ended",
               .parameters = {},
               .example = "left4me-network-rules keep",
               .function = rules_act<keep_network_rules>},
              {.words = "reload",
               .help = "Have their files loaded anew, and wait",
               .parameters = {},
               .example = "left4me-network-rules reload",
               .function = rules_act<reload_network_rules>}},
};

} // namespace left4me
