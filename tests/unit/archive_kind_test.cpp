#include "layer/archive_kind.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using namespace std::string_literals;

constexpr std::uint64_t size = 100'000;

Result<SourceKind> kind_of(const std::string& name, const std::string& head)
{
    return kind_of_source(name, head, size);
}

TEST(SourceKind, IsToldByTheBeginning)
{
    EXPECT_EQ(kind_of("a.zip", "PK\x03\x04").value(), SourceKind::archive);
    EXPECT_EQ(kind_of("a.rar", "Rar!\x1a\x07\0\0\0\x73\0\0"s).value(), SourceKind::archive);
    EXPECT_EQ(kind_of("a.tar.gz", "\x1f\x8b").value(), SourceKind::archive);
    EXPECT_EQ(kind_of("a", "x").value(), SourceKind::archive); // libarchive says what is wrong with it
    EXPECT_EQ(kind_of("A.VPK", "\x34\x12\xaa\x55\x01\0\0\0"s).value(), SourceKind::file);
    EXPECT_EQ(kind_of("a.bsp", "VBSP\x15").value(), SourceKind::file);
    EXPECT_EQ(kind_of("a.smx", "FFPS").value(), SourceKind::file);
    EXPECT_EQ(kind_of("a.nav", "\xce\xfa\xed\xfe").value(), SourceKind::file);
    EXPECT_EQ(kind_of("a.cfg", "sv_cheats 0\n").value(), SourceKind::file);
}

struct Unreadable {
    std::string name; ///< of the test
    std::string file;
    std::string head;
    std::string says;
};
void PrintTo(const Unreadable& row, std::ostream* out)
{
    *out << row.name;
}
class UnreadableSource : public testing::TestWithParam<Unreadable> {};
TEST_P(UnreadableSource, IsNamedAsWhatItIs)
{
    EXPECT_THAT(kind_of(GetParam().file, GetParam().head),
                FailsWith(ExitStatus::bad_data, GetParam().says));
}
INSTANTIATE_TEST_SUITE_P(
    Source, UnreadableSource,
    testing::Values(
        Unreadable{"html", "a.zip", "\xef\xbb\xbf\n<!DOCTYPE HTML><html>", "web page"},
        Unreadable{"html_in_a_vpk", "a.vpk", "<html><body>", "web page"},
        Unreadable{"program", "a.exe", "MZ\x90", "program of Windows"},
        Unreadable{"first_part_of_a_zip", "a.zip", "PK\x07\x08PK\x03\x04", "one part of several"},
        Unreadable{"part_001", "a.zip.001", "PK\x03\x04", "one part of several"},
        Unreadable{"part_002", "a.7z.002", "anything", "one part of several"},
        Unreadable{"part_z01", "a.z01", "anything", "one part of several"},
        Unreadable{"part_r00", "a.r00", "anything", "one part of several"},
        Unreadable{"part1_rar", "a.part1.rar", "Rar!", "one part of several"},
        Unreadable{"rar4_volume", "a.rar", "Rar!\x1a\x07\0\0\0\x73\x01\x01"s, "one part of several"},
        Unreadable{"rar4_locked", "a.rar", "Rar!\x1a\x07\0\0\0\x73\x80\0"s, "password"},
        // checksum, size, type 1, flags 0, archive flags: volume
        Unreadable{"rar5_volume", "a.rar", "Rar!\x1a\x07\x01\0____\x03\x01\0\x01"s,
                   "one part of several"},
        Unreadable{"rar5_locked", "a.rar", "Rar!\x1a\x07\x01\0____\x21\x04\0"s, "password"},
        // the end of it lies 1 MiB further on
        Unreadable{"7z_cut_off", "a.7z",
                   "7z\xbc\xaf\x27\x1c\0\4____\0\0\x10\0\0\0\0\0\x20\0\0\0\0\0\0\0"s, "cut off"},
        Unreadable{"addon_without_its_ending", "a.zip", "\x34\x12\xaa\x55\x01\0\0\0"s, ".vpk"},
        Unreadable{"no_addon", "a.vpk", "PK\x03\x04", "not what its name says"},
        Unreadable{"no_map", "a.bsp", "PK\x03\x04", "no .bsp begins so"},
        Unreadable{"no_text", "a.cfg", "a\0b"s, "no .cfg begins so"}),
    NameOfCase());

TEST(CompressedFile, IsOneOfTheGame)
{
    EXPECT_EQ(compressed_file("tour.bsp.bz2"), "tour.bsp");
    EXPECT_EQ(compressed_file("Tour.BSP.BZ2"), "Tour.BSP");
    EXPECT_EQ(compressed_file("tour.nav.gz"), "tour.nav");
    EXPECT_EQ(compressed_file("tour.vpk.xz"), "tour.vpk");
    for (const auto* other :
         {"tour.tar.bz2", "tour.tbz2", "tour.bsp", "tour.bz2", "bsp.bz2", "tour.zip"})
        EXPECT_EQ(compressed_file(other), std::nullopt) << other;
    EXPECT_EQ(kind_of("tour.bsp.bz2", "BZh9").value(), SourceKind::archive);
}

TEST(UnreadableSource, IsEmpty)
{
    EXPECT_THAT(kind_of_source("a.zip", "", 0), FailsWith(ExitStatus::bad_data, "empty"));
}

} // namespace
} // namespace left4me
