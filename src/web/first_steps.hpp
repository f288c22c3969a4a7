#pragma once

#include "host/host.hpp"
#include "system/error.hpp"
#include "web/markup.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace left4me::web {

/// What there is on a host, and of a user, before there is a first server.
struct FirstSteps {
    bool admin = false;
    std::size_t blueprints = 0; ///< of the user's own
    bool game = false;
    std::optional<std::string> build = {};
    std::size_t layers = 0;
};

/// What of it is the host's: looked at, which blocks.
Result<FirstSteps> look_for_first_steps(const Host& host, FirstSteps of_user);

/// What to do first, in order; what is done is said to be. Pure.
Markup first_steps(const FirstSteps& steps);

} // namespace left4me::web
