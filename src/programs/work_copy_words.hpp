#pragma once

#include "console/verb.hpp"
#include "host/host.hpp"
#include "model/build_run.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <string>
#include <vector>

namespace left4me {

// What the helpers that work on one work copy of a layer have in common.

/// The words REF and ID, of which the latter is called as the helper's manual has it.
std::vector<Parameter> work_copy_words(const std::string& id_called);

Result<WorkCopy> work_copy_of(const Arguments& arguments, const std::string& id_called);

/// Its tree, for a program that gives up new privileges first, because who made what it
/// reads may have a way into it.
Result<Directory> open_work_copy(const Host& host, const WorkCopy& copy);

} // namespace left4me
