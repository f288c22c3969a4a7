#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace left4me {

/// How an act of the web program is written, and what does it.
template <class Act>
struct ActWords {
    Act act;
    std::string_view word; ///< in forms, and of a job in the database
    std::string_view verb; ///< of l4d2ctl, what stands before a name: a word a line
};

template <class Act, std::size_t count>
const ActWords<Act>& words_of(const std::array<ActWords<Act>, count>& acts, Act act)
{
    return *std::ranges::find(acts, act, &ActWords<Act>::act);
}

template <class Act, std::size_t count>
std::optional<Act> act_of(const std::array<ActWords<Act>, count>& acts, std::string_view word)
{
    const auto found = std::ranges::find(acts, word, &ActWords<Act>::word);
    return found == acts.end() ? std::nullopt : std::optional(found->act);
}

} // namespace left4me
