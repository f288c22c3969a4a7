// What Tab gives in real shells, to root and to an operator behind sudo.

#include "support.hpp"
#include "terminal.hpp"

#include <algorithm>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string person = "left4me-tester";
const std::string sudo_rule = "/etc/sudoers.d/left4me-tester";

class Completion : public ServerTest {
protected:
    void SetUp() override
    {
        ASSERT_EQ(run({"useradd", "--create-home", "--shell", "/bin/bash", person}).status, 0);
        write_file(sudo_rule, person + " ALL=(root) NOPASSWD: /usr/bin/l4d2ctl\n");
        ASSERT_EQ(run({"chmod", "0440", sudo_rule}).status, 0);
        initialize(spec());
        layer = make_whole_layer("maps");
    }
    void TearDown() override
    {
        remove_all(sudo_rule);
        run({"userdel", "--remove", "--force", person});
    }

    /// With the directory that makes it one.
    std::string make_whole_layer(const std::string& suffix)
    {
        auto made = make_layer(suffix);
        std::filesystem::create_directories(state + "/overlays/" + made + "/left4dead2");
        return made;
    }

    /// What a person gets on a terminal who types words, the last one in part, and Tab.
    static void expect_completed(const Words& shell, const std::string& ready, const std::string& typed,
                                 const std::string& whole)
    {
        OnTerminal terminal(shell);
        terminal.type(ready + "\n");
        ASSERT_TRUE(terminal.shows("it-is-ready")) << terminal.screen();
        terminal.type(typed + "\t");
        EXPECT_TRUE(terminal.shows(whole)) << typed << ":\n" << terminal.screen();
    }

    static Words as(const std::string& user, Words shell)
    {
        Words command = {"runuser",
                         "-u",
                         user,
                         "--",
                         "env",
                         "TERM=dumb",
                         "HOME=" + (user == "root" ? "/root" : "/home/" + user),
                         "PS1=> "};
        command.insert(command.end(), shell.begin(), shell.end());
        return command;
    }

    /// All but the last letters, so that one candidate is left.
    static std::string begun(const std::string& text) { return text.substr(0, text.size() - 2); }

    std::string layer;
};

const std::string say_ready = "echo it-is'-'ready";

TEST_F(Completion, InBash)
{
    const Words bash = {"bash", "--norc", "--noprofile", "-i"};
    const auto ready = ". /usr/share/bash-completion/bash_completion; " + say_ready;
    for (const auto& [user, before] : {std::pair("root", ""), {person.c_str(), "sudo "}}) {
        expect_completed(as(user, bash), ready, std::format("{}l4d2ctl start {}", before, begun(name)),
                         name);
        expect_completed(as(user, bash), ready,
                         std::format("{}l4d2ctl overlay show {}", before, begun(layer)), layer);
        expect_completed(as(user, bash), ready, std::format("{}l4d2ctl logs {} --sin", before, name),
                         "--since");
    }
}

TEST_F(Completion, InZsh)
{
    const Words zsh = {"zsh", "-f", "-i"};
    const auto ready = "autoload -Uz compinit; compinit -D -u; " + say_ready;
    for (const auto& [user, before] : {std::pair("root", ""), {person.c_str(), "sudo "}}) {
        expect_completed(as(user, zsh), ready, std::format("{}l4d2ctl start {}", before, begun(name)),
                         name);
        expect_completed(as(user, zsh), ready,
                         std::format("{}l4d2ctl overlay show {}", before, begun(layer)), layer);
        expect_completed(as(user, zsh), ready, std::format("{}l4d2ctl logs {} --sin", before, name),
                         "--since");
    }
}

TEST_F(Completion, InFish)
{
    for (const auto& [user, before] : {std::pair("root", ""), {person.c_str(), "sudo "}}) {
        const auto offers = [&, who = std::string(user),
                             sudo = std::string(before)](const std::string& line) {
            const auto done = run(as(
                who, {"fish", "--command", std::format("complete --do-complete '{}{}'", sudo, line)}));
            EXPECT_EQ(done.status, 0) << done.err;
            Words words;
            for (const auto& offer : lines_of(done.out))
                words.push_back(offer.substr(0, offer.find('\t')));
            return words;
        };
        EXPECT_THAT(offers("l4d2ctl start " + begun(name)), ElementsAre(name));
        EXPECT_THAT(offers("l4d2ctl overlay show " + begun(layer)), ElementsAre(layer));
        EXPECT_THAT(offers("l4d2ctl logs --sin"), ElementsAre("--since"));
        // -f is another thing to initialize.
        EXPECT_THAT(offers("l4d2ctl logs -f " + begun(name)), ElementsAre(name));
        EXPECT_THAT(offers("l4d2ctl initialize -f x " + begun(name)), ElementsAre(name));
    }
}

/// Nobody is asked for a password by a key, and nobody learns the names without one.
TEST_F(Completion, GivesNoNamesToOthers)
{
    remove_all(sudo_rule);
    const auto typed = std::format("complete --do-complete 'sudo l4d2ctl start {}'", begun(name));
    const auto done = run(as(person, {"fish", "--command", typed}));
    EXPECT_THAT(done.out, Not(HasSubstr(name)));
    EXPECT_EQ(done.err, "");
    EXPECT_EQ(run({"runuser", "-u", person, "--", "l4d2ctl", "names", "servers"}).status, 77);
}

TEST_F(Completion, NamesAreInTheirOrder)
{
    const auto ten = make_whole_layer("10");
    const auto two = make_whole_layer("2");
    const auto all = lines_of(l4d2ctl({"names", "layers"}).out);
    const auto place = [&](const std::string& ref) { return std::ranges::find(all, ref) - all.begin(); };
    EXPECT_LT(place(two), place(ten));
    EXPECT_LT(place(ten), static_cast<std::ptrdiff_t>(all.size()));
    EXPECT_THAT(lines_of(l4d2ctl({"names", "servers"}).out), Contains(name));
    const auto list = l4d2ctl({"overlay", "list"}).out;
    EXPECT_LT(list.find(two + ' '), list.find(ten + ' '));
}

} // namespace
} // namespace left4me::test
