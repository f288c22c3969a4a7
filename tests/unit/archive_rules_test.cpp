#include "layer/archive_rules.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

TEST(EntryPath, KeepsWhatAnArchiveMayHave)
{
    for (const auto& [name, path] : {
             std::pair("left4dead2/addons/a.vpk", "left4dead2/addons/a.vpk"),
             std::pair("./cfg//server.cfg", "cfg/server.cfg"),
             std::pair("maps/", "maps"),
             std::pair("./", ""),
             std::pair("maps/süd ost.bsp", "maps/süd ost.bsp"),
             std::pair("...", "..."),
             std::pair("-rf", "-rf"),
             std::pair("left4dead2\\addons\\a.vpk", "left4dead2/addons/a.vpk"),
             std::pair("maps\\", "maps"),
         })
        EXPECT_EQ(path_of_entry(name).value(), path) << name;
}

struct BadName {
    const char* title;
    std::string name;
    const char* why;
};
void PrintTo(const BadName& row, std::ostream* out)
{
    *out << row.title;
}

std::string long_name()
{
    std::string name;
    constexpr int parts = 20;
    for (int i = 0; i < parts; ++i)
        name += std::string(200, 'd') + "/";
    return name;
}

class BadEntryName : public testing::TestWithParam<BadName> {};
TEST_P(BadEntryName, IsRefused)
{
    EXPECT_THAT(path_of_entry(GetParam().name), FailsWith(ExitStatus::bad_data, GetParam().why));
}
INSTANTIATE_TEST_SUITE_P(Entry, BadEntryName,
                         testing::Values(BadName{"absolute", "/etc/passwd", "absolute"},
                                         BadName{"up", "../a", "'..'"},
                                         BadName{"up_inside", "a/../../b", "'..'"},
                                         BadName{"up_at_the_end", "a/..", "'..'"},
                                         BadName{"absolute_of_windows", "\\a", "absolute"},
                                         BadName{"drive", "C:\\a", "absolute"},
                                         BadName{"up_by_backslash", "a\\..\\..\\b", "'..'"},
                                         BadName{"newline", "a\nb", "control characters"},
                                         BadName{"escape", "a\x1b[2Jb", "control characters"},
                                         BadName{"no_utf8", "a\xff", "--charset"},
                                         BadName{"nul", std::string("a\0b", 3), "control characters"},
                                         BadName{"long_part", std::string(256, 'a'), "255 bytes"},
                                         BadName{"long", long_name(), "3000 bytes"}),
                         [](const auto& row) { return std::string(row.param.title); });

TEST(EntryLink, MayLeadAnywhereWithinTheLayer)
{
    EXPECT_THAT(check_link_of_entry("a", "b"), Succeeds());
    EXPECT_THAT(check_link_of_entry("a/b/c", "../../d"), Succeeds());
    EXPECT_THAT(check_link_of_entry("a/b", "./c/../d"), Succeeds());
}

TEST(EntryLink, LeadsNotOutOfIt)
{
    for (const auto* target : {"/etc/passwd", "..", "../x", "b/../../x", "", "x\ny"})
        EXPECT_THAT(check_link_of_entry("a", target),
                    FailsWith(ExitStatus::bad_data, "leads out of the layer"))
            << target;
    EXPECT_THAT(check_link_of_entry("a/b", "../../x"), FailsWith(ExitStatus::bad_data, "leads out"));
}

TEST(ImportSize, HasLimits)
{
    EXPECT_THAT(check_import_size(max_import_entries, max_import_bytes, max_import_bytes), Succeeds());
    EXPECT_THAT(check_import_size(max_import_entries + 1, 0, 0),
                FailsWith(ExitStatus::bad_data, "entries"));
    EXPECT_THAT(check_import_size(1, max_import_bytes + 1, max_import_bytes),
                FailsWith(ExitStatus::bad_data, "bytes"));
    // Empty files pack well, and harm nobody.
    EXPECT_THAT(check_import_size(1, ratio_counts_from, 1), Succeeds());
    EXPECT_THAT(check_import_size(1, ratio_counts_from + 1000, 1),
                FailsWith(ExitStatus::bad_data, "bomb"));
}

} // namespace
} // namespace left4me
