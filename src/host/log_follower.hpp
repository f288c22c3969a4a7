#pragma once

#include "host/helper_door.hpp"
#include "model/instance_name.hpp"
#include "model/log_line.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <poll.h>
#include <string>
#include <variant>
#include <vector>

namespace left4me {

/// Where a log is begun: with its last lines, at most so many, or behind a place in it.
using LogStart = std::variant<std::size_t, JournalCursor>;

/// What a server's unit writes to the journal, followed through its starts and stops by the helper
/// that may read it (left4me-journalctl), for who has more to wait for than that. The helper ends
/// with this object.
class LogFollower {
public:
    static Result<LogFollower> start(const InstanceName& name, const LogStart& from);

    /// What to wait for; where it has ended, descriptors of -1.
    [[nodiscard]] std::array<pollfd, 2> watched() const;

    /// The whole lines that are there; never waits. An Error, once, where it has ended, with what
    /// the helper said; then nothing more. not_found: the journal has no such place (any more).
    Result<std::vector<LogLine>> take();

private:
    LogFollower(RunningHelper helper, FileDescriptor input, FileDescriptor output, FileDescriptor errors)
        : helper_(std::move(helper)), input_(std::move(input)), output_(std::move(output)),
          errors_(std::move(errors))
    {
    }

    [[nodiscard]] ExitStatus why_ended();

    RunningHelper helper_;
    FileDescriptor input_; ///< whose end tells the helper that nobody listens any more
    FileDescriptor output_;
    FileDescriptor errors_;
    std::string part_; ///< of a line
    std::string complaint_;
};

} // namespace left4me
