#pragma once

#include "host/host.hpp"
#include "system/error.hpp"
#include "verbs/instance_status.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace left4me::web {

/// All servers, as somebody found them.
struct ServerBoard {
    std::vector<InstanceStatus> statuses;
    std::vector<std::string> warnings; ///< what could not be told of them
};

/// Finds out how all servers are. Blocks.
using BoardReader = std::function<Result<ServerBoard>()>;

/// By the verb that l4d2ctl has.
BoardReader board_of(Host host);

/// What tells at once that servers are others than they were, in parts; at no cost to speak of.
using BoardMarks = std::function<std::vector<std::int64_t>()>;

/// When a server last got or lost its settings or its mounts, by whatever program, and whether the
/// watch runs. It does not tell of a game that ended by itself.
BoardMarks marks_of(Host host);

/// For how long a board is as good as a new one, and for how long somebody has it while a new one
/// is being read.
struct BoardAges {
    std::chrono::milliseconds fresh{1000};
    std::chrono::milliseconds usable{3000};
};

/// How all servers are, for all who look: read at most once a second for pages, however many are
/// asked for, unless something changes. Pages that are asked for one after the other do not wait for
/// it either: a thread of the board's own reads it anew behind them. Of any thread.
class StatusBoard {
public:
    explicit StatusBoard(BoardReader reader, BoardMarks marks, BoardAges ages = {});
    StatusBoard(const StatusBoard&) = delete;
    StatusBoard& operator=(const StatusBoard&) = delete;
    ~StatusBoard() = default;

    /// At most some seconds old, and read after the last change that the marks or outdate() told.
    /// Blocks if none is known that is.
    Result<std::shared_ptr<const ServerBoard>> read();

    /// Something has changed just now: what was read before is nobody's answer any more.
    void outdate();

    /// One whose reading began after this was called: it has what changed before. Blocks.
    Result<std::shared_ptr<const ServerBoard>> read_anew();

private:
    using Clock = std::chrono::steady_clock;

    Result<std::shared_ptr<const ServerBoard>> read_begun_after(Clock::time_point begin);
    void read_behind(const std::stop_token& end);

    BoardReader reader_;
    BoardMarks marks_;
    BoardAges ages_;
    std::mutex reading_; ///< whoever reads
    std::mutex keeping_; ///< of what follows
    std::condition_variable_any asked_;
    bool is_asked_ = false; ///< of the thread: to read
    std::shared_ptr<const ServerBoard> last_;
    Clock::time_point begun_; ///< when the reading of the last one began
    std::vector<std::int64_t> seen_marks_; ///< from before it
    Clock::time_point outdated_; ///< when something changed last
    std::jthread behind_;     ///< last, for it uses all of these
};

} // namespace left4me::web
