#include "model/helper_grammar.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <regex>
#include <set>

namespace left4me {
namespace {

using std::string_literals::operator""s;

HelperCall call(const std::string& line)
{
    HelperCall made;
    std::string word;
    std::vector<std::string> words;
    for (const char c : line + ' ')
        if (c == ' ')
            words.push_back(std::exchange(word, {}));
        else
            word += c;
    made.helper = words.front();
    made.words.assign(words.begin() + 1, words.end());
    return made;
}

bool allowed(Asker asker, const std::string& line)
{
    return may_call(helper_rows(asker), call(line));
}

// --- the table ----------------------------------------------------------------------------

TEST(HelperGrammar, IsThatOfTheSudoersFragment)
{
    std::ifstream file(SOURCE_ROOT "/sudoers.d/left4me");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    // sudo wants a backslash before these, which the expression has not.
    const auto unescaped = [](const std::string& expression) {
        return std::regex_replace(expression, std::regex(R"(\\([,:=\\]))"), "$1");
    };
    std::multiset<std::string> in_sudoers;
    const std::regex entry(R"(/usr/libexec/left4me/(\S+) (\^[^$\n]*\$))");
    for (std::sregex_iterator at(text.begin(), text.end(), entry), end; at != end; ++at)
        in_sudoers.insert((*at)[1].str() + ' ' + unescaped((*at)[2].str()));
    std::multiset<std::string> in_the_table;
    for (const auto& row : helper_rows(Asker::sudo))
        in_the_table.insert(std::string(row.helper) + ' ' + std::string(row.words));
    EXPECT_EQ(in_sudoers, in_the_table);
}

TEST(HelperGrammar, GivesEachAskerWhatItNeedsAndNoMore)
{
    const std::vector<std::tuple<Asker, std::string, bool>> rows = {
        {Asker::web, "left4me-systemctl enable coop1", true},
        {Asker::web, "left4me-systemctl purge coop1", true},
        {Asker::web, "left4me-systemctl publish-installation", true},
        {Asker::web, "left4me-systemctl fetch", false}, // a job's
        {Asker::web, "left4me-systemctl job-start servers 12", true},
        {Asker::web, "left4me-systemctl job-stop steam 1234567890", true},
        {Asker::web, "left4me-systemctl job-forget servers 12", true},
        {Asker::web, "left4me-systemctl job-forget servers", false},
        {Asker::sudo, "left4me-systemctl job-forget servers 12", false},
        {Asker::web, "left4me-systemctl job-start servers 12345678901", false},
        {Asker::web, "left4me-systemctl job-start kitchen 12", false},
        {Asker::web, "left4me-journalctl coop1 --lines 10 --follow", true},
        {Asker::web, "left4me-journalctl coop1 --lines 10 --no-follow --cursors --since 1767225600",
         true},
        {Asker::web, "left4me-journalctl coop1 --lines 10 --no-follow --since -1", false},
        {Asker::web, "left4me-journalctl coop1 --lines 10 --no-follow --since 12345678901", false},
        {Asker::web, "left4me-journalctl coop1 --lines 10 --no-follow --since 1 --cursors", false},
        {Asker::web, "left4me-script-sandbox maps/custom k3x9", false}, // a job's
        {Asker::web, "left4me-systemctl restart-hung coop1", false},
        {Asker::watch, "left4me-systemctl restart-empty coop1", true},
        {Asker::watch, "left4me-systemctl restart coop1", false},
        {Asker::watch, "left4me-systemctl restart-hung coop1", true},
        {Asker::watch, "left4me-systemctl event hung coop1", true},
        {Asker::watch, "left4me-systemctl disable coop1", false},
        {Asker::watch, "left4me-journalctl coop1 --lines 10 --no-follow", false},
        {Asker::layers_refresh, "left4me-script-sandbox maps/custom k3x9", true},
        {Asker::layers_refresh, "left4me-script-sandbox --multiarch maps/custom k3x9", true},
        {Asker::layers_refresh, "left4me-systemctl enable coop1", false},
        {Asker::sudo, "left4me-systemctl job-start servers 12", false}, // root has no need of sudo
        {Asker::sudo, "left4me-systemctl fetch", true},
    };
    for (const auto& [asker, line, expected] : rows)
        EXPECT_EQ(allowed(asker, line), expected) << line;
}

TEST(HelperGrammar, TakesWholeWordsAlone)
{
    for (const auto* line :
         {"left4me-systemctl enable", "left4me-systemctl enable ../coop1",
          "left4me-systemctl enable Coop1", "left4me-systemctl enable coop1 coop2",
          "left4me-systemctl  enable coop1", "left4me-systemctl enable coop1 ",
          "left4me-systemctl --help", "systemctl enable coop1", "../left4me-systemctl enable coop1",
          "/usr/libexec/left4me/left4me-systemctl enable coop1", "left4me-overlay mount coop1",
          "left4me-journalctl coop1 --lines 12345678 --follow", "left4me-journalctl coop1 --lines 10",
          "left4me-journalctl coop1 --lines 10 --follow --after x"})
        EXPECT_FALSE(allowed(Asker::web, line)) << line;
    // What would be two words of the line.
    EXPECT_FALSE(may_call(helper_rows(Asker::web), {"left4me-systemctl", {"enable coop1"}}));
    EXPECT_FALSE(may_call(helper_rows(Asker::web), {"left4me-systemctl", {"enable", "coop1\n"}}));
    EXPECT_FALSE(may_call(helper_rows(Asker::web), {"left4me-systemctl", {"enable", "coop1\nx"}}));
    EXPECT_FALSE(may_call(helper_rows(Asker::web), {"left4me-systemctl", {"enable", "coop1\0"s}}));
}

TEST(HelperGrammar, KnowsWhatFollowsALog)
{
    EXPECT_TRUE(follows_a_log(call("left4me-journalctl coop1 --lines 10 --follow --cursors")));
    EXPECT_FALSE(follows_a_log(call("left4me-journalctl coop1 --lines 10 --no-follow")));
    EXPECT_FALSE(follows_a_log(call("left4me-systemctl show --follow")));
}

// --- the message --------------------------------------------------------------------------

TEST(HelperMessage, ComesBackAsItWas)
{
    const auto made = call("left4me-systemctl enable coop1");
    const auto message = format_helper_message(made);
    ASSERT_TRUE(message);
    EXPECT_EQ(*message, "left4me-systemctl\0enable\0coop1\0"s);
    const auto parsed = parse_helper_message(*message);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->helper, made.helper);
    EXPECT_EQ(parsed->words, made.words);
}

TEST(HelperMessage, IsRefusedIfItIsNone)
{
    const std::string longest(max_helper_message_size - 1, 'a');
    EXPECT_TRUE(parse_helper_message(longest + '\0'));
    for (const auto& message :
         {""s, "\0"s, "left4me-systemctl"s, "left4me-systemctl\0enable"s,
          "left4me-systemctl\0\0enable\0"s, "\0left4me-systemctl\0"s,
          "left4me-systemctl\0enable coop1\0"s, "left4me-systemctl\0a\nb\0"s,
          "left4me-systemctl\0caf\xc3\xa9\0"s, "left4me-systemctl\0\x7f\0"s, longest + "a\0"s}) {
        const auto parsed = parse_helper_message(message);
        ASSERT_FALSE(parsed) << message;
        EXPECT_EQ(parsed.error().status, ExitStatus::bad_data);
    }
    EXPECT_FALSE(format_helper_message({longest, {"a"}}));
}

} // namespace
} // namespace left4me
