#pragma once

#include "doctor/findings.hpp"
#include "host/host.hpp"
#include "system/error.hpp"
#include "system/report.hpp"
#include "verbs/play_server.hpp"

#include <chrono>
#include <string>

namespace left4me {

/// What was seen of a game, and what it wrote (redacted_log).
struct Played {
    Findings findings;
    std::string log;
};

/// Starts the server, looks for what only a game shows (play_findings.hpp), and stops it. patience:
/// for the first answer, and for that after the change of its map. What the game does not do is a
/// finding; an Error, and the server may run, where it cannot be begun, and by Ctrl-C (cancelled).
Result<Played> play(const Host& host, const PlayServer& server, std::chrono::seconds patience,
                    Report& report);

} // namespace left4me
