#include "system/directory.hpp"

#include "text_case.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <unistd.h>

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Memory where there is some: 5,000 levels take 15 s on a container's overlayfs.
std::string base()
{
    return access("/dev/shm", W_OK) == 0 ? "/dev/shm/" : testing::TempDir();
}

/// A directory of its own for each test.
class DirectoryTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string path = base() + "left4me-unit-XXXXXX";
        ASSERT_NE(mkdtemp(path.data()), nullptr);
        path_ = path;
        here_.emplace(Directory::open(path_).value());
    }

    void TearDown() override
    {
        here_.reset();
        const auto parent = Directory::open(base());
        ASSERT_THAT(parent, Succeeds());
        EXPECT_THAT(parent->remove_tree(path_.substr(base().size())), Succeeds());
    }

    const Directory& here() { return *here_; }

    void link(const std::string& target, const std::string& name)
    {
        ASSERT_EQ(symlinkat(target.c_str(), here().descriptor(), name.c_str()), 0);
    }

    std::string path_;

private:
    std::optional<Directory> here_;
};

TEST_F(DirectoryTest, ReadsAFileUpToItsLimit)
{
    ASSERT_THAT(here().create_file("f", std::string("ab\0c", 4), 0600), Succeeds());
    EXPECT_EQ(here().read_file("f", 4).value(), std::string("ab\0c", 4));
    EXPECT_THAT(here().read_file("f", 3), FailsWith(ExitStatus::bad_data, "/f' is larger than 3 bytes"));
    EXPECT_THAT(here().read_file("none", 3), FailsWith(ExitStatus::not_found, "cannot open"));
}

TEST_F(DirectoryTest, ReadsAnEmptyFile)
{
    ASSERT_THAT(here().create_file("f", "", 0600), Succeeds());
    EXPECT_EQ(here().read_file("f", 0).value(), "");
}

TEST_F(DirectoryTest, ReadsNoSymbolicLink)
{
    ASSERT_THAT(here().create_file("f", "secret", 0600), Succeeds());
    link("f", "inner");
    link("/etc/passwd", "outer");
    link("nowhere", "dangling");
    for (const auto* name : {"inner", "outer", "dangling"})
        EXPECT_THAT(here().read_file(name, 9999),
                    FailsWith(ExitStatus::bad_data, "symbolic link on the way"));
}

TEST_F(DirectoryTest, ReadsNothingBehindALinkedDirectory)
{
    const auto real = here().make_subdirectory("real", 0700);
    ASSERT_THAT(real, Succeeds());
    ASSERT_THAT(real->create_file("f", "x", 0600), Succeeds());
    link("real", "linked");
    EXPECT_EQ(here().read_file("real/f", 9).value(), "x");
    EXPECT_THAT(here().read_file("linked/f", 9),
                FailsWith(ExitStatus::bad_data, "symbolic link on the way"));
    EXPECT_THAT(here().subdirectory("linked"), FailsWith(ExitStatus::bad_data, "cannot open"));
    EXPECT_THAT(here().make_subdirectory("linked", 0700),
                FailsWith(ExitStatus::bad_data, "cannot open"));
}

TEST_F(DirectoryTest, NeverLeavesItself)
{
    EXPECT_THAT(here().subdirectory(".."), FailsWith(ExitStatus::bad_data, "cannot open"));
    EXPECT_THAT(here().subdirectory("/etc"), FailsWith(ExitStatus::bad_data, "cannot open"));
    EXPECT_THAT(here().read_file("../etc/passwd", 9), FailsWith(ExitStatus::bad_data, "cannot open"));
    EXPECT_THAT(here().read_file("/etc/passwd", 99999), FailsWith(ExitStatus::bad_data, "cannot open"));
}

TEST_F(DirectoryTest, DoesNotWaitForAFifo)
{
    ASSERT_EQ(mkfifoat(here().descriptor(), "fifo", 0600), 0);
    EXPECT_THAT(here().read_file("fifo", 9),
                FailsWith(ExitStatus::bad_data, "/fifo' is not a regular file"));
}

TEST_F(DirectoryTest, ReadsNoDirectoryAsAFile)
{
    ASSERT_THAT(here().make_subdirectory("d", 0700), Succeeds());
    EXPECT_THAT(here().read_file("d", 9), FailsWith(ExitStatus::bad_data, "/d' is not a regular file"));
    EXPECT_THAT(here().read_file("d/x/y", 9), FailsWith(ExitStatus::not_found, "cannot open"));
}

TEST_F(DirectoryTest, OpensNoFileAsADirectory)
{
    ASSERT_THAT(here().create_file("f", "", 0600), Succeeds());
    EXPECT_THAT(here().subdirectory("f"), FailsWith(ExitStatus::bad_data, "cannot open"));
    EXPECT_THAT(here().make_subdirectory("f", 0700), FailsWith(ExitStatus::bad_data, "cannot open"));
    EXPECT_THAT(Directory::open(path_ + "/none"),
                FailsWith(ExitStatus::not_found, "cannot open directory"));
}

TEST_F(DirectoryTest, MakesADirectoryOnce)
{
    ASSERT_THAT(here().make_subdirectory("d", 0700), Succeeds());
    const auto again = here().make_subdirectory("d", 0755);
    ASSERT_THAT(again, Succeeds());
    EXPECT_EQ(again->status().value().st_mode & 07777U, 0700U);
}

TEST_F(DirectoryTest, CreatesOnlyANewFile)
{
    ASSERT_THAT(here().create_file("f", "1", 0600), Succeeds());
    EXPECT_THAT(here().create_file("f", "2", 0600), FailsWith(ExitStatus::io, "cannot create"));
    link("f2", "dangling");
    EXPECT_THAT(here().create_file("dangling", "2", 0600), FailsWith(ExitStatus::io, "cannot create"));
    EXPECT_EQ(here().read_file("f", 9).value(), "1");
    EXPECT_FALSE(here().contains("f2").value());
}

TEST_F(DirectoryTest, ReplacesAFileAndLeavesNothingElse)
{
    ASSERT_THAT(here().replace_file("f", "old", 0600), Succeeds());
    const FileDescriptor old(openat(here().descriptor(), "f", O_RDONLY | O_CLOEXEC));
    ASSERT_THAT(here().replace_file("f", "new", 0640), Succeeds());
    EXPECT_EQ(here().read_file("f", 9).value(), "new");
    EXPECT_THAT(here().entries().value(), ElementsAre("f"));
    // Whoever had the old one open still reads the whole of it.
    EXPECT_EQ(read_regular(old, "old", 9).value(), "old");
}

TEST_F(DirectoryTest, ReplacesDespiteATemporaryFileOfACrash)
{
    ASSERT_THAT(here().create_file(".f.new", "half", 0600), Succeeds());
    ASSERT_THAT(here().replace_file("f", "new", 0600), Succeeds());
    EXPECT_THAT(here().entries().value(), ElementsAre("f"));
}

TEST_F(DirectoryTest, ReplacesALinkAndNotItsTarget)
{
    ASSERT_THAT(here().create_file("target", "kept", 0600), Succeeds());
    link("target", "f");
    link("target", ".f.new");
    ASSERT_THAT(here().replace_file("f", "new", 0600), Succeeds());
    EXPECT_EQ(here().read_file("f", 9).value(), "new");
    EXPECT_EQ(here().read_file("target", 9).value(), "kept");
}

TEST_F(DirectoryTest, LeavesNoTemporaryFileWhenReplacingFails)
{
    ASSERT_THAT(here().make_subdirectory("f", 0700), Succeeds());
    EXPECT_THAT(here().replace_file("f", "new", 0600), FailsWith(ExitStatus::bad_data, "cannot rename"));
    EXPECT_THAT(here().entries().value(), ElementsAre("f"));
}

TEST_F(DirectoryTest, RemovesADeepTree)
{
    FileDescriptor level(dup(here().descriptor()));
    for (int i = 0; i < 5000; ++i) {
        ASSERT_EQ(mkdirat(level.get(), "d", 0700), 0);
        FileDescriptor next(openat(level.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        ASSERT_TRUE(next);
        level = std::move(next);
    }
    const FileDescriptor file(openat(level.get(), "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_TRUE(file);
    EXPECT_THAT(here().remove_tree("d"), Succeeds());
    EXPECT_THAT(here().entries().value(), IsEmpty());
}

TEST_F(DirectoryTest, RemovesAWideTree)
{
    const auto tree = here().make_subdirectory("tree", 0700);
    ASSERT_THAT(tree, Succeeds());
    for (int i = 0; i < 20; ++i) {
        const auto child = tree->make_subdirectory(std::to_string(i), 0700);
        ASSERT_THAT(child, Succeeds());
        // Names that the remover itself uses.
        ASSERT_THAT(
            child->make_subdirectory(".removed-" + std::to_string(i), 0700)
                .and_then([](const Directory& inner) { return inner.make_subdirectory("x", 0700); }),
            Succeeds());
        ASSERT_EQ(mkfifoat(child->descriptor(), "fifo", 0600), 0);
    }
    EXPECT_THAT(here().remove_tree("tree"), Succeeds());
    EXPECT_THAT(here().entries().value(), IsEmpty());
}

TEST_F(DirectoryTest, RemovesLinksAndNotWhatTheyPointTo)
{
    const auto outside = here().make_subdirectory("outside", 0700);
    ASSERT_THAT(outside, Succeeds());
    ASSERT_THAT(outside->create_file("kept", "x", 0600), Succeeds());
    const auto tree = here().make_subdirectory("tree", 0700);
    ASSERT_THAT(tree, Succeeds());
    ASSERT_EQ(symlinkat("../outside", tree->descriptor(), "link"), 0);
    ASSERT_EQ(symlinkat((path_ + "/outside").c_str(), tree->descriptor(), "absolute"), 0);
    link("outside", "top");
    EXPECT_THAT(here().remove_tree("tree"), Succeeds());
    EXPECT_THAT(here().remove_tree("top"), Succeeds());
    EXPECT_THAT(here().entries().value(), ElementsAre("outside"));
    EXPECT_EQ(outside->read_file("kept", 9).value(), "x");
}

TEST_F(DirectoryTest, RemovingNothingIsNoError)
{
    EXPECT_THAT(here().remove_tree("none"), Succeeds());
    EXPECT_THAT(here().remove_file("none"), Succeeds());
}

TEST_F(DirectoryTest, RemovesAFileAsATree)
{
    ASSERT_THAT(here().create_file("f", "", 0600), Succeeds());
    EXPECT_THAT(here().remove_tree("f"), Succeeds());
    EXPECT_THAT(here().entries().value(), IsEmpty());
}

TEST_F(DirectoryTest, ListsEntriesSortedAndAsOftenAsAsked)
{
    EXPECT_THAT(here().entries().value(), IsEmpty());
    for (const auto* name : {"b", ".a", "c"})
        ASSERT_THAT(here().create_file(name, "", 0600), Succeeds());
    EXPECT_THAT(here().entries().value(), ElementsAre(".a", "b", "c"));
    EXPECT_THAT(here().entries().value(), ElementsAre(".a", "b", "c"));
}

TEST_F(DirectoryTest, ContainsADanglingLink)
{
    link("nowhere", "dangling");
    EXPECT_TRUE(here().contains("dangling").value());
    EXPECT_FALSE(here().contains("none").value());
}

TEST_F(DirectoryTest, ExchangesTwoNames)
{
    ASSERT_THAT(here().create_file("a", "1", 0600), Succeeds());
    ASSERT_THAT(here().create_file("b", "2", 0600), Succeeds());
    ASSERT_THAT(here().rename("a", "b", RENAME_EXCHANGE), Succeeds());
    EXPECT_EQ(here().read_file("a", 9).value(), "2");
    EXPECT_EQ(here().read_file("b", 9).value(), "1");
    EXPECT_THAT(here().rename("a", "none", RENAME_EXCHANGE),
                FailsWith(ExitStatus::not_found, "cannot rename"));
    EXPECT_THAT(here().rename("a", "b", RENAME_NOREPLACE), FailsWith(ExitStatus::io, "cannot rename"));
}

TEST_F(DirectoryTest, MovesWithoutReplacing)
{
    const auto target = here().make_subdirectory("target", 0700);
    ASSERT_THAT(target, Succeeds());
    ASSERT_THAT(here().create_file("a", "1", 0600), Succeeds());
    ASSERT_THAT(here().move_to("a", *target), Succeeds());
    EXPECT_EQ(target->read_file("a", 9).value(), "1");
    ASSERT_THAT(here().create_file("a", "2", 0600), Succeeds());
    EXPECT_THAT(here().move_to("a", *target), FailsWith(ExitStatus::io, "cannot move"));
}

} // namespace
} // namespace left4me
