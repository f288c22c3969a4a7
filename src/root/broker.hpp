#pragma once

#include "system/error.hpp"

namespace left4me {

/// Which calls a broker takes. Those that follow a log go on for as long as somebody reads it,
/// and have a socket, and a limit of how many, of their own.
enum class BrokerCalls { all_but_logs, logs };

/// Answers one call of a helper that comes by the socket on standard input (see helper_door.hpp
/// for the other side): whoever asks is the main process of one of the package's units that may
/// (see helper_grammar.hpp), the call is one of that unit's, and with it come three pipes, its
/// standard input, output and errors. Runs that helper as root, waits for its end and answers
/// how it ended; gone with its caller, or when nobody reads its output. not_permitted: refused,
/// and nothing was run.
Result<void> answer_call(BrokerCalls calls);

} // namespace left4me
