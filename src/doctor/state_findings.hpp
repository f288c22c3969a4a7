#pragma once

#include "doctor/findings.hpp"
#include "doctor/tcp_listeners.hpp"
#include "host/host.hpp"
#include "host/server_view.hpp"
#include "model/engine_view.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

// What user left4me has and may do, judged: pure, facts to findings.

/// /etc/sudoers.d/left4me.
struct SudoersFile {
    std::optional<mode_t> mode; ///< none: it is not there
    uid_t uid;
    bool parses; ///< by sudo's grammar
};
/// refused: calls of helpers, as words, of which sudo does not let user left4me make any.
Findings judge_sudo(const SudoersFile& file, const std::vector<std::string>& refused);

/// steamclient.so of user left4me's home, as a server finds it.
Findings judge_sdk32(const Host& host, Sight sight);

struct LayerFacts {
    struct Broken {
        std::string server;
        std::string why; ///< a layer is missing, or the configuration cannot be read
    };
    struct Links {
        std::string layer;
        std::vector<DeadLink> dead;
    };
    struct View {
        std::string layer;
        EngineView seen; ///< by the game
    };
    std::vector<Broken> broken;
    std::vector<Links> links; ///< of each layer that a server names
    bool complete;            ///< false: what is beyond max_entries was not looked at
    std::vector<View> views = {}; ///< the same layers
};
Findings judge_layers(const LayerFacts& facts);

/// How many files and directories of layers are looked at, all layers together.
constexpr std::size_t max_entries = 200'000;

/// What of the state others than user left4me could change. Root may.
struct ModeFacts {
    struct Kind {
        std::string first = {}; ///< as it is told
        std::size_t count = 0;
        void add(const std::string& one)
        {
            if (count++ == 0)
                first = one;
        }
    };
    std::string top = {}; ///< the state directory's own, where it lets others in
    bool has_access_list = false; ///< setfacl's, of the state directory
    std::vector<std::string> members = {}; ///< other users in the group left4me
    Kind writable = {};   ///< by its mode
    Kind foreign = {};    ///< it belongs to another user
    Kind closed = {};     ///< left4me itself cannot look at it
    bool complete = true; ///< false: what is beyond max_entries was not looked at
};
Findings judge_modes(const Host& host, const ModeFacts& facts);

/// names: the server of each port, as far as it is known.
Findings judge_rcon(const std::vector<Listener>& of_games,
                    const std::map<std::uint16_t, std::string>& names);

/// Free shares of a file system, for users without privilege.
struct Room {
    double bytes_percent;
    std::optional<double> files_percent; ///< none: it has no limit of files
};
Findings judge_room(const Host& host, const Room& room);

/// Whether the file system limits what each server writes.
Findings judge_quota(const Host& host, bool limits_projects);

/// What is there of a server while it may not run.
struct LiveState {
    std::string server;
    bool mounted;
    bool overlay_active;
    bool record;                      ///< of what is mounted
    bool tree;                        ///< runtime/NAME
    std::optional<bool> initialised;  ///< none: not to be seen by this user
    std::string holder = {};          ///< what keeps a tree alive that is unmounted here
};
/// unused: the paths of older installations that no server runs on.
Findings judge_leftovers(const std::vector<LiveState>& servers, const std::vector<std::string>& unused);

} // namespace left4me
