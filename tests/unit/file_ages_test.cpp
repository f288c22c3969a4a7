#include "layer/file_ages.hpp"

#include "system/file_times.hpp"
#include "system/tree_copy.hpp"
#include "tree_maker.hpp"

#include <fcntl.h>

namespace left4me {
namespace {

constexpr Time first(1000);
constexpr Time second(2000);
constexpr Time third(3000);

class FileAgesTest : public TreeMaker {
protected:
    /// Since when a version has it.
    [[nodiscard]] std::optional<Time> since(const std::string& version, const std::string& name,
                                            AgeSource source = AgeSource::marks) const
    {
        const auto tree = directory(version);
        struct stat status = {};
        EXPECT_EQ(fstatat(tree.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW), 0);
        return FileAges(source, tree).since({tree, name, status});
    }

    void mark(const std::string& version, const std::string& present, Time now,
              std::optional<Time> untouched = std::nullopt) const
    {
        const auto before = directory(present);
        ASSERT_THAT(mark_ages(directory(version), &before, untouched, now), Succeeds());
    }
};

TEST_F(FileAgesTest, AFirstVersionCameAtOnce)
{
    write("1/a", "one");
    write("1/b", "one");
    ASSERT_THAT(mark_ages(directory("1"), nullptr, std::nullopt, first), Succeeds());
    EXPECT_EQ(since("1", "a"), first);
    EXPECT_EQ(since("1", "b"), first);
}

TEST_F(FileAgesTest, WhatHasAnotherContentIsNew)
{
    write("1/same", "one");
    write("1/of_its_size", "one");
    write("1/larger", "one");
    ASSERT_THAT(mark_ages(directory("1"), nullptr, std::nullopt, first), Succeeds());
    write("2/same", "one");
    write("2/of_its_size", "two");
    write("2/larger", "more");
    write("2/added", "two");
    mark("2", "1", second);
    EXPECT_EQ(since("2", "same"), first);
    EXPECT_EQ(since("2", "of_its_size"), second);
    EXPECT_EQ(since("2", "larger"), second);
    EXPECT_EQ(since("2", "added"), second);

    ASSERT_THAT(copy_tree(directory("2"), directory("3"), {}), Succeeds());
    write("3/same", "new");
    mark("3", "2", third);
    EXPECT_EQ(since("3", "same"), third);
    EXPECT_EQ(since("3", "added"), second);
    EXPECT_EQ(since("3", "larger"), second);
}

TEST_F(FileAgesTest, WhatComesBackIsNew)
{
    write("1/a", "one");
    ASSERT_THAT(mark_ages(directory("1"), nullptr, std::nullopt, first), Succeeds());
    write("2/a", "two");
    mark("2", "1", second);
    ASSERT_THAT(copy_tree(directory("1"), directory("3"), {}), Succeeds());
    mark("3", "2", third);
    EXPECT_EQ(since("3", "a"), third);
}

TEST_F(FileAgesTest, WhatWasNotTouchedIsNotRead)
{
    write("1/a", "one");
    ASSERT_THAT(mark_ages(directory("1"), nullptr, std::nullopt, first), Succeeds());
    write("2/a", "two");
    struct stat status = {};
    ASSERT_EQ(fstatat(directory("2").descriptor(), "a", &status, 0), 0);
    const auto changed = since_epoch(status.st_ctim);
    // As if it was copied before that time.
    mark("2", "1", second, changed + Time(1));
    EXPECT_EQ(since("2", "a"), first);
    // One of that very time may have been written just after it.
    mark("2", "1", second, changed);
    EXPECT_EQ(since("2", "a"), second);
}

TEST_F(FileAgesTest, WhatWasPublishedWithoutMarksIsNotKnown)
{
    write("1/a", "one");
    write("1/b", "one");
    write("2/a", "one");
    write("2/b", "two");
    mark("2", "1", second);
    EXPECT_EQ(since("2", "a"), std::nullopt);
    EXPECT_EQ(since("2", "b"), second);
}

TEST_F(FileAgesTest, AScriptLeavesNoMarksOfItsOwn)
{
    write("1/a", "one");
    ASSERT_THAT(mark_ages(directory("1"), nullptr, std::nullopt, first), Succeeds());
    write("2/a", "one");
    mark("2", "0", third); // as if it had copied it with its attributes
    ASSERT_EQ(since("2", "a"), third);
    mark("2", "1", second);
    EXPECT_EQ(since("2", "a"), first);
}

TEST_F(FileAgesTest, MarksWhatItsOwnerMayNotWrite)
{
    write("1/a", "one");
    write("2/a", "two");
    ASSERT_EQ(fchmodat(directory("2").descriptor(), "a", 0400, 0), 0);
    mark("2", "1", second);
    EXPECT_EQ(since("2", "a"), second);
    struct stat status = {};
    ASSERT_EQ(fstatat(directory("2").descriptor(), "a", &status, 0), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0400U);
}

TEST_F(FileAgesTest, LinksKeepTheirTime)
{
    ASSERT_THAT(directory("1").make_link("same", "x"), Succeeds());
    ASSERT_THAT(directory("1").make_link("other", "x"), Succeeds());
    mark("1", "0", first);
    ASSERT_THAT(directory("2").make_link("same", "x"), Succeeds());
    ASSERT_THAT(directory("2").make_link("other", "y"), Succeeds());
    mark("2", "1", second);
    EXPECT_EQ(since("2", "same"), first);
    EXPECT_EQ(since("2", "other"), second);
}

TEST_F(FileAgesTest, OfALayerMadeByHandTheTimesAreTheFilesOwn)
{
    write("hand/a", "one");
    struct stat status = {};
    ASSERT_EQ(fstatat(directory("hand").descriptor(), "a", &status, 0), 0);
    const auto written = since_epoch(status.st_mtim);
    EXPECT_GE(since("hand", "a", AgeSource::changes).value(), written);
    // An author's old time does not make what was put there now an old one.
    const timespec old[] = {{1, 0}, {1, 0}};
    ASSERT_EQ(utimensat(directory("hand").descriptor(), "a", old, 0), 0);
    EXPECT_GE(since("hand", "a", AgeSource::changes).value(), written - Time(10'000));
    EXPECT_EQ(since("hand", "a", AgeSource::writes), std::chrono::seconds(1));
    EXPECT_EQ(since("hand", "a", AgeSource::none), std::nullopt);
}

} // namespace
} // namespace left4me
