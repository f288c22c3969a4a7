#pragma once

#include "accounts/user.hpp"
#include "model/instance_name.hpp"
#include "model/job_name.hpp"
#include "model/job_result.hpp"
#include "model/layer_act.hpp"
#include "model/layer_ref.hpp"
#include "model/server_act.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace left4me {

// What somebody asks for on a page, and which takes longer than a page does, is a job: something
// is done to a server, to a layer, or to the game.

struct ServerWork {
    InstanceName server;
    ServerAct act;
    bool operator==(const ServerWork&) const = default;
};
struct LayerWork {
    LayerRef layer;
    LayerAct act;
    bool operator==(const LayerWork&) const = default;
};
/// It is installed, or brought up to date.
struct GameWork {
    bool operator==(const GameWork&) const = default;
};
using JobWork = std::variant<ServerWork, LayerWork, GameWork>;

JobKind kind_of(const JobWork& work);

/// The name of the server or of the layer; of the game, of which there is one, nothing.
std::string_view subject_of(const JobWork& work);

/// What the database calls it: "start", "build", "update".
std::string_view word_for(const JobWork& work);

/// "start of 'coop1'", "build of 'maps/custom'", "update of the game"
std::string told(const JobWork& work);

struct Job {
    JobId id;
    JobWork work;
    std::string user; ///< the name of who asked, who may be gone
    AccountTime asked;
    std::optional<AccountTime> begun; ///< none: it waits
    std::optional<AccountTime> ended;
    JobEnd end; ///< of one that has ended
    std::string canceller = {}; ///< the name of who had it ended; empty: nobody
    bool past = false;          ///< its server is no more: another one of that name has no such job

    /// A row of known_jobs; bad_data where somebody else has written it.
    static Result<Job> in(const Row& row);

    [[nodiscard]] const ServerWork* on_server() const { return std::get_if<ServerWork>(&work); }
    [[nodiscard]] const LayerWork* on_layer() const { return std::get_if<LayerWork>(&work); }

    /// Cancelled is what did not come to its own end after somebody had asked for that.
    [[nodiscard]] bool was_cancelled() const { return ended && end.status != 0 && !canceller.empty(); }
    [[nodiscard]] bool failed() const { return ended && end.status != 0 && canceller.empty(); }
    /// It runs, and somebody asked that it ends.
    [[nodiscard]] bool is_to_end() const { return begun && !ended && !canceller.empty(); }
};

/// bad_data for a number that no job can have.
Result<JobId> job_id(std::int64_t number);

} // namespace left4me
