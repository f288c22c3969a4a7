#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// The names of a game's commands and variables, as its command "cvarlist" lists them: each on a
/// line of its own, "NAME : VALUE : FLAGS : HELP", padded with blanks, between a head and a count.
/// https://developer.valvesoftware.com/wiki/List_of_Left_4_Dead_2_console_commands_and_variables
///
/// Whoever answers may have been taken over: a name is one of those that an engine could have, and
/// of these no more than so many are taken.
class CvarList {
public:
    static constexpr std::size_t max_names = 16 * 1024; ///< Left 4 Dead 2 has some 4000
    static constexpr std::size_t max_name_size = 64;    ///< bytes

    CvarList() = default;
    explicit CvarList(std::string_view answer);

    /// How many there are by the answer's last line, "4123 total convars/concommands"; none where
    /// there is no such line.
    static std::optional<std::size_t> total_in(std::string_view answer);

    /// Sorted, each once.
    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

    /// Those that begin so, in whichever case, as the engine takes them; none of all for "".
    [[nodiscard]] std::vector<std::string> beginning_with(std::string_view beginning) const;

private:
    std::vector<std::string> names_;
};

} // namespace left4me
