#include "command_line.hpp"

namespace stand_in {

namespace {

bool is_command(const std::string& argument)
{
    return argument.size() > 1 && argument.front() == '+';
}

bool is_option(const std::string& argument)
{
    return argument.size() > 1 && argument.front() == '-';
}

} // namespace

CommandLine parse_command_line(std::span<const std::string> arguments)
{
    CommandLine result;
    bool in_command = false;
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        const std::string& argument = arguments[index];
        if (is_command(argument)) {
            result.commands.push_back({argument.substr(1)});
            in_command = true;
        } else if (is_option(argument)) {
            in_command = false;
            if (argument == "-game" && index + 1 < arguments.size())
                result.game = arguments[++index];
        } else if (in_command) {
            result.commands.back().push_back(argument);
        }
    }
    return result;
}

} // namespace stand_in
