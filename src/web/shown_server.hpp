#pragma once

#include "accounts/linked_servers.hpp"
#include "accounts/server_jobs.hpp"
#include "verbs/instance_status.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace left4me::web {

// What pages say of a server, in words: pure. All of it may have words of the game's, which are
// anybody's.

/// How good a state is, by which a page colours its word.
enum class Mood { good, busy, bad, off };
std::string_view mood_word(Mood mood); ///< "good", "busy", "bad", "off"

struct StateWord {
    std::string word; ///< "running", "loading", "not answering", "stopped", …
    Mood mood;
};
StateWord state_of(const InstanceStatus& status);

std::string map_of(const InstanceStatus& status);     ///< "–" where nobody knows
std::string players_of(const InstanceStatus& status); ///< "5/8"; "–" where nobody knows

/// What stands behind the state: "c2m3_coaster, 5/8 players, since 2026-01-31 13:00".
std::string sentence_of(const InstanceStatus& status);

/// What can be done with it now; what is meant most often comes first.
std::vector<ServerAct> acts_on(const InstanceStatus& status);
std::string_view label_of(ServerAct act); ///< "Start"

/// How a job goes: "waits", "at work", "being cancelled", "done", "failed", "cancelled".
StateWord state_of(const ServerJob& job);

/// The same in a sentence: "Start: at work, for anna", "Start failed at 2026-01-31 13:00, for anna: …".
StateWord told_of(const ServerJob& job);

/// One that is made of a blueprint, and was never initialised on this host.
InstanceStatus status_of_unmade(const LinkedServer& server);

/// Whether it is what one sees first of a server: it goes on, or it failed, and the server was not
/// started since.
bool is_news(const ServerJob& job, const InstanceStatus& status);

/// What somebody may want to do something about, one thing each.
std::vector<std::string> notes_on(const InstanceStatus& status);

} // namespace left4me::web
