#include "system/error.hpp"

#include "system/shown_text.hpp"
#include "text_case.hpp"

#include <cerrno>

namespace left4me {
namespace {

using namespace std::string_literals;

/// message: the text as it is shown.
class Escaped : public testing::TestWithParam<TextCase> {};
TEST_P(Escaped, IsShownHarmlessly)
{
    EXPECT_EQ(escaped(GetParam().text), GetParam().message);
    EXPECT_EQ(quote(GetParam().text), "'" + GetParam().message + "'");
    EXPECT_EQ(escaped(GetParam().message), GetParam().message); // it may be shown by another
}
INSTANTIATE_TEST_SUITE_P(
    Error, Escaped,
    testing::Values(
        TextCase{"empty", "", ""}, TextCase{"plain", "a b~", "a b~"},
        TextCase{"newline", "a\nb", "a\\nb"}, TextCase{"tab", "a\tb", "a\\tb"},
        TextCase{"carriage_return", "a\rb", "a\\x0db"}, TextCase{"escape", "\x1b[2J", "\\x1b[2J"},
        TextCase{"nul", "a\0b"s, "a\\x00b"}, TextCase{"bell", "\a", "\\x07"},
        TextCase{"delete_character", "\x7f", "\\x7f"}, TextCase{"two_bytes", "k\u00f6ln", "k\u00f6ln"},
        TextCase{"three_bytes", "\u20ac", "\u20ac"}, TextCase{"four_bytes", "\U0001f9df", "\U0001f9df"},
        TextCase{"first_after_c1", "\u00a0", "\u00a0"},
        TextCase{"last_code_point", "\U0010ffff", "\U0010ffff"},
        TextCase{"c1_first", "\u0080", "\\xc2\\x80"}, TextCase{"c1_csi", "\u009b", "\\xc2\\x9b"},
        TextCase{"c1_last", "\u009f", "\\xc2\\x9f"}, TextCase{"c1_raw", "\x9b", "\\x9b"},
        TextCase{"line_separator", "\u2028", "\\xe2\\x80\\xa8"},
        TextCase{"paragraph_separator", "\u2029", "\\xe2\\x80\\xa9"},
        TextCase{"bidi_embedding", "\u202a", "\\xe2\\x80\\xaa"},
        TextCase{"bidi_override", "a\u202eb", "a\\xe2\\x80\\xaeb"},
        TextCase{"bidi_isolate", "\u2066", "\\xe2\\x81\\xa6"},
        TextCase{"bidi_pop", "\u2069", "\\xe2\\x81\\xa9"},
        TextCase{"before_bidi", "\u2027\u202f", "\u2027\u202f"},
        TextCase{"lone_continuation", "\x80", "\\x80"}, TextCase{"cut_two", "\xc3", "\\xc3"},
        TextCase{"cut_three", "\xe2\x82", "\\xe2\\x82"},
        TextCase{"cut_four", "\xf0\x9f\xa7", "\\xf0\\x9f\\xa7"},
        TextCase{"not_continued",
                 "\xc3"
                 "a",
                 "\\xc3a"},
        TextCase{"overlong_two", "\xc0\xaf", "\\xc0\\xaf"},
        TextCase{"overlong_three", "\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
        TextCase{"overlong_four", "\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"},
        TextCase{"surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
        TextCase{"above_unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
        TextCase{"invalid_byte", "\xff", "\\xff"}),
    NameOfCase());

TEST(Escaped, KeepsTheEndsOfLinesWhereThereAreSeveral)
{
    EXPECT_EQ(escaped_lines("a\x1b[2J\nb\tc\r\n"), "a\\x1b[2J\nb\\tc\\x0d\n");
}

TEST(Escaped, LeavesJsonWhatItIs)
{
    EXPECT_EQ(escaped_json("{\n  \"k\u00f6ln\": \"\\u001b\"\n}\n"),
              "{\n  \"k\u00f6ln\": \"\\u001b\"\n}\n");
    EXPECT_EQ(escaped_json("\"\x7f \u009b2J \u202e \xff\""), "\"\\u007f \\u009b2J \\u202e \\ufffd\"");
}

TEST(Quote, CutsLongText)
{
    EXPECT_EQ(quote(std::string(200, 'a')), "'" + std::string(200, 'a') + "'");
    EXPECT_EQ(quote(std::string(201, 'a')), "'" + std::string(200, 'a') + "…'");
    EXPECT_EQ(escaped(std::string(5000, 'a')).size(), 5000U);
}

TEST(Quote, NeverCutsIntoACharacter)
{
    EXPECT_EQ(quote(std::string(199, 'a') + "\u00f6b"), "'" + std::string(199, 'a') + "\\xc3…'");
}

struct ErrnoCase {
    std::string name;
    int number;
    ExitStatus status;
};
class Errno : public testing::TestWithParam<ErrnoCase> {};
TEST_P(Errno, GivesTheStatus)
{
    EXPECT_THAT(Result<void>(fail_errno("cannot open 'x'", GetParam().number)),
                FailsWith(GetParam().status, "cannot open 'x': "));
}
INSTANTIATE_TEST_SUITE_P(Error, Errno,
                         testing::Values(ErrnoCase{"ENOENT_", ENOENT, ExitStatus::not_found},
                                         ErrnoCase{"EACCES_", EACCES, ExitStatus::not_permitted},
                                         ErrnoCase{"EPERM_", EPERM, ExitStatus::not_permitted},
                                         ErrnoCase{"EBUSY_", EBUSY, ExitStatus::busy},
                                         ErrnoCase{"EAGAIN_", EAGAIN, ExitStatus::busy},
                                         ErrnoCase{"ELOOP_", ELOOP, ExitStatus::bad_data},
                                         ErrnoCase{"ENOTDIR_", ENOTDIR, ExitStatus::bad_data},
                                         ErrnoCase{"EXDEV_", EXDEV, ExitStatus::bad_data},
                                         ErrnoCase{"ENOSPC_", ENOSPC, ExitStatus::io},
                                         ErrnoCase{"EIO_", EIO, ExitStatus::io}),
                         NameOfCase());

} // namespace
} // namespace left4me
