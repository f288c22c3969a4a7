#pragma once

#include "accounts/job.hpp"
#include "verbs/instance_status.hpp"
#include "web/shown_server.hpp"

#include <string>
#include <string_view>

namespace left4me::web {

// What pages say of a job, in words: pure.

/// "Start", "Build", "Update"
std::string_view label_of(ServerAct act);
std::string_view label_of(LayerAct act);
std::string_view label_of(const JobWork& work);

/// "coop1: Start", "The game: Update"
std::string title_of(const JobWork& work);

/// How it goes: "waits", "at work", "being cancelled", "done", "failed", "cancelled".
StateWord state_of(const Job& job);

/// The same in a sentence: "Start: at work, for anna", "Start failed at 2026-01-31 13:00, for anna: …".
StateWord told_of(const Job& job);

/// Whether it is what one sees first of a server: it goes on, or it failed, and the server was not
/// started since.
bool is_news(const Job& job, const InstanceStatus& status);

} // namespace left4me::web
