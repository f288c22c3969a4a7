#pragma once

#include "model/build_run.hpp"
#include "system/error.hpp"

#include <string>

namespace left4me {

/// left4me-unpack REF ID NAME, with the archive on standard input.
struct UnpackRequest {
    WorkCopy copy;
    std::string source_name; ///< of what is on standard input, for messages
};

Result<UnpackRequest> parse_unpack_request(int argc, const char* const* argv);

/// As user left4me; gives up new privileges first, because who made the archive may
/// have a way into what reads it. Prints what it has added.
Result<int> run_unpack_request(const UnpackRequest& request);

} // namespace left4me
