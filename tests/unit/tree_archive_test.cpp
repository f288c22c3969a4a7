#include "layer/tree_archive.hpp"

#include "system/digest.hpp"
#include "system/tree_compare.hpp"
#include "system/whiteout.hpp"
#include "tree_maker.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TreeArchiveTest : public TreeMaker {
protected:
    [[nodiscard]] std::string pack(const std::string& tree, const ArchiveStyle& style = {})
    {
        std::string bytes;
        const ArchiveSink sink = [&](std::string_view part) {
            bytes += part;
            return Result<void>();
        };
        auto packed = write_tree_archive(directory(tree), sink, style, {});
        EXPECT_THAT(packed, Succeeds());
        archived = packed.value_or(ArchivedTree());
        return bytes;
    }

    [[nodiscard]] Result<UnpackedTree> unpack(const std::string& bytes, const std::string& into) const
    {
        const FileDescriptor file(memfd_create("archive", MFD_CLOEXEC));
        EXPECT_THAT(write_all(file, "archive", bytes), Succeeds());
        lseek(file.get(), 0, SEEK_SET);
        return read_tree_archive(file, directory(into), {});
    }

    ArchivedTree archived;
};

TEST_F(TreeArchiveTest, ComesBackAsItWas)
{
    write("a/cfg/p.cfg", "text");
    write("a/empty", "");
    write("a/" + std::string(200, 'l') + "/" + std::string(250, 'n'), "long");
    write("a/b\xfc\xff\n\x1b[2J", "bytes");
    write("a/ü", "utf-8");
    (void)directory("a/dir/inner");
    ASSERT_THAT(directory("a").make_link("link", "/etc/pass\xffwd"), Succeeds());
    ASSERT_THAT(make_whiteout(directory("a/cfg"), "gone"), Succeeds());
    ASSERT_EQ(fchmodat(directory("a").descriptor(), "empty", 0640, 0), 0);
    const timespec times[] = {{5, 0}, {1'000'000'000, 0}};
    ASSERT_EQ(utimensat(directory("a").descriptor(), "empty", times, 0), 0);
    ASSERT_THAT(unpack(pack("a"), "b"), Succeeds());
    EXPECT_EQ(same_tree(directory("a"), directory("b")).value(), true);
    struct stat status = {};
    ASSERT_EQ(fstatat(directory("b").descriptor(), "empty", &status, 0), 0);
    EXPECT_EQ(status.st_mtim.tv_sec, 1'000'000'000);
    EXPECT_EQ(archived.left_out_count, 0U);
}

TEST_F(TreeArchiveTest, TheSameTreeGivesTheSameBytes)
{
    write("a/x", "1");
    write("a/y/z", "2");
    const auto bytes = pack("a");
    EXPECT_EQ(pack("a"), bytes);
    write("b/y/z", "2"); // in another order, at another time
    write("b/x", "1");
    EXPECT_EQ(pack("b", {.own_times_and_modes = false}), pack("a", {.own_times_and_modes = false}));
    ASSERT_EQ(fchmodat(directory("b").descriptor(), "x", 0600, 0), 0);
    ASSERT_EQ(fchmodat(directory("b").descriptor(), "y", 0700, 0), 0);
    EXPECT_EQ(pack("b", {.own_times_and_modes = false}), pack("a", {.own_times_and_modes = false}));
    write("b/x", "3");
    EXPECT_NE(pack("b", {.own_times_and_modes = false}), pack("a", {.own_times_and_modes = false}));
}

TEST_F(TreeArchiveTest, HolesCostNothing)
{
    const auto tree = directory("a");
    const FileDescriptor file(openat(tree.descriptor(), "holes", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    constexpr off_t terabyte = off_t{1} << 40;
    ASSERT_EQ(pwrite(file.get(), "mid", 3, terabyte / 2), 3);
    ASSERT_EQ(ftruncate(file.get(), terabyte), 0);
    const FileDescriptor all(openat(tree.descriptor(), "all", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    ASSERT_EQ(ftruncate(all.get(), terabyte), 0);
    const auto bytes = pack("a");
    EXPECT_LT(bytes.size(), 64U * 1024);
    ASSERT_THAT(unpack(bytes, "b"), Succeeds());
    EXPECT_EQ(same_tree(tree, directory("b")).value(), true);
    struct stat status = {};
    ASSERT_EQ(fstatat(directory("b").descriptor(), "holes", &status, 0), 0);
    EXPECT_LT(status.st_blocks, 1024);
}

TEST_F(TreeArchiveTest, TellsOfDirectoriesMadeAnew)
{
    write("a/anew/x", "1");
    write("a/other/x", "1");
    const auto bytes = pack("a", {.is_opaque = [](const std::string& path) { return path == "anew"; }});
    // By the name that GNU tar gives it.
    EXPECT_THAT(bytes, HasSubstr("SCHILY.xattr.trusted.overlay.opaque=y\n"));
    const auto unpacked = unpack(bytes, "b");
    ASSERT_THAT(unpacked, Succeeds());
    EXPECT_THAT(unpacked->opaque, ElementsAre("anew"));
}

TEST_F(TreeArchiveTest, AFileTakesALinksPlace)
{
    write("cache/content", "large");
    ASSERT_THAT(directory("a").make_link("shared", "cache:content"), Succeeds());
    ASSERT_THAT(directory("a").make_link("own", "x"), Succeeds());
    const ArchiveStyle style = {
        .file_of_link = [&](const std::string& target) -> Result<std::optional<FileDescriptor>> {
            if (target != "cache:content")
                return std::nullopt;
            return directory("cache").open_file("content").transform(
                [](FileDescriptor file) { return std::optional(std::move(file)); });
        }};
    ASSERT_THAT(unpack(pack("a", style), "b"), Succeeds());
    EXPECT_EQ(directory("b").read_file("shared", 100).value(), "large");
    EXPECT_EQ(directory("b").read_link("own").value(), "x");
}

TEST_F(TreeArchiveTest, LeavesOutWhatIsNoFileIfItMay)
{
    write("a/x", "1");
    ASSERT_EQ(mkfifoat(directory("a").descriptor(), "fifo", 0600), 0);
    std::string deep = "a/d";
    for (int i = 0; i < 220; ++i)
        deep += "/d";
    (void)directory(deep);
    const auto bytes = pack("a", {.lenient = true});
    EXPECT_EQ(archived.left_out_count, 2U);
    EXPECT_THAT(archived.left_out, testing::Contains(HasSubstr("fifo")));
    const ArchiveSink sink = [](std::string_view) { return Result<void>(); };
    EXPECT_THAT(write_tree_archive(directory("a"), sink, {}, {}), FailsWith(ExitStatus::bad_data, ""));
    ASSERT_THAT(unpack(bytes, "b"), Succeeds());
    EXPECT_EQ(directory("b").read_file("x", 10).value(), "1");
}

TEST_F(TreeArchiveTest, AFullDiskEndsIt)
{
    write("a/x", std::string(1U << 20U, 'x'));
    const ArchiveSink sink = [](std::string_view) {
        return Result<void>(fail(ExitStatus::io, "no space left"));
    };
    EXPECT_THAT(write_tree_archive(directory("a"), sink, {.lenient = true}, {}),
                FailsWith(ExitStatus::io, "no space left"));
}

/// What a stranger may have packed.
struct BadEntry {
    std::string name;
    std::string path;
    unsigned type = AE_IFREG;
    std::string link = {};
    std::string hard = {};
    std::string why;
};

void PrintTo(const BadEntry& entry, std::ostream* out)
{
    *out << entry.name;
}

class BadArchive : public TreeArchiveTest, public testing::WithParamInterface<BadEntry> {
protected:
    /// With two good entries before it: a file and a link out of the tree.
    [[nodiscard]] static std::string packed()
    {
        std::string bytes(1U << 20U, '\0');
        std::size_t used = 0;
        auto* writer = archive_write_new();
        archive_write_set_format_pax_restricted(writer);
        archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
        const auto add = [&](const BadEntry& bad) {
            auto* entry = archive_entry_new();
            archive_entry_set_pathname(entry, bad.path.c_str());
            archive_entry_set_filetype(entry, bad.type);
            archive_entry_set_perm(entry, 04755);
            archive_entry_set_size(entry, 0);
            if (!bad.link.empty())
                archive_entry_set_symlink(entry, bad.link.c_str());
            if (!bad.hard.empty())
                archive_entry_set_hardlink(entry, bad.hard.c_str());
            if (bad.type == AE_IFCHR)
                archive_entry_set_rdev(entry, 259); // 1:3
            EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK);
            archive_entry_free(entry);
        };
        add({.name = "", .path = "file", .why = ""});
        add({.name = "", .path = "out", .type = AE_IFLNK, .link = "/etc", .why = ""});
        add(GetParam());
        archive_write_free(writer);
        bytes.resize(used);
        return bytes;
    }
};

TEST_P(BadArchive, IsRefusedByName)
{
    EXPECT_THAT(unpack(packed(), "b"), FailsWith(ExitStatus::bad_data, GetParam().why));
}

INSTANTIATE_TEST_SUITE_P(
    TreeArchive, BadArchive,
    testing::Values(
        BadEntry{.name = "above", .path = "../x", .why = "'..'"},
        BadEntry{.name = "absolute", .path = "/etc/x", .why = "relative"},
        BadEntry{.name = "through_a_link", .path = "out/x", .why = "symbolic link"},
        BadEntry{.name = "below_a_file", .path = "file/x", .why = "not a directory"},
        BadEntry{
            .name = "a_directory_for_a_link", .path = "out", .type = AE_IFDIR, .why = "symbolic link"},
        BadEntry{.name = "twice", .path = "file", .why = "there twice"},
        BadEntry{
            .name = "a_link_twice", .path = "file", .type = AE_IFLNK, .link = "x", .why = "there twice"},
        BadEntry{.name = "hard_link", .path = "h", .hard = "file", .why = "hard link"},
        BadEntry{.name = "device", .path = "null", .type = AE_IFCHR, .why = "no file"},
        BadEntry{.name = "fifo", .path = "f", .type = AE_IFIFO, .why = "no file"}),
    NameOfCase());

TEST_F(TreeArchiveTest, NoSetUserIdComesOfIt)
{
    write("a/x", "1");
    ASSERT_EQ(fchmodat(directory("a").descriptor(), "x", 04755, 0), 0);
    ASSERT_THAT(unpack(pack("a"), "b"), Succeeds());
    struct stat status = {};
    ASSERT_EQ(fstatat(directory("b").descriptor(), "x", &status, 0), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0755U);
}

TEST_F(TreeArchiveTest, WhatIsCutOffIsRefused)
{
    write("a/x", std::string(100'000, 'x'));
    const auto bytes = pack("a");
    EXPECT_THAT(unpack(bytes.substr(0, 50'000), "b"), FailsWith(ExitStatus::bad_data, ""));
    EXPECT_THAT(unpack("", "c"), FailsWith(ExitStatus::bad_data, ""));
    EXPECT_THAT(unpack("no archive at all", "d"), FailsWith(ExitStatus::bad_data, ""));
}

TEST_F(TreeArchiveTest, OfAnEmptyTreeComesAnEmptyOne)
{
    (void)directory("a");
    ASSERT_THAT(unpack(pack("a"), "b"), Succeeds());
    EXPECT_THAT(directory("b").entries().value(), IsEmpty());
}

} // namespace
} // namespace left4me
