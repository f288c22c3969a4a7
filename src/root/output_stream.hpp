#pragma once

#include "model/output_limit.hpp"
#include "system/caller_watch.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"
#include "system/terminal_filter.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// Carries bytes from a pipe, or from the other end of a terminal (non-blocking), to standard
/// output, watching the helper's caller at both ends. To the journal no more than OutputLimit
/// allows; to a terminal nothing that steers it.
class OutputStream {
public:
    /// who: whose output it is, for what the limit tells: "the script".
    OutputStream(FileDescriptor source, std::string who);

    /// Until descriptor is ready for events (-1: until all has been carried) or the
    /// caller is gone.
    Result<Caller> carry_until(int descriptor, short events);

private:
    [[nodiscard]] bool all_carried() const { return !source_ && left_.empty(); }
    void get();
    void give(std::string_view part);
    bool put();

    FileDescriptor source_;
    bool to_terminal_;
    TerminalFilter filter_;
    std::optional<OutputLimit> journal_limit_;
    std::string passed_;
    std::array<char, 64 * 1024> buffer_ = {};
    std::string_view left_;
};

} // namespace left4me
