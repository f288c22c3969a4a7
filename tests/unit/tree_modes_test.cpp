#include "system/tree_modes.hpp"

#include "text_case.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace left4me {
namespace {

namespace fs = std::filesystem;

mode_t mode_of(const fs::path& path)
{
    struct stat status = {};
    EXPECT_EQ(lstat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
}

TEST(GuardedMode, LeavesWritingToTheOwner)
{
    struct Row {
        mode_t before;
        mode_t after;
    };
    for (const auto& [before, after] :
         {Row{S_IFREG | 0644, 0644}, Row{S_IFREG | 0666, 0644}, Row{S_IFREG | 07777, 0755},
          Row{S_IFREG | 0022, 0600}, Row{S_IFREG | 0400, 0600}, Row{S_IFREG | 0750, 0750},
          Row{S_IFDIR | 0755, 0755}, Row{S_IFDIR | 01777, 0755}, Row{S_IFDIR | 02775, 0755},
          Row{S_IFDIR | 0, 0700}})
        EXPECT_EQ(guarded_mode(before), after) << std::oct << before;
}

struct GuardTree : testing::Test {
    GuardTree() { tree = mkdtemp(name_.data()); }
    ~GuardTree() override { fs::remove_all(tree); }
    [[nodiscard]] Result<TreeSize> guard() const { return Directory::open(tree).and_then(guard_tree); }
    fs::path tree;

private:
    std::string name_ = testing::TempDir() + "left4me-modes-XXXXXX";
};

TEST_F(GuardTree, ReachesAllOfIt)
{
    fs::create_directories(tree / "a/b");
    for (const auto* file : {"f", "a/f", "a/b/f"}) {
        std::ofstream(tree / file) << "x";
        ASSERT_EQ(chmod((tree / file).c_str(), 0666), 0);
    }
    for (const auto* directory : {"a/b", "a", "."})
        ASSERT_EQ(chmod((tree / directory).c_str(), 0777), 0);
    EXPECT_EQ(guard().value(), (TreeSize{.files = 3, .bytes = 3}));
    for (const auto* file : {"f", "a/f", "a/b/f"})
        EXPECT_EQ(mode_of(tree / file), 0644U) << file;
    for (const auto* directory : {".", "a", "a/b"})
        EXPECT_EQ(mode_of(tree / directory), 0755U) << directory;
}

TEST_F(GuardTree, FollowsNoLink)
{
    const auto outside = fs::path(tree.string() + ".outside");
    std::ofstream(outside) << "x";
    ASSERT_EQ(chmod(outside.c_str(), 0666), 0);
    fs::create_symlink(outside, tree / "link");
    fs::create_symlink("nowhere", tree / "dangling");
    ASSERT_THAT(guard(), Succeeds());
    EXPECT_EQ(mode_of(outside), 0666U);
    fs::remove(outside);
}

/// That its owner cannot read, and so not open.
TEST_F(GuardTree, OpensNoFile)
{
    std::ofstream(tree / "f") << "x";
    ASSERT_EQ(chmod((tree / "f").c_str(), 0022), 0);
    ASSERT_THAT(guard(), Succeeds());
    EXPECT_EQ(mode_of(tree / "f"), 0600U);
}

} // namespace
} // namespace left4me
