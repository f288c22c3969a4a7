#pragma once

#include "catalogue.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Each directive of each unit, and what shows that it matters.
namespace left4me::escape {

/// The package's services, by their file's name without ".service".
Words units();

/// The names that stand before "=" in [Service], once each, in the alphabet's order.
Words directives_in(std::string_view unit_file);

/// All cases that are tried in a unit.
std::vector<Case> cases_in(const std::string& unit, const Words& directives);

/// Why a directive is there that no case takes away.
struct Reason {
    Words units; ///< empty: all
    std::string directive;
    Words tests;     ///< that go red without it: GoogleTest names
    std::string why; ///< in words; with tests, what they show
};
std::vector<Reason> reasons();

/// What shows that one directive of a unit matters.
struct Evidence {
    std::string directive;
    Words alone;      ///< attempts that succeed, or get another answer, without it
    Words with_others; ///< that succeed without it and the layers beside it
    std::vector<Reason> reasons;
};
std::vector<Evidence> evidence_for(const std::string& unit, std::string_view unit_file);

/// docs/directives.md. files: the text of each unit's.
std::string directives_page(const std::map<std::string, std::string>& files);

} // namespace left4me::escape
