#include "system/tree_links.hpp"

#include "system/tree_copy.hpp"
#include "text_case.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

class TreeLinksTest : public testing::Test {
protected:
    void SetUp() override
    {
        std::string path = testing::TempDir() + "left4me-links-XXXXXX";
        ASSERT_NE(mkdtemp(path.data()), nullptr);
        name_ = path.substr(testing::TempDir().size());
        tree_.emplace(Directory::open(path).value());
    }

    void TearDown() override
    {
        EXPECT_THAT(Directory::open(testing::TempDir())->remove_tree(name_), Succeeds());
    }

    [[nodiscard]] const Directory& tree() const { return *tree_; } // NOLINT: SetUp made it

    [[nodiscard]] std::vector<std::string> links() const
    {
        std::vector<std::string> targets;
        EXPECT_THAT(
            for_each_link_in(tree(), [&](std::string_view target) { targets.emplace_back(target); }),
            Succeeds());
        return targets;
    }

    /// The end of a chain of directories.
    [[nodiscard]] Directory descend(int depth, const std::string& name) const
    {
        auto directory = tree().subdirectory(".");
        for (int i = 0; i < depth; ++i)
            directory = directory->make_subdirectory(name, 0700);
        return std::move(*directory);
    }

private:
    std::string name_;
    std::optional<Directory> tree_;
};

TEST_F(TreeLinksTest, SeesLinksAndFollowsNone)
{
    ASSERT_THAT(tree().create_file("file", "text", 0600), Succeeds());
    const auto below = tree().make_subdirectory("d", 0700).value();
    ASSERT_THAT(below.make_link("own", "../d"), Succeeds());
    ASSERT_THAT(below.make_link("loop", "loop"), Succeeds());
    ASSERT_THAT(tree().make_link("away", "/"), Succeeds());
    ASSERT_EQ(mkfifoat(tree().descriptor(), "pipe", 0600), 0);
    EXPECT_THAT(links(), UnorderedElementsAre("../d", "loop", "/"));
}

TEST_F(TreeLinksTest, SeesThemAtThePathThatNoCallTakes)
{
    const std::string name(250, 'd');
    ASSERT_THAT(descend(20, name).make_link("l", "target"), Succeeds());
    EXPECT_THAT(links(), UnorderedElementsAre("target"));
}

TEST_F(TreeLinksTest, SeesThemAsDeepAsALayerMayBe)
{
    ASSERT_THAT(descend(deepest_tree, "d").make_link("l", "target"), Succeeds());
    EXPECT_THAT(links(), UnorderedElementsAre("target"));
}

TEST_F(TreeLinksTest, PassesOverWhatIsDeeperThanALayerMayBe)
{
    ASSERT_THAT(descend(deepest_tree + 1, "d").make_link("l", "target"), Succeeds());
    EXPECT_THAT(links(), IsEmpty());
}

} // namespace
} // namespace left4me
