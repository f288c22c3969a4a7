#include "guide.hpp"

#include "support.hpp"

#include <regex>
#include <string_view>

namespace left4me::test {

std::vector<Block> blocks_of(const std::string& section)
{
    constexpr std::string_view indent = "    ";
    std::vector<Block> blocks;
    bool within = false;
    bool found = false;
    for (const auto& line : lines_of(read_file(tests_dir + "/operators.md"))) {
        if (line.starts_with("## "))
            found = line == "## " + section;
        const bool code = found && line.starts_with(indent);
        if (code && !within)
            blocks.emplace_back();
        if (code)
            blocks.back().text += line.substr(indent.size()) + '\n';
        within = code;
    }
    for (auto& block : blocks) {
        std::smatch match;
        if (std::regex_search(block.text, match, std::regex("^# ([a-z]+\\.[a-z]+)")))
            block.file = match[1];
    }
    return blocks;
}

} // namespace left4me::test
