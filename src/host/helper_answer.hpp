#pragma once

#include "model/helper_grammar.hpp"
#include "system/error.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace left4me {

/// What a helper gave that was run for its answer.
struct HelperAnswer {
    int status;            ///< as a shell has it
    std::string output;    ///< of a long one, the end: whole lines
    std::string complaint; ///< what it wrote to standard error, escaped
};

/// Runs one of the package's helpers as root with that text as its standard input, and waits; of
/// any thread. unavailable where it takes longer than patience.
Result<HelperAnswer> answer_of_helper(const HelperCall& call, std::string_view input,
                                      std::chrono::seconds patience);

} // namespace left4me
