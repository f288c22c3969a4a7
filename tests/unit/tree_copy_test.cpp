#include "system/tree_copy.hpp"

#include "system/tree_compare.hpp"
#include "system/whiteout.hpp"
#include "text_case.hpp"

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

/// A tree to copy, and an empty directory to copy it to.
class TreeCopyTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string path = testing::TempDir() + "left4me-copy-XXXXXX";
        ASSERT_NE(mkdtemp(path.data()), nullptr);
        path_ = path;
        const auto here = Directory::open(path).value();
        from_.emplace(here.make_subdirectory("from", 0755).value());
        to_.emplace(here.make_subdirectory("to", 0755).value());
    }

    void TearDown() override
    {
        const auto parent = Directory::open(testing::TempDir());
        ASSERT_THAT(parent, Succeeds());
        EXPECT_THAT(parent->remove_tree(path_.substr(testing::TempDir().size())), Succeeds());
    }

    const Directory& from() { return *from_; }
    const Directory& to() { return *to_; }
    Result<TreeSize> copy() { return copy_tree(from(), to(), {}); }

    static struct stat status_of(const Directory& directory, const char* name)
    {
        struct stat status = {};
        EXPECT_EQ(fstatat(directory.descriptor(), name, &status, AT_SYMLINK_NOFOLLOW), 0) << name;
        return status;
    }

private:
    std::string path_;
    std::optional<Directory> from_;
    std::optional<Directory> to_;
};

/// In memory: an overlay, as a container's files are, makes no whiteouts.
TEST(TreeCopy, CopiesAndComparesWhiteouts)
{
    std::string path = "/dev/shm/left4me-whiteouts-XXXXXX";
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    const auto here = Directory::open(path).value();
    const auto from = here.make_subdirectory("from", 0755).value();
    const auto to = here.make_subdirectory("to", 0755).value();
    ASSERT_THAT(make_whiteout(from, "w"), Succeeds());
    ASSERT_THAT(to.create_file("w", "in its way", 0640), Succeeds());
    EXPECT_EQ(same_tree(from, to).value(), false);
    ASSERT_THAT(copy_tree(from, to, {}), Succeeds());
    struct stat status = {};
    ASSERT_EQ(fstatat(to.descriptor(), "w", &status, AT_SYMLINK_NOFOLLOW), 0);
    EXPECT_TRUE(is_whiteout(status));
    EXPECT_EQ(same_tree(from, to).value(), true);
    ASSERT_THAT(to.remove_file("w"), Succeeds());
    EXPECT_EQ(same_tree(from, to).value(), false);
    ASSERT_THAT(measure_tree(from), Succeeds());
    EXPECT_THAT(Directory::open("/dev/shm")->remove_tree(path.substr(9)), Succeeds());
}

TEST_F(TreeCopyTest, CopiesFilesDirectoriesAndLinksAndCountsThem)
{
    ASSERT_THAT(from().create_file("f", "abc", 0640), Succeeds());
    ASSERT_THAT(from().make_subdirectory("d", 0750)->create_file("g", "de", 0600), Succeeds());
    ASSERT_THAT(from().make_link("l", "/etc/shadow"), Succeeds());
    const auto size = copy();
    ASSERT_THAT(size, Succeeds());
    EXPECT_EQ(*size, (TreeSize{3, 5}));
    EXPECT_EQ(measure_tree(to()).value(), *size);
    EXPECT_EQ(to().read_file("d/g", 10).value(), "de");
    EXPECT_EQ(status_of(to(), "f").st_mode & 07777U, 0640U);
    EXPECT_EQ(status_of(to(), "d").st_mode & 07777U, 0750U);
    EXPECT_TRUE(S_ISLNK(status_of(to(), "l").st_mode));
}

TEST_F(TreeCopyTest, TheCopyIsAnotherFile)
{
    ASSERT_THAT(from().create_file("f", "abc", 0600), Succeeds());
    ASSERT_THAT(copy(), Succeeds());
    EXPECT_NE(status_of(from(), "f").st_ino, status_of(to(), "f").st_ino);
}

TEST_F(TreeCopyTest, DropsSetUserAndSetGroupBits)
{
    ASSERT_THAT(from().create_file("f", "", 0600), Succeeds());
    ASSERT_EQ(fchmodat(from().descriptor(), "f", 06755, 0), 0);
    ASSERT_THAT(copy(), Succeeds());
    EXPECT_EQ(status_of(to(), "f").st_mode & 07777U, 0755U);
}

TEST_F(TreeCopyTest, KeepsTimes)
{
    ASSERT_THAT(from().make_subdirectory("d", 0755)->create_file("f", "x", 0600), Succeeds());
    const std::array<timespec, 2> times = {timespec{1000, 0}, timespec{2000, 0}};
    for (const auto* name : {"d/f", "d"})
        ASSERT_EQ(utimensat(from().descriptor(), name, times.data(), 0), 0);
    ASSERT_THAT(copy(), Succeeds());
    EXPECT_EQ(status_of(to(), "d/f").st_mtim.tv_sec, 2000);
    EXPECT_EQ(status_of(to(), "d").st_mtim.tv_sec, 2000);
}

TEST_F(TreeCopyTest, KeepsHolesAndWhatLiesBetweenThem)
{
    constexpr off_t size = 64 << 20;
    const FileDescriptor file(openat(from().descriptor(), "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_EQ(pwrite(file.get(), "middle", 6, size / 2), 6);
    ASSERT_EQ(ftruncate(file.get(), size), 0);
    ASSERT_THAT(copy(), Succeeds());
    const auto copied = status_of(to(), "f");
    EXPECT_EQ(copied.st_size, size);
    EXPECT_LT(copied.st_blocks * 512, 8 << 20);
    EXPECT_EQ(to().read_file("f", size).value().substr(size / 2, 6), "middle");
}

TEST_F(TreeCopyTest, RefusesAFifoByName)
{
    ASSERT_EQ(mkfifoat(from().descriptor(), "pipe", 0600), 0);
    EXPECT_THAT(copy(), FailsWith(ExitStatus::bad_data, "/from/pipe' is no file"));
}

TEST_F(TreeCopyTest, RefusesATreeThatIsTooDeep)
{
    auto directory = from().subdirectory(".");
    for (int i = 0; i <= deepest_tree; ++i)
        directory = directory->make_subdirectory("d", 0700);
    EXPECT_THAT(copy(), FailsWith(ExitStatus::bad_data, "more than 200 deep"));
}

} // namespace
} // namespace left4me
