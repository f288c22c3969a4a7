#pragma once

#include "console/verb.hpp"
#include "system/error.hpp"

#include <string>
#include <string_view>

namespace left4me {

/// One verb as a manual writes it, in scdoc's marks: "*start* _NAME_". before: what comes
/// first, the program's own name in a synopsis.
std::string manual_usage(const Verb& verb, std::string_view before = "");

/// Fills in what a page takes from the table of verbs: "{{SYNOPSIS}}" is a line for each verb,
/// "{{EXAMPLES}}" are their examples, and "{{overlay build}}" is that verb's usage. called: how
/// the synopsis names the program. bad_data for a verb that the page does not have, or has
/// twice, and for one that the table does not have.
Result<std::string> fill_manual(const Program& program, std::string_view called, std::string_view page);

} // namespace left4me
