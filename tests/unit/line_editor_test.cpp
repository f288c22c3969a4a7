// The editor on a real terminal, whose other end this test has: it types whenever the editor
// waits for a key.

#include "console/line_editor.hpp"

#include "system/format.hpp"
#include "system/pseudo_terminal.hpp"
#include "text_case.hpp"

#include <array>
#include <deque>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/// libedit keeps its names of functions, and libtinfo what it read of a terminal, until the end.
// NOLINTNEXTLINE(bugprone-reserved-identifier): the sanitizer's name
extern "C" const char* __lsan_default_suppressions()
{
    return "leak:libtinfo.so\nleak:libedit.so\nleak:wcsdup\n";
}

namespace left4me {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;

class Editing : public testing::Test {
protected:
    Editing()
    {
        auto made = make_pseudo_terminal();
        EXPECT_THAT(made, Succeeds());
        terminal_ = std::move(*made);
        termios settings = {};
        tcgetattr(terminal_.theirs.get(), &settings);
        settings.c_lflag |= ECHO | ICANON | ISIG;
        settings.c_oflag |= OPOST | ONLCR;
        tcsetattr(terminal_.theirs.get(), TCSANOW, &settings);
        tcgetattr(terminal_.theirs.get(), &before_);
        size(24, 80);
        fcntl(terminal_.ours.get(), F_SETFL, O_NONBLOCK);
    }

    void size(unsigned short rows, unsigned short columns) const
    {
        const winsize wanted = {rows, columns, 0, 0};
        ioctl(terminal_.ours.get(), TIOCSWINSZ, &wanted);
    }

    LineEditor open(const std::string& type = "xterm")
    {
        auto editor = LineEditor::open(terminal_.theirs, terminal_.theirs,
                                       {.prompt = "coop1] ", .terminal = type});
        EXPECT_THAT(editor, Succeeds());
        return std::move(*editor);
    }

    void type(const std::string& keys) const
    {
        EXPECT_EQ(write(terminal_.ours.get(), keys.data(), keys.size()),
                  static_cast<ssize_t>(keys.size()));
    }

    [[nodiscard]] bool has_key() const
    {
        pollfd terminal = {terminal_.theirs.get(), POLLIN, 0};
        return poll(&terminal, 1, 0) == 1;
    }

    /// What is done while the editor waits, in turn, until a key is there; then the wait fails.
    LineEditor::Wait doing(std::deque<std::function<void()>> acts)
    {
        return [this, acts = std::move(acts)]() mutable -> Result<void> {
            while (!has_key()) {
                if (acts.empty())
                    return fail(ExitStatus::cancelled, "nothing more is typed");
                acts.front()();
                acts.pop_front();
                read_screen();
            }
            return {};
        };
    }

    LineEditor::Wait typing(const std::vector<std::string>& parts)
    {
        std::deque<std::function<void()>> acts;
        for (const auto& part : parts)
            acts.emplace_back([this, part] { type(part); });
        return doing(std::move(acts));
    }

    std::string read_screen()
    {
        std::array<char, 65536> buffer = {};
        for (ssize_t got = 0; (got = read(terminal_.ours.get(), buffer.data(), buffer.size())) > 0;)
            screen_.append(buffer.data(), static_cast<std::size_t>(got));
        return screen_;
    }

    PseudoTerminal terminal_;
    termios before_ = {};
    std::string screen_;
};

TEST_F(Editing, GivesLinesAsTheyAreTyped)
{
    auto editor = open();
    const auto wait = typing({"status\r", "sa", "y h\xc3\xa4", "llo\x7f\n"});
    EXPECT_THAT(*editor.read_line(wait), Optional(std::string("status")));
    EXPECT_THAT(*editor.read_line(wait), Optional(std::string("say h\xc3\xa4ll")));
    EXPECT_THAT(read_screen(), HasSubstr("coop1] status"));
}

TEST_F(Editing, TakesWhatWasTypedBefore)
{
    type("status\n");
    auto editor = open();
    EXPECT_THAT(*editor.read_line(typing({""})), Optional(std::string("status")));
}

TEST_F(Editing, TakesACharacterInParts)
{
    auto editor = open();
    EXPECT_THAT(*editor.read_line(typing({"a\xe2\x82", "\xac\n"})),
                Optional(std::string("a\xe2\x82\xac")));
}

TEST_F(Editing, LeavesOutBytesThatAreNoCharacters)
{
    auto editor = open();
    EXPECT_THAT(*editor.read_line(typing({"a\xff\xfe\xc2\x9b"
                                          "b\n"})),
                Optional(std::string("ab")));
}

TEST_F(Editing, EndsByCtrlDOnAnEmptyLineAlone)
{
    auto editor = open();
    const auto wait = typing({"a\x04\n", "\x04"});
    EXPECT_THAT(*editor.read_line(wait), Optional(std::string("a")));
    EXPECT_EQ(*editor.read_line(wait), std::nullopt);
}

TEST_F(Editing, EndsWithItsTerminal)
{
    auto editor = open();
    EXPECT_EQ(*editor.read_line(doing({[&] { terminal_.ours.close(); }})), std::nullopt);
}

TEST_F(Editing, IsEndedByTheWait)
{
    auto editor = open();
    EXPECT_THAT(editor.read_line(typing({"half a li"})),
                FailsWith(ExitStatus::cancelled, "nothing more is typed"));
}

TEST_F(Editing, ClearsTheLineByCtrlC)
{
    auto editor = open();
    EXPECT_THAT(*editor.read_line(typing({"quit", "\x03", "status\n"})),
                Optional(std::string("status")));
}

TEST_F(Editing, GoesBackToEarlierLines)
{
    auto editor = open();
    editor.remember("first");
    editor.remember("second");
    EXPECT_THAT(*editor.read_line(typing({"\x1b[A\x1b[A\n"})), Optional(std::string("first")));
    EXPECT_THAT(*editor.read_line(typing({"\x1b[A", "\x03", "\x1b[A\n"})),
                Optional(std::string("second")));
}

TEST_F(Editing, PutsTextAboveTheLine)
{
    auto editor = open();
    const auto line = editor.read_line(doing({[&] { type("stat"); },
                                              [&] {
                                                  read_screen();
                                                  screen_.clear();
                                                  editor.print_above("one\ntwo\n");
                                              },
                                              [&] { type("us\n"); }}));
    EXPECT_THAT(*line, Optional(std::string("status")));
    EXPECT_THAT(screen_, testing::StartsWith("\r\x1b[Jone\r\ntwo\r\ncoop1] stat"));
}

TEST_F(Editing, TakesAwayALineOfManyRows)
{
    size(24, 20);
    auto editor = open();
    const auto line = editor.read_line(doing({[&] { type(std::string(50, 'x')); },
                                              [&] {
                                                  read_screen();
                                                  screen_.clear();
                                                  editor.print_above("one\n");
                                              },
                                              [&] { type("\n"); }}));
    EXPECT_THAT(*line, Optional(std::string(50, 'x')));
    EXPECT_THAT(screen_, testing::StartsWith("\r\x1b[2A\x1b[Jone\r\n"));
}

TEST_F(Editing, ShowsNoControlCharacters)
{
    auto editor = open();
    const auto line = editor.read_line(
        doing({[&] { editor.print_above("a\x1b[2J\x07\xc2\x9b\tb\xff\n"); }, [&] { type("\n"); }}));
    EXPECT_THAT(*line, Optional(std::string()));
    EXPECT_THAT(screen_, AllOf(HasSubstr(R"(a\x1b[2J\x07\xc2\x9b)"), HasSubstr(R"(b\xff)"),
                               Not(HasSubstr("\x1b[2J")), Not(HasSubstr("\t"))));
}

TEST_F(Editing, IsDrawnAnewForAnotherSize)
{
    auto editor = open();
    const auto line = editor.read_line(doing({[&] { type(std::string(30, 'x')); },
                                              [&] {
                                                  size(24, 20);
                                                  read_screen();
                                                  screen_.clear();
                                                  editor.resized();
                                              },
                                              [&] { type("\n"); }}));
    EXPECT_THAT(*line, Optional(std::string(30, 'x')));
    EXPECT_THAT(screen_, HasSubstr("coop1] "));
}

TEST_F(Editing, WorksOnATerminalThatNobodyKnows)
{
    for (const std::string type : {"", "dumb", "no-such-terminal", "../../etc/passwd"}) {
        auto editor = open(type);
        const auto wait = doing({[&] { editor.print_above("one\n"); }, [&] { this->type("status\n"); }});
        EXPECT_THAT(*editor.read_line(wait), Optional(std::string("status"))) << type;
    }
}

TEST_F(Editing, CompletesNames)
{
    auto editor = open();
    editor.complete_by([](std::string_view beginning) {
        std::vector<std::string> all = {"changelevel", "sv_cheats", "sv_lan"};
        std::erase_if(all, [&](const std::string& name) { return !name.starts_with(beginning); });
        return all;
    });
    EXPECT_THAT(*editor.read_line(typing({"ch\t", "c1m1_hotel\n"})),
                Optional(std::string("changelevel c1m1_hotel")));
    EXPECT_THAT(*editor.read_line(typing({"say 1;s\tl\t", "0\n"})),
                Optional(std::string("say 1;sv_lan 0")));
    screen_.clear();
    EXPECT_THAT(*editor.read_line(typing({"sv_\t", "\n"})), Optional(std::string("sv_")));
    EXPECT_THAT(read_screen(), HasSubstr("sv_cheats  sv_lan\r\n"));
}

TEST_F(Editing, CompletesOnceTheNamesAreThere)
{
    auto editor = open();
    std::vector<std::string> names;
    editor.complete_by([&](std::string_view) { return names; });
    const auto arrive = [&] {
        names = {"status"};
        editor.complete_again();
    };
    EXPECT_THAT(*editor.read_line(doing({[&] { type("st\t"); }, arrive, [&] { type("\n"); }})),
                Optional(std::string("status ")));
    names.clear();
    const auto line = editor.read_line(doing({[&] { type("st\tu"); }, arrive, [&] { type("\n"); }}));
    EXPECT_THAT(*line, Optional(std::string("stu")));
}

TEST_F(Editing, LetsTheTerminalGiveEachKeyAndGivesItBackAsItWas)
{
    termios now = {};
    {
        auto editor = open();
        tcgetattr(terminal_.theirs.get(), &now);
        EXPECT_EQ(now.c_lflag & (ICANON | ECHO | ISIG), 0U);
        EXPECT_THAT(*editor.read_line(typing({"a\n"})), Optional(std::string("a")));
        tcgetattr(terminal_.theirs.get(), &now);
        EXPECT_EQ(now.c_lflag & (ICANON | ECHO | ISIG), 0U) << "between two lines";
    }
    tcgetattr(terminal_.theirs.get(), &now);
    EXPECT_EQ(now.c_lflag, before_.c_lflag);
    EXPECT_EQ(now.c_iflag, before_.c_iflag);
    EXPECT_EQ(now.c_oflag, before_.c_oflag);
}

TEST(LineEditor, WantsATerminal)
{
    const FileDescriptor file(open("/dev/null", O_RDWR | O_CLOEXEC));
    EXPECT_THAT(LineEditor::open(file, file, {.prompt = "] ", .terminal = "xterm"}),
                FailsWith(ExitStatus::io, "no terminal"));
}

TEST(CompleteWord, AddsWhatIsSureOrShowsTheChoice)
{
    EXPECT_EQ(complete_word("st", {"status"}).added, "atus ");
    EXPECT_EQ(complete_word("s", {"sv_cheats", "sv_lan"}).added, "v_");
    EXPECT_THAT(complete_word("sv_", {"sv_cheats", "sv_lan"}).shown, ElementsAre("sv_cheats", "sv_lan"));
    EXPECT_THAT(complete_word("SV_", {"sv_cheats", "SV_lan"}).shown, ElementsAre("sv_cheats", "SV_lan"));
    EXPECT_THAT(complete_word("x", {}).shown, IsEmpty());
    std::vector<std::string> many;
    for (int i = 0; i < 300; ++i)
        many.push_back(formatted("v{}", i));
    EXPECT_EQ(complete_word("v", many).shown.size(), 101U);
    EXPECT_EQ(complete_word("v", many).shown.back(), "and 200 more");
}

} // namespace
} // namespace left4me
