#pragma once

#include "console/verb.hpp"
#include "system/error.hpp"

#include <functional>

namespace left4me {

/// What a program does that only units of left4me call: as root, else not_permitted. The
/// reason of a failure becomes the unit's status text, which is what those see who asked for
/// the unit; the journal has the same line from stderr.
Result<int> act_as_root(const std::function<Result<void>()>& act);

/// What a helper does that user left4me calls through sudo: with limits of its own, whatever
/// its caller's are.
Act as_helper(Act act);

} // namespace left4me
