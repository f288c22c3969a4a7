#include "root/process_inspection.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// As the kernel writes them; see proc_pid_maps(5).
TEST(ReplacedFiles, AreThoseOfUsrThatAreMarkedDeleted)
{
    EXPECT_THAT(
        replaced_files(
            "08048000-08056000 r-xp 00000000 00:2b 1234       /var/lib/left4me/runtime/a/merged/x "
            "(deleted)\n"
            "f7c00000-f7c22000 r--p 00000000 fe:00 2001       /usr/lib/i386-linux-gnu/libc.so.6 "
            "(deleted)\n"
            "f7c22000-f7d9b000 r-xp 00022000 fe:00 2001       /usr/lib/i386-linux-gnu/libc.so.6 "
            "(deleted)\n"
            "f7e00000-f7e01000 r-xp 00000000 fe:00 2002       /usr/lib/i386-linux-gnu/libm.so.6\n"
            "f7f00000-f7f01000 rw-s 00000000 00:01 3          /memfd:x (deleted)\n"
            "f7f10000-f7f11000 rw-p 00000000 00:00 0          [heap]\n"
            "f7f12000-f7f13000 rw-p 00000000 00:00 0 \n"
            "f7f20000-f7f21000 r-xp 00000000 fe:00 9          /usr/bin/a b (deleted)"),
        ElementsAre("/usr/bin/a b", "/usr/lib/i386-linux-gnu/libc.so.6"));
}

class OddMaps : public testing::TestWithParam<TextCase> {};
TEST_P(OddMaps, HaveNone)
{
    EXPECT_THAT(replaced_files(GetParam().text), IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(Maps, OddMaps,
                         testing::Values(TextCase{"empty", ""}, TextCase{"newlines", "\n\n"},
                                         TextCase{"mark_alone", " (deleted)"},
                                         TextCase{"no_path", "0-1 r-xp 0 0:0 0 (deleted)"},
                                         TextCase{"not_at_the_end", "0-1 r 0 0:0 0 /usr/a (deleted) "}),
                         NameOfCase());

Inspections example()
{
    return {{InstanceName::parse("a").value(), {12, true, {"/usr/lib/x", "/usr/\"y\n"}}},
            {InstanceName::parse("b").value(), {13, false, {}}}};
}

TEST(Inspections, AreReadAsTheyWereWritten)
{
    EXPECT_EQ(parse_inspections(format_inspections(example())).value(), example());
    EXPECT_EQ(parse_inspections(format_inspections({})).value(), Inspections());
}

TEST(Inspections, AreTextWhateverAFileIsCalled)
{
    const Inspections odd = {{InstanceName::parse("a").value(), {1, false, {"/usr/\xff\x1b[2J"}}}};
    const auto text = format_inspections(odd);
    EXPECT_TRUE(text.find('\x1b') == std::string::npos) << text;
    EXPECT_TRUE(parse_inspections(text).has_value());
}

TEST(Inspections, AreAsOldAsTheirRecord)
{
    const TemporaryHost host;
    EXPECT_EQ(inspections_written(*host), std::nullopt);
    const auto before = std::chrono::system_clock::now().time_since_epoch() - std::chrono::seconds(1);
    ASSERT_THAT(write_inspections(*host, {}), Succeeds());
    EXPECT_GT(inspections_written(*host).value(),
              std::chrono::duration_cast<std::chrono::microseconds>(before));
}

class BadInspections : public testing::TestWithParam<TextCase> {};
TEST_P(BadInspections, AreRefused)
{
    const auto parsed = parse_inspections(GetParam().text);
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().message, escaped(parsed.error().message));
}
INSTANTIATE_TEST_SUITE_P(
    Inspections, BadInspections,
    testing::Values(
        TextCase{"control_bytes", "{\"\x1b[31m\xff"}, TextCase{"empty", ""}, TextCase{"cut", R"({"a":)"},
        TextCase{"number", "1"},
        TextCase{"bad_name", R"({"../a":{"main_pid":1,"launcher_replaced":true,"replaced":[]}})"},
        TextCase{"no_pid", R"({"a":{"launcher_replaced":true,"replaced":[]}})"},
        TextCase{"pid_is_text", R"({"a":{"main_pid":"1","launcher_replaced":true,"replaced":[]}})"},
        TextCase{"files_are_numbers",
                 R"({"a":{"main_pid":1,"launcher_replaced":true,"replaced":[1]}})"}),
    NameOfCase());

} // namespace
} // namespace left4me
