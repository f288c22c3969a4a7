#pragma once

#include "root/journal_reader.hpp"
#include "system/error.hpp"

namespace left4me {

Result<JournalRequest> parse_journal_request(int argc, const char* const* argv);
Result<int> run_journal_request(const JournalRequest& request);

} // namespace left4me
