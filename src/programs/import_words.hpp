#pragma once

#include "console/verb.hpp"
#include "layer/layer_import.hpp"
#include "system/error.hpp"

#include <string>
#include <vector>

namespace left4me {

// The options of an import, for l4d2ctl and for left4me-unpack, which it calls, and its plan.

/// --into, --strip, --charset, --plan and --json.
std::vector<Parameter> import_options();

/// usage for a directory that is none of a layer.
Result<ImportOrder> import_order_of(const Arguments& arguments, std::string name);

/// Where each file would go, and what would be left out.
std::string format_import_plan(const LayoutPlan& plan);
std::string format_import_plan_json(const LayoutPlan& plan);

/// As --json says.
void print_import_plan(const LayoutPlan& plan, bool json);

} // namespace left4me
