#pragma once

#include "console/verb.hpp"
#include "model/job_name.hpp"
#include "system/error.hpp"

#include <vector>

namespace left4me {

// The kind and the number of a job on a command line: KIND ID.

std::vector<Parameter> job_words();
Result<JobName> job_of(const Arguments& arguments);

} // namespace left4me
