#include "programs/programs.hpp"
#include "root/broker.hpp"

namespace left4me {
namespace {

Result<Act> broker_act(const Arguments& arguments)
{
    return [calls = arguments.flag("--logs") ? BrokerCalls::logs : BrokerCalls::all_but_logs] {
        return answer_call(calls).transform([] { return 0; });
    };
}

} // namespace

const Program left4me_broker = {
    .name = "left4me-broker",
    .help = "Runs one helper as root for the main process of one of left4me's own units, which\n"
            "asks by the socket on standard input. left4me-broker@.service calls it.",
    .groups = {},
    .verbs = {{.words = "",
               .help = "",
               .parameters = {{.name = "--logs", .help = "Take calls that follow a log, and no others"}},
               .example = "left4me-broker --logs",
               .function = broker_act}},
};

} // namespace left4me
