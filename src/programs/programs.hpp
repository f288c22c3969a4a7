#pragma once

#include "console/verb.hpp"

#include <vector>

namespace left4me {

// Each program of the package, as one value. main.cpp is built once for each of them.

extern const Program l4d2ctl;
extern const Program left4me_broker;
extern const Program left4me_hung;
extern const Program left4me_inspect;
extern const Program left4me_job;
extern const Program left4me_journalctl;
extern const Program left4me_launch;
extern const Program left4me_network_rules;
extern const Program left4me_overlay;
extern const Program left4me_run_script;
extern const Program left4me_run_steamcmd;
extern const Program left4me_script_sandbox;
extern const Program left4me_share;
extern const Program left4me_systemctl;
extern const Program left4me_unpack;
extern const Program left4me_watch;
extern const Program left4me_web;
extern const Program left4me_workcopy;
extern const Program left4me_workshop;

} // namespace left4me
