#include "model/game_port.hpp"

#include <charconv>
#include <format>

namespace left4me {

Result<GamePort> GamePort::parse(std::string_view text)
{
    constexpr std::uint16_t lowest = 1024;
    std::uint16_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{} || end != text.data() + text.size() || number < lowest ||
        text.front() == '0')
        return fail(
            ExitStatus::bad_data,
            std::format("{} is not a port: it must be a number from {} to 65535", quote(text), lowest));
    return GamePort(number);
}

} // namespace left4me
