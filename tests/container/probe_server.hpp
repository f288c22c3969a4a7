#pragma once

#include "probe_report.hpp"
#include "support.hpp"

#include <string>

namespace left4me::test {

/// A server whose game is the probe of 64 bits, started by the launcher as a game is.
class ProbeServer : public ServerTest {
protected:
    void start_attempts(const Words& attempts);
    [[nodiscard]] bool has_ended() const;
    [[nodiscard]] ProbeReport answers() const; ///< once it has ended

    /// The layer with the probe in it, for more files; made before the start if asked for.
    [[nodiscard]] std::string layer_path();

private:
    std::string layer_;
};

} // namespace left4me::test
