#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

namespace left4me {

struct Utf8Character {
    char32_t code;
    std::size_t length; ///< bytes
};

/// The character that text begins with; none where it is empty or not UTF-8 (overlong forms
/// and surrogates are not).
std::optional<Utf8Character> first_character(std::string_view text);

/// Whether all of it is.
bool is_utf8(std::string_view text);

/// Whether all of it is, and each character is one that is accepted: asked for one after the
/// other, up to the first that is not.
bool all_characters(std::string_view text, const std::function<bool(char32_t)>& accepts);

} // namespace left4me
