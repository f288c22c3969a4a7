#include "programs/programs.hpp"
#include "programs/unit_act.hpp"
#include "root/network_rules.hpp"

namespace left4me {
namespace {

template <Result<void> (*action)()>
Result<Act> rules_act(const Arguments& /*arguments*/)
{
    return [] { return act_as_root(action); };
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
