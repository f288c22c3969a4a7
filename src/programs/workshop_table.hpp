#pragma once

#include "console/verb.hpp"

#include <string>
#include <vector>

namespace left4me {

/// What carries out the verbs of the workshop.
struct WorkshopFunctions {
    using Function = Result<Act> (*)(const Arguments&);
    Function add;
    Function refresh;
    Function list;
    Function remove;
};

/// The verbs of l4d2ctl workshop, whose words begin with before ("workshop "). l4d2ctl knows
/// them, too, although left4me-workshop does them.
std::vector<Verb> workshop_table(const std::string& before, const WorkshopFunctions& functions);

} // namespace left4me
