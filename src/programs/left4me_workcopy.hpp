#pragma once

#include "model/build_run.hpp"

namespace left4me {

enum class WorkCopyVerb { mount, umount };

struct WorkCopyRequest {
    WorkCopyVerb verb;
    BuildRun run;
};

Result<WorkCopyRequest> parse_work_copy_request(int argc, const char* const* argv);
Result<int> run_work_copy_request(const WorkCopyRequest& request);

} // namespace left4me
