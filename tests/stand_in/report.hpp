#pragma once

#include "startup_checks.hpp"

#include <span>
#include <string>
#include <vector>

namespace stand_in {

/// What a process was given by whoever started it, taken before anything of it
/// changes.
struct Inheritance {
    std::vector<std::string> arguments; ///< argv[0] included
    std::vector<std::string> environment_names;
    std::vector<std::string> ignored_signals; ///< "INT"
    std::vector<std::string> descriptors;     ///< "0 /dev/null": number and target
};

Inheritance inheritance(std::span<char* const> arguments);

/// Puts all of it into 'path' as lines of KEY=VALUE: a test reads there what a
/// server of its unit was given and could do. The file is there as a whole or
/// not at all. Returns "ok" or an errno's name.
std::string write_report(const std::string& path, const Inheritance& inherited,
                         const StartupChecks& checks);

} // namespace stand_in
