#pragma once

#include "host/host.hpp"
#include "system/error.hpp"
#include "verbs/instance_status.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace left4me::web {

/// All servers, as somebody found them.
struct ServerBoard {
    std::vector<InstanceStatus> statuses;
    std::vector<std::string> warnings; ///< what could not be told of them
};

/// Reads how all servers are, for all who look: at most once a second, however many do, for a
/// unit of root's is started for it. While one reads, the others have what was read before, unless
/// that is older than some seconds. Of any thread; blocks.
class StatusBoard {
public:
    explicit StatusBoard(Host host) : host_(std::move(host)) {}

    Result<std::shared_ptr<const ServerBoard>> read();

private:
    std::shared_ptr<const ServerBoard> last_within(std::chrono::seconds age);

    Host host_;
    std::mutex reading_; ///< whoever reads
    std::mutex keeping_; ///< of these
    std::shared_ptr<const ServerBoard> last_;
    std::chrono::steady_clock::time_point read_at_;
};

} // namespace left4me::web
