#pragma once

#include "accounts/linked_servers.hpp"
#include "model/server_act.hpp"
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

/// One that is made of a blueprint, and was never initialised on this host.
InstanceStatus status_of_unmade(const LinkedServer& server);

/// What somebody may want to do something about, one thing each.
std::vector<std::string> notes_on(const InstanceStatus& status);

} // namespace left4me::web
