#pragma once

#include <functional>
#include <string_view>

namespace left4me {

/// Whom this process tells that it waits for another one: a program's main, once, for what
/// waits lies too deep for a Report. Nobody, before.
void set_wait_notice(std::function<void(std::string_view what)> notice);

void tell_wait(std::string_view what);

} // namespace left4me
