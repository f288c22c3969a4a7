#include "command_line.hpp"

#include <algorithm>
#include <cctype>

namespace stand_in {

namespace {

bool is_space(char c)
{
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

bool is_command(const std::string& argument)
{
    return argument.size() > 1 && argument.front() == '+';
}

bool is_option(const std::string& argument)
{
    return argument.size() > 1 && argument.front() == '-';
}

} // namespace

// CCommandLine::CreateCmdLine and ParseCommandLine of the engine's tier0/commandline.cpp,
// public in several repositories: an empty word is none, and a quote within one ends it.
std::vector<std::string> engine_words(std::span<const std::string> arguments)
{
    std::string line;
    for (const std::string& argument : arguments)
        line += '"' + argument + "\" ";
    std::vector<std::string> words;
    for (auto at = line.begin(); at != line.end();) {
        if (is_space(*at)) {
            ++at;
            continue;
        }
        const bool quoted = *at == '"';
        const auto begin = quoted ? at + 1 : at;
        const auto end =
            quoted ? std::find(begin, line.end(), '"') : std::find_if(begin, line.end(), is_space);
        if (begin != end && (!quoted || end != line.end()))
            words.emplace_back(begin, end);
        at = quoted && end != line.end() ? end + 1 : end;
    }
    return words;
}

CommandLine parse_command_line(std::span<const std::string> arguments)
{
    const std::vector<std::string> words = engine_words(arguments);
    CommandLine result;
    bool in_command = false;
    for (std::size_t index = 0; index < words.size(); ++index) {
        const std::string& word = words[index];
        if (is_command(word)) {
            result.commands.push_back({word.substr(1)});
            in_command = true;
        } else if (is_option(word)) {
            in_command = false;
            if (word == "-game" && index + 1 < words.size())
                result.game = words[++index];
        } else if (in_command) {
            result.commands.back().push_back(word);
        }
    }
    return result;
}

} // namespace stand_in
