#include "system/tree_mending.hpp"

#include "system/directory.hpp"
#include "text_case.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace left4me {
namespace {

namespace fs = std::filesystem;

struct Mending : testing::Test {
    Mending()
    {
        std::string name = "/tmp/left4me-mending-XXXXXX";
        tree = mkdtemp(name.data());
    }
    ~Mending() override
    {
        // The standard library's needs a descriptor for each level.
        const auto parent = Directory::open(tree.parent_path());
        EXPECT_THAT(parent, Succeeds());
        EXPECT_THAT(parent->remove_tree(tree.filename()), Succeeds());
    }

    [[nodiscard]] std::string make(const std::string& name, mode_t mode) const
    {
        std::ofstream(tree / name) << "text";
        EXPECT_EQ(chmod((tree / name).c_str(), mode), 0);
        return tree / name;
    }
    [[nodiscard]] Result<void> mend()
    {
        return mend_tree(tree, [&](const std::string& remark) { remarks.push_back(remark); });
    }
    static mode_t mode_of(const fs::path& path)
    {
        struct stat status = {};
        EXPECT_EQ(lstat(path.c_str(), &status), 0) << path;
        return status.st_mode & 07777;
    }

    fs::path tree;
    std::vector<std::string> remarks;
};

TEST_F(Mending, LeavesWhatIsWell)
{
    const auto file = make("file", 0444);
    fs::create_directory(tree / "directory");
    chmod((tree / "directory").c_str(), 0755);
    EXPECT_THAT(mend(), Succeeds());
    EXPECT_EQ(mode_of(file), 0444U);
    EXPECT_EQ(mode_of(tree / "directory"), 0755U);
    EXPECT_TRUE(remarks.empty());
}

TEST_F(Mending, OpensWhatIsShut)
{
    fs::create_directories(tree / "a/b");
    const auto file = make("a/b/file", 0);
    chmod((tree / "a/b").c_str(), 0);
    chmod((tree / "a").c_str(), 0);
    chmod(tree.c_str(), 0);
    EXPECT_THAT(mend(), Succeeds());
    EXPECT_EQ(mode_of(tree), 0700U);
    EXPECT_EQ(mode_of(tree / "a/b"), 0700U);
    EXPECT_EQ(mode_of(file), 0400U);
}

TEST_F(Mending, TakesSetUidAwayFromWhatItOpens)
{
    const auto file = make("file", 06011);
    EXPECT_THAT(mend(), Succeeds());
    EXPECT_EQ(mode_of(file), 0411U);
}

TEST_F(Mending, FollowsNoLink)
{
    const auto outside = tree.string() + "-outside";
    fs::create_directory(outside);
    std::ofstream(outside + "/file") << "text";
    chmod((outside + "/file").c_str(), 0);
    fs::create_directory_symlink(outside, tree / "link");
    fs::create_symlink(outside + "/file", tree / "file");
    EXPECT_THAT(mend(), Succeeds());
    EXPECT_EQ(mode_of(outside + "/file"), 0U);
    EXPECT_THAT(mend_tree(tree / "link", [](const std::string&) {}), testing::Not(Succeeds()));
    fs::remove_all(outside);
}

TEST_F(Mending, RemovesFifosAndSocketsByName)
{
    ASSERT_EQ(mkfifo((tree / "a\nb").c_str(), 0600), 0);
    sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = {}};
    const auto path = (tree / "socket").string();
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    const int end = socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(bind(end, reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    close(end);
    EXPECT_THAT(mend(), Succeeds());
    EXPECT_TRUE(fs::is_empty(tree));
    EXPECT_THAT(remarks, testing::UnorderedElementsAre(testing::HasSubstr("FIFO 'a\\nb'"),
                                                       testing::HasSubstr("socket 'socket'")));
}

TEST_F(Mending, GoesToAnyDepth)
{
    const auto here = fs::current_path();
    fs::current_path(tree);
    for (int depth = 0; depth < 5000; ++depth)
        ASSERT_TRUE(mkdir("d", 0700) == 0 && chdir("d") == 0);
    ASSERT_EQ(mkfifo("deepest", 0600), 0);
    fs::current_path(here);
    EXPECT_THAT(mend(), Succeeds());
    EXPECT_EQ(remarks.size(), 1U);
}

} // namespace
} // namespace left4me
