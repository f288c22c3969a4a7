// Each command of l4d2ctl in the documents is one that it takes, words and values. What some of
// them do, tests/container tries as it stands there.
#include "console/command_line.hpp"
#include "programs/programs.hpp"
#include "text_case.hpp"

#include <algorithm>
#include <filesystem>
#include <format>
#include <fstream>
#include <ranges>
#include <regex>
#include <utility>

namespace left4me {
namespace {

using Words = std::vector<std::string>;
namespace fs = std::filesystem;

struct Documented {
    std::string place; ///< "operators_12": the file and its line
    std::string text;  ///< behind "l4d2ctl "
};

void PrintTo(const Documented& row, std::ostream* out)
{
    *out << row.place << ": l4d2ctl " << row.text;
}

/// As a shell splits it, of which the documents use quotes, comments, pipes and redirections.
Words words_of(std::string_view text)
{
    Words words;
    std::string word;
    bool within = false;
    char quote = 0;
    for (const char c : text) {
        if (quote == 0 && !within && (c == '#' || c == '|' || c == '>' || c == '<' || c == '&'))
            break;
        if (c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
            within = true;
        } else if (quote == 0 && c == ' ') {
            if (within)
                words.push_back(std::exchange(word, {}));
            within = false;
        } else {
            word += c;
            within = true;
        }
    }
    if (within)
        words.push_back(word);
    return words;
}

std::vector<Documented> all_documented()
{
    std::vector<Documented> all;
    for (const auto* file :
         {"README.md", "docs/operators.md", "docs/security.md", "docs/contributors.md"}) {
        std::ifstream lines(fs::path(SOURCE_ROOT) / file);
        static const std::regex command("^    (?:sudo )?(?:[A-Z]+=\\S+ )?l4d2ctl (.*)$");
        std::string line;
        for (int number = 1; std::getline(lines, line); ++number)
            if (std::smatch found; std::regex_match(line, found, command))
                all.push_back({std::format("{}_{}", fs::path(file).stem().string(), number), found[1]});
    }
    return all;
}

TEST(DocumentedCommands, AreFound)
{
    EXPECT_GT(all_documented().size(), 70U);
}

class EachDocumentedCommand : public testing::TestWithParam<Documented> {};

TEST_P(EachDocumentedCommand, IsTaken)
{
    auto words = words_of(GetParam().text);
    // One that stands for all of a group: "workshop …".
    if (const auto rest = std::ranges::find(words, "…"); rest != words.end()) {
        ASSERT_EQ(words.size(), 2U);
        EXPECT_TRUE(std::ranges::contains(l4d2ctl.groups, words.front(), &VerbGroup::word));
        return;
    }
    std::vector<const char*> argv = {"l4d2ctl"};
    for (const auto& word : words)
        argv.push_back(word.c_str());
    const int argc = static_cast<int>(argv.size());
    argv.push_back(nullptr);
    EXPECT_THAT(parse_act(l4d2ctl, argc, argv.data()), Succeeds());
}

INSTANTIATE_TEST_SUITE_P(Documents, EachDocumentedCommand, testing::ValuesIn(all_documented()),
                         [](const auto& row) { return row.param.place; });

} // namespace
} // namespace left4me
