#pragma once

#include "support.hpp"

#include <gmock/gmock.h>
#include <string>
#include <vector>

namespace left4me::test {

// What l4d2ctl doctor says of this host.

/// The doctor's run on a host after a script, with mounts that only it sees.
Outcome doctor_after(const std::string& script);

/// "VERDICT: WHAT" of each finding of a check.
std::vector<std::string> findings(const Outcome& done, const std::string& id);
std::vector<std::string> findings(const std::string& id);

/// What it says is to do about the first finding of a check that has that in it.
std::string action_of(const std::string& id, const std::string& part);

inline auto is_ok()
{
    return testing::ElementsAre(testing::StartsWith("ok: "));
}

inline auto problem(const std::string& part)
{
    return testing::AllOf(testing::StartsWith("problem: "), testing::HasSubstr(part));
}

inline auto warning(const std::string& part)
{
    return testing::AllOf(testing::StartsWith("warning: "), testing::HasSubstr(part));
}

} // namespace left4me::test
