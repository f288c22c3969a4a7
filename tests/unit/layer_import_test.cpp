#include "layer/archive_import.hpp"

#include "system/tree_measurement.hpp"
#include "text_case.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <clocale>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <random>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

/// One entry of an archive that a test makes.
struct Entry {
    std::string name;
    std::string data = {};
    unsigned type = AE_IFREG;
    std::string link = {}; ///< of a symbolic link
    std::string hard = {}; ///< a hard link's earlier file
    mode_t mode = 0644;
};

using Kind = std::function<void(archive*)>;

void gnu_tar(archive* writer)
{
    archive_write_set_format_gnutar(writer);
}
void tar_gz(archive* writer)
{
    archive_write_set_format_pax_restricted(writer);
    archive_write_add_filter_gzip(writer);
}
void tar_xz(archive* writer)
{
    archive_write_set_format_pax_restricted(writer);
    archive_write_add_filter_xz(writer);
}
void tar_zst(archive* writer)
{
    archive_write_set_format_pax_restricted(writer);
    archive_write_add_filter_zstd(writer);
}
void zip(archive* writer)
{
    archive_write_set_format_zip(writer);
}
void tar_lz4(archive* writer)
{
    archive_write_set_format_pax_restricted(writer);
    archive_write_add_filter_lz4(writer);
}
void bz2(archive* writer)
{
    archive_write_set_format_raw(writer);
    archive_write_add_filter_bzip2(writer);
}
void tar_bz2(archive* writer)
{
    archive_write_set_format_pax_restricted(writer);
    archive_write_add_filter_bzip2(writer);
}
void gz(archive* writer)
{
    archive_write_set_format_raw(writer);
    archive_write_add_filter_gzip(writer);
}
void seven_zip(archive* writer)
{
    archive_write_set_format_7zip(writer);
}

class LayerImport : public testing::Test {
protected:
    void SetUp() override
    {
        path_ = testing::TempDir() + "left4me-import-XXXXXX";
        ASSERT_NE(mkdtemp(path_.data()), nullptr);
        const auto here = Directory::open(path_).value();
        tree_.emplace(here.make_subdirectory("tree", 0755).value());
    }
    void TearDown() override
    {
        const auto parent = Directory::open(testing::TempDir());
        EXPECT_THAT(parent->remove_tree(path_.substr(testing::TempDir().size())), Succeeds());
    }

    [[nodiscard]] std::string archive_of(const std::vector<Entry>& entries, const Kind& kind) const
    {
        const auto file = path_ + "/archive";
        std::setlocale(LC_CTYPE, "C.UTF-8"); // of whoever packs it; who unpacks it has none
        archive* writer = archive_write_new();
        kind(writer);
        EXPECT_EQ(archive_write_open_filename(writer, file.c_str()), ARCHIVE_OK);
        for (const auto& one : entries) {
            archive_entry* entry = archive_entry_new();
            archive_entry_set_pathname(entry, one.name.c_str());
            archive_entry_set_filetype(entry, one.type);
            archive_entry_set_perm(entry, one.mode);
            archive_entry_set_mtime(entry, 1'000'000'000, 0);
            archive_entry_set_size(entry, static_cast<la_int64_t>(one.data.size()));
            if (!one.link.empty())
                archive_entry_set_symlink(entry, one.link.c_str());
            if (!one.hard.empty())
                archive_entry_set_hardlink(entry, one.hard.c_str());
            EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK) << archive_error_string(writer);
            archive_write_data(writer, one.data.data(), one.data.size());
            archive_entry_free(entry);
        }
        archive_write_close(writer);
        archive_write_free(writer);
        std::setlocale(LC_CTYPE, "C");
        return file;
    }

    [[nodiscard]] Result<LayoutPlan> import_source(const FileDescriptor& source,
                                                   const ImportOrder& order) const
    {
        NoReport report;
        return is_archive(source, order).and_then([&](bool archive) {
            return archive ? import_archive(*tree_, source, order, report)
                           : import_into(*tree_, source, order, report);
        });
    }
    [[nodiscard]] Result<LayoutPlan> import_file(const std::string& file, const std::string& name,
                                                 const LayoutChoice& choice = {}) const
    {
        return import_source(FileDescriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC)), {name, choice});
    }
    /// Each entry in the layer as it is in the archive, and nothing else.
    [[nodiscard]] Result<TreeSize> import_entries(const std::vector<Entry>& entries,
                                                  const Kind& kind = gnu_tar) const
    {
        auto done = import_file(archive_of(entries, kind), "maps", {.into = ""});
        EXPECT_THAT(tree_->remove_tree(import_stage), Succeeds());
        return done.transform([](const LayoutPlan& plan) { return TreeSize{plan.files, plan.bytes}; });
    }

    [[nodiscard]] std::string read(const std::string& file) const
    {
        return tree_->read_file(file, 1 << 20).value_or("(none)");
    }
    [[nodiscard]] mode_t mode_of(const std::string& file) const
    {
        struct stat status = {};
        fstatat(tree_->descriptor(), file.c_str(), &status, AT_SYMLINK_NOFOLLOW);
        return status.st_mode & 07777U;
    }

    std::string path_;
    std::optional<Directory> tree_;
};

TEST_F(LayerImport, TakesEachFormat)
{
    const std::vector<Entry> entries = {{.name = "left4dead2/", .type = AE_IFDIR, .mode = 0755},
                                        {.name = "left4dead2/addons/a.vpk", .data = "abc"},
                                        {.name = "left4dead2/cfg/b c.cfg", .data = "de"}};
    for (const auto& kind : {Kind(gnu_tar), Kind(tar_gz), Kind(tar_xz), Kind(tar_zst), Kind(tar_lz4),
                             Kind(zip), Kind(seven_zip)}) {
        ASSERT_THAT(tree_->remove_tree("left4dead2"), Succeeds());
        const auto size = import_entries(entries, kind);
        ASSERT_THAT(size, Succeeds());
        EXPECT_EQ(*size, (TreeSize{2, 5}));
        EXPECT_EQ(read("left4dead2/addons/a.vpk"), "abc");
        EXPECT_EQ(read("left4dead2/cfg/b c.cfg"), "de");
    }
}

TEST_F(LayerImport, KeepsLinksModesAndTimes)
{
    ASSERT_THAT(import_entries({{.name = "a/f", .data = "x", .mode = 0555},
                                {.name = "a/set", .data = "x", .mode = 06755},
                                {.name = "a/l", .type = AE_IFLNK, .link = "../a/f"},
                                {.name = "ü", .data = "u"},
                                {.name = "a/again", .hard = "a/f"}},
                               tar_gz),
                Succeeds());
    EXPECT_EQ(mode_of("a/f"), 0755U); // its owner may always write it
    EXPECT_EQ(mode_of("a/set"), 0755U);
    EXPECT_EQ(read("ü"), "u");
    EXPECT_EQ(read("a/again"), "x");
    struct stat first = {};
    struct stat second = {};
    fstatat(tree_->descriptor(), "a/f", &first, 0);
    fstatat(tree_->descriptor(), "a/again", &second, 0);
    EXPECT_NE(first.st_ino, second.st_ino);
    EXPECT_EQ(first.st_mtime, 1'000'000'000);
}

TEST_F(LayerImport, ReplacesTheFilesOfTheLayer)
{
    ASSERT_THAT(import_entries({{.name = "a", .data = "old"}, {.name = "b", .data = "kept"}}),
                Succeeds());
    ASSERT_THAT(import_entries({{.name = "a", .data = "new"}}), Succeeds());
    EXPECT_EQ(read("a"), "new");
    EXPECT_EQ(read("b"), "kept");
}

struct Hostile {
    const char* title;
    std::vector<Entry> entries;
    const char* why;
};
void PrintTo(const Hostile& row, std::ostream* out)
{
    *out << row.title;
}

class HostileArchive : public LayerImport, public testing::WithParamInterface<Hostile> {};
TEST_P(HostileArchive, IsRefusedByName)
{
    EXPECT_THAT(import_entries(GetParam().entries), FailsWith(ExitStatus::bad_data, GetParam().why));
    EXPECT_NE(access((path_ + "/escaped").c_str(), F_OK), 0);
}
INSTANTIATE_TEST_SUITE_P(
    Archive, HostileArchive,
    testing::Values(
        Hostile{"absolute", {{.name = "/tmp/escaped", .data = "x"}}, "'/tmp/escaped'"},
        Hostile{"up", {{.name = "../escaped", .data = "x"}}, "'../escaped'"},
        Hostile{"link_out", {{.name = "l", .type = AE_IFLNK, .link = "../escaped"}}, "link 'l'"},
        Hostile{"link_absolute", {{.name = "l", .type = AE_IFLNK, .link = "/etc"}}, "link 'l'"},
        Hostile{"through_a_link",
                {{.name = "d/", .type = AE_IFDIR, .mode = 0755},
                 {.name = "l", .type = AE_IFLNK, .link = "d"},
                 {.name = "l/x", .data = "x"}},
                "entry 'l/x' lies below 'l', which is no directory"},
        Hostile{"below_a_file",
                {{.name = "f", .data = "x"}, {.name = "f/d/x", .data = "x"}},
                "entry 'f/d/x' lies below 'f', which is no directory"},
        Hostile{"directory_below_a_file",
                {{.name = "f", .data = "x"}, {.name = "f/d/", .type = AE_IFDIR}},
                "entry 'f/d' lies below 'f'"},
        Hostile{"file_where_others_lie_below",
                {{.name = "d/x", .data = "x"}, {.name = "d", .data = "x"}},
                "entry 'd' is there twice"},
        Hostile{"link_where_a_directory_is",
                {{.name = "d/", .type = AE_IFDIR, .mode = 0755},
                 {.name = "d", .type = AE_IFLNK, .link = "x"}},
                "entry 'd' is there twice"},
        Hostile{"directory_where_a_file_is",
                {{.name = "d", .data = "x"}, {.name = "d/", .type = AE_IFDIR, .mode = 0755}},
                "entry 'd' is there twice"},
        Hostile{"hard_link_out", {{.name = "h", .hard = "/etc/passwd"}}, "hard link"},
        Hostile{"hard_link_to_later", {{.name = "h", .hard = "f"}, {.name = "f"}}, "hard link"},
        Hostile{"fifo", {{.name = "p", .type = AE_IFIFO}}, "'p' is no file"},
        Hostile{"device", {{.name = "c", .type = AE_IFCHR}}, "'c' is no file"},
        Hostile{"twice", {{.name = "f"}, {.name = "./f"}}, "twice"},
        Hostile{"newline", {{.name = "a\nb"}}, "control characters"}),
    [](const auto& row) { return std::string(row.param.title); });

TEST_F(LayerImport, RefusesWhatIsNoArchive)
{
    const auto file = path_ + "/text";
    const FileDescriptor made(open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_THAT(import_file(file, "text"), FailsWith(ExitStatus::bad_data, "cannot import 'text'"));
    ASSERT_THAT(write_all(made, "text", std::string(4096, 'x')), Succeeds());
    EXPECT_THAT(import_file(file, "text"), FailsWith(ExitStatus::bad_data, "cannot import 'text'"));
}

TEST_F(LayerImport, RefusesATruncatedArchive)
{
    const auto file = archive_of({{.name = "f", .data = std::string(100'000, 'x')}}, gnu_tar);
    ASSERT_EQ(truncate(file.c_str(), 50'000), 0);
    EXPECT_THAT(import_file(file, "cut.tar"), FailsWith(ExitStatus::bad_data, "cut.tar"));
}

/// Of bytes that cannot be packed, in one file, one in the middle is another.
struct Damaged {
    const char* title;
    Kind kind;
    const char* name;
    const char* why;
    std::vector<int> sizes = {40'000, 61'000, 62'500, 63'500, 64'000, 64'500, 65'000, 65'536, 70'000};
};
void PrintTo(const Damaged& row, std::ostream* out)
{
    *out << row.title;
}

class DamagedArchive : public LayerImport, public testing::WithParamInterface<Damaged> {
protected:
    static std::string noise(int size)
    {
        std::minstd_rand next;
        std::string text;
        for (int i = 0; i < size; ++i)
            text += static_cast<char>(next());
        return text;
    }
};
/// Where a decompressor's buffer ends beside the mark that a tar ends with, nobody reads on to the
/// checksum unless it is asked for.
TEST_P(DamagedArchive, IsRefusedAsDamaged)
{
    const auto& [title, kind, name, why, sizes] = GetParam();
    for (const int size : sizes) {
        const auto file = archive_of({{.name = "left4dead2/maps/a.bsp", .data = noise(size)}}, kind);
        ASSERT_THAT(import_file(file, name), Succeeds());
        ASSERT_THAT(tree_->remove_tree(import_stage), Succeeds());
        const FileDescriptor opened(open(file.c_str(), O_RDWR | O_CLOEXEC));
        char byte = 0;
        ASSERT_EQ(pread(opened.get(), &byte, 1, 20'000), 1);
        byte = static_cast<char>(byte ^ 0x10);
        ASSERT_EQ(pwrite(opened.get(), &byte, 1, 20'000), 1);
        EXPECT_THAT(import_file(file, name), FailsWith(ExitStatus::bad_data, why)) << size;
        ASSERT_THAT(tree_->remove_tree(import_stage), Succeeds());
    }
}
INSTANTIATE_TEST_SUITE_P(Archive, DamagedArchive,
                         testing::Values(Damaged{"gzip", tar_gz, "a.tar.gz", "it is damaged"},
                                         Damaged{"xz", tar_xz, "a.tar.xz", "it is damaged"},
                                         Damaged{"bzip2",
                                                 tar_bz2,
                                                 "a.tar.bz2",
                                                 "it is damaged",
                                                 {40'000, 61'000, 62'500, 63'500, 64'000}},
                                         // Its one block is not read whole at once: it is no tar yet.
                                         Damaged{"large_bzip2",
                                                 tar_bz2,
                                                 "a.tar.bz2",
                                                 "it is compressed, and damaged",
                                                 {64'500, 65'000, 65'536, 70'000}},
                                         Damaged{"lz4", tar_lz4, "a.tar.lz4", "it is damaged"},
                                         Damaged{"zip", zip, "a.zip", "it is damaged"},
                                         Damaged{"7z", seven_zip, "a.7z", "it is damaged"},
                                         Damaged{"one_file", gz, "a.bsp.gz", "it is damaged"}),
                         [](const auto& row) { return std::string(row.param.title); });

TEST_F(LayerImport, RefusesWhatWasCutOffSomewhere)
{
    const std::vector<Entry> entries = {{.name = "left4dead2/cfg/a.cfg", .data = "1"},
                                        {.name = "left4dead2/cfg/b.cfg", .data = "2"}};
    for (const auto& kind : {Kind(tar_gz), Kind(tar_xz), Kind(tar_bz2), Kind(tar_zst), Kind(tar_lz4),
                             Kind(zip), Kind(seven_zip)}) {
        const auto file = archive_of(entries, kind);
        struct stat status = {};
        ASSERT_EQ(stat(file.c_str(), &status), 0);
        for (off_t size = status.st_size - 1; size > 0; size -= 3) {
            ASSERT_EQ(truncate(file.c_str(), size), 0);
            EXPECT_THAT(import_file(file, "maps.x"), FailsWith(ExitStatus::bad_data, "")) << size;
            ASSERT_THAT(tree_->remove_tree(import_stage), Succeeds());
        }
    }
}

TEST_F(LayerImport, TakesGzipWithSomethingBehindIt)
{
    const auto file = archive_of({{.name = "left4dead2/cfg/a.cfg", .data = "1"}}, tar_gz);
    const FileDescriptor opened(open(file.c_str(), O_RDWR | O_APPEND | O_CLOEXEC));
    ASSERT_THAT(write_all(opened, "archive", "behind it"), Succeeds());
    EXPECT_THAT(import_file(file, "a.tar.gz"), Succeeds());
    EXPECT_EQ(read("left4dead2/cfg/a.cfg"), "1");
}

/// Writers of tar fill up their last block, each in its own way.
TEST_F(LayerImport, TakesATarWithMoreZerosAtItsEnd)
{
    const auto file = archive_of({{.name = "left4dead2/cfg/a.cfg", .data = "1"}}, gnu_tar);
    const FileDescriptor opened(open(file.c_str(), O_RDWR | O_APPEND | O_CLOEXEC));
    ASSERT_THAT(write_all(opened, "archive", std::string(5000, '\0')), Succeeds());
    EXPECT_THAT(import_file(file, "a.tar"), Succeeds());
    EXPECT_EQ(read("left4dead2/cfg/a.cfg"), "1");
}

TEST_F(LayerImport, TellsWhatIsInTheWayInTheLayer)
{
    ASSERT_THAT(import_entries({{.name = "cfg/a/b", .data = "b"}, {.name = "cfg/f", .data = "f"}}),
                Succeeds());
    const auto file_there = [&](const Entry& entry) { return import_entries({entry}); };
    EXPECT_THAT(file_there({.name = "cfg/a", .data = "x"}),
                FailsWith(ExitStatus::bad_data, "'maps': 'cfg/a' of the layer is a directory"));
    EXPECT_THAT(file_there({.name = "cfg/a", .type = AE_IFLNK, .link = "f"}),
                FailsWith(ExitStatus::bad_data, "'maps': 'cfg/a' of the layer is a directory"));
    EXPECT_THAT(file_there({.name = "cfg/f/x/y", .data = "x"}),
                FailsWith(ExitStatus::bad_data, "'maps': 'cfg/f' of the layer is a file"));
    EXPECT_EQ(read("cfg/a/b"), "b");
    EXPECT_EQ(read("cfg/f"), "f");
}

TEST_F(LayerImport, RefusesABomb)
{
    std::string zeros(32 << 20, '\0');
    EXPECT_THAT(
        import_entries(
            {{.name = "a", .data = zeros}, {.name = "b", .data = zeros}, {.name = "c", .data = zeros}},
            tar_xz),
        FailsWith(ExitStatus::bad_data, "bomb"));
}

TEST_F(LayerImport, AFileGoesWhereItsKindGoes)
{
    const auto file = path_ + "/tour.vpk";
    const FileDescriptor made(open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const std::string header("\x34\x12\xaa\x55\x01\0\0\0rest", 12);
    ASSERT_THAT(write_all(made, "addon", header), Succeeds());
    ASSERT_THAT(import_file(file, "/root/maps/tour.vpk"), Succeeds());
    EXPECT_EQ(read("left4dead2/addons/tour.vpk"), header);
    ASSERT_THAT(import_file(file, "TOUR2.VPK"), Succeeds());
    EXPECT_EQ(read("left4dead2/addons/tour2.vpk"), header);
    ASSERT_THAT(import_file(file, "tour.vpk", {.into = "left4dead2/maps"}), Succeeds());
    EXPECT_EQ(read("left4dead2/maps/tour.vpk"), header);
    EXPECT_THAT(import_file(file, "tour.zip"), FailsWith(ExitStatus::bad_data, ".vpk"));
}

TEST_F(LayerImport, AFileIsCompressed)
{
    const auto map = archive_of({{.name = "x", .data = "VBSP\x15"}}, bz2);
    const auto done = import_file(map, "/srv/Tour.bsp.bz2");
    ASSERT_THAT(done, Succeeds());
    EXPECT_EQ(done->bytes, 5U);
    EXPECT_EQ(read("left4dead2/maps/tour.bsp"), "VBSP\x15");
    EXPECT_THAT(tree_->remove_tree(import_stage), Succeeds());
    EXPECT_THAT(import_file(map, "tour.tar.bz2"), FailsWith(ExitStatus::bad_data, "no archive"));
    EXPECT_THAT(tree_->remove_tree(import_stage), Succeeds());
    const auto tar = archive_of({{.name = "left4dead2/maps/tour.bsp", .data = "VBSP"}}, gnu_tar);
    EXPECT_THAT(import_file(tar, "tour.bsp.bz2"), FailsWith(ExitStatus::bad_data, "not compressed"));
}

TEST_F(LayerImport, ADirectoryIsHeldToTheRulesOfAnArchive)
{
    const auto root = Directory::open(path_).value();
    const auto place = root.make_path("source/pack/addons", 0700).value();
    ASSERT_THAT(place.create_file("a.vpk", "a", 0), Succeeds());
    ASSERT_THAT(place.make_link("b.vpk", "a.vpk"), Succeeds());
    const auto source = [&] {
        return FileDescriptor(open((path_ + "/source").c_str(), O_RDONLY | O_CLOEXEC));
    };
    ASSERT_EQ(fchmodat(place.descriptor(), "a.vpk", 06444, 0), 0);
    ASSERT_THAT(import_source(source(), {"source"}), Succeeds());
    EXPECT_EQ(read("left4dead2/addons/a.vpk"), "a");
    EXPECT_EQ(mode_of("left4dead2/addons/a.vpk"), 0644U);

    ASSERT_THAT(place.make_link("out", "../../../../etc"), Succeeds());
    EXPECT_THAT(import_source(source(), {"source"}),
                FailsWith(ExitStatus::bad_data, "leads out of the layer"));
    ASSERT_THAT(place.remove_file("out"), Succeeds());
    for (const auto* name : {"new\nline", "not\xffutf8", "back\\slash"}) {
        ASSERT_THAT(place.create_file(name, "", 0600), Succeeds());
        EXPECT_THAT(import_source(source(), {"source"}), FailsWith(ExitStatus::bad_data, "entry"))
            << name;
        ASSERT_THAT(place.remove_file(name), Succeeds());
    }
    ASSERT_EQ(mkfifoat(place.descriptor(), "fifo", 0600), 0);
    EXPECT_THAT(import_source(source(), {"source"}),
                FailsWith(ExitStatus::bad_data, "no file, directory"));
}

TEST_F(LayerImport, AnArchiveIsPlacedBesideWhatTheLayerHas)
{
    ASSERT_THAT(import_entries({{.name = "left4dead2/cfg/kept.cfg", .data = "kept"},
                                {.name = "left4dead2/cfg/old.cfg", .data = "old"}}),
                Succeeds());
    const auto file = archive_of({{.name = "pack-main/", .type = AE_IFDIR, .mode = 0},
                                  {.name = "pack-main/cfg/", .type = AE_IFDIR, .mode = 0},
                                  {.name = "pack-main/cfg/old.cfg", .data = "new", .mode = 0},
                                  {.name = "pack-main/Addons/", .type = AE_IFDIR, .mode = 0},
                                  {.name = "pack-main/README.md", .data = "read"}},
                                 zip);
    const auto plan =
        plan_archive(FileDescriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC)), {"pack.zip"});
    const auto done = import_file(file, "pack.zip");
    ASSERT_THAT(done, Succeeds());
    ASSERT_THAT(plan, Succeeds());
    EXPECT_EQ(plan->placements, done->placements);
    EXPECT_EQ(done->files, 1U);
    EXPECT_EQ(done->bytes, 3U);
    EXPECT_EQ(read("left4dead2/cfg/kept.cfg"), "kept");
    EXPECT_EQ(read("left4dead2/cfg/old.cfg"), "new");
    EXPECT_EQ(mode_of("left4dead2/cfg/old.cfg"), 0600U);
    EXPECT_EQ(mode_of("left4dead2/addons"), 0700U);
    EXPECT_THAT(done->summary(" added"), testing::HasSubstr("1 file added, 3 B: from pack-main/"));
}

TEST_F(LayerImport, FoldersThatBecomeOneKeepTheirFiles)
{
    const auto file = archive_of(
        {{.name = "a/plugins/x.smx", .data = "x"}, {.name = "b/plugins/y.smx", .data = "y"}}, zip);
    ASSERT_THAT(import_file(file, "two.zip", {.strip = 1}), Succeeds());
    EXPECT_EQ(read("left4dead2/addons/sourcemod/plugins/x.smx"), "x");
    EXPECT_EQ(read("left4dead2/addons/sourcemod/plugins/y.smx"), "y");
}

/// A .zip whose names are not told to be UTF-8, and are Cyrillic.
TEST_F(LayerImport, NamesMayHaveCharactersOfTheirOwn)
{
    std::setlocale(LC_CTYPE, "C.UTF-8");
    const auto file = archive_of({{.name = "left4dead2/maps/\xca\xe0.bsp", .data = "x"}}, gnu_tar);
    EXPECT_THAT(import_file(file, "maps.tar"), FailsWith(ExitStatus::bad_data, "--charset"));
    ASSERT_THAT(tree_->remove_tree(import_stage), Succeeds());
    const auto source = [&] { return FileDescriptor(open(file.c_str(), O_RDONLY | O_CLOEXEC)); };
    ASSERT_THAT(import_source(source(), {"maps.tar", {}, "CP1251"}), Succeeds());
    EXPECT_EQ(read("left4dead2/maps/Ка.bsp"), "x");
    ASSERT_THAT(tree_->remove_tree(import_stage), Succeeds());
    EXPECT_THAT(import_source(source(), {"maps.tar", {}, "NONE"}),
                FailsWith(ExitStatus::usage, "iconv -l"));
}

} // namespace
} // namespace left4me
