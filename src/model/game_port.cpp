#include "model/game_port.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

namespace left4me {

Result<GamePort> GamePort::parse(std::string_view text)
{
    constexpr std::uint16_t lowest = 1024;
    const auto number = parse_number<std::uint16_t>(text);
    if (!number || *number < lowest || text.front() == '0')
        return fail(
            ExitStatus::bad_data,
            formatted("{} is not a port: it must be a number from {} to 65535", quote(text), lowest));
    return GamePort(*number);
}

} // namespace left4me
