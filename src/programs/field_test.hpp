#pragma once

#include "doctor/findings.hpp"
#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace left4me {

struct FieldTestOrder {
    std::optional<InstanceName> like;
    std::string report; ///< its file; empty: one of the time's name in the working directory
    std::chrono::seconds patience;
    bool json; ///< steps are not told
};

struct FieldTest {
    Findings findings;
    std::string report; ///< the file that was written
};

/// l4d2ctl doctor --play, as root: has a game play in the sandbox and looks at it, then once more
/// followed by strace, and writes a report for whoever mends left4me. All that has to do with the
/// game is done by children that are user left4me; root listens to the kernel's records, puts the
/// drop-in for strace in its place and takes it away, starts strace, and writes the report's file
/// (0600, without secrets). Whatever happens, the server and the drop-in are gone at the end, but
/// for what a killed process leaves: the next run removes it. Busy while another one is at work;
/// cancelled by Ctrl-C, without a report.
Result<FieldTest> run_field_test(const Host& host, const FieldTestOrder& order);

} // namespace left4me
