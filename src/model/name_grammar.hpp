#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// The rule of [a-z0-9][a-z0-9_-]{0,max_size-1} that text breaks, if any, in
/// words that fit after "…: ". Instance names and aliases share it.
std::optional<std::string> broken_name_rule(std::string_view text, std::size_t max_size);

} // namespace left4me
