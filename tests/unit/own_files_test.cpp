#include "layer/own_files.hpp"

#include "system/file_times.hpp"
#include "system/whiteout.hpp"
#include "tree_maker.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// A server above the layer "top", above "game".
class OwnFilesTest : public TreeMaker {
protected:
    [[nodiscard]] LowerTree lower(const std::string& name, AgeSource source) const
    {
        auto tree = directory(name.empty() ? "generated" : name);
        const FileAges ages(source, tree);
        return {name, std::move(tree), ages};
    }

    [[nodiscard]] OwnFiles survey() const
    {
        std::vector<LowerTree> trees;
        trees.push_back(lower("", AgeSource::none));
        trees.push_back(lower("top", AgeSource::marks));
        trees.push_back(lower("game", AgeSource::writes));
        auto found = survey_own_files(directory("upper"), trees, mounts, [&](const std::string& path) {
            return std::optional(std::ranges::contains(opaque, path));
        });
        EXPECT_THAT(found, Succeeds());
        return found.value_or(OwnFiles());
    }

    /// What is told of one path; the test fails if that is not one thing.
    [[nodiscard]] OwnFile told(const std::string& path) const
    {
        const auto all = survey().files;
        EXPECT_EQ(std::ranges::count(all, path, &OwnFile::path), 1) << path;
        const auto found = std::ranges::find(all, path, &OwnFile::path);
        return found == all.end() ? OwnFile{path, OwnKind::other, 0, Time(0)} : *found;
    }

    [[nodiscard]] std::vector<std::string> paths() const
    {
        std::vector<std::string> all;
        for (const auto& file : survey().files)
            all.push_back(file.path);
        std::ranges::sort(all);
        return all;
    }

    void remove(const std::string& parent, const std::string& name) const
    {
        ASSERT_THAT(make_whiteout(directory(parent), name), Succeeds());
    }

    /// Publishes what is in the layer, as if in so many seconds.
    void publish(const std::string& before, std::chrono::seconds in) const
    {
        const auto present = directory(before);
        const auto now = std::chrono::system_clock::now().time_since_epoch() + in;
        ASSERT_THAT(mark_ages(directory("top"), &present, std::nullopt,
                              std::chrono::floor<std::chrono::microseconds>(now)),
                    Succeeds());
    }

    std::vector<std::string> opaque;
    MountTimes mounts;
};

constexpr auto later = std::chrono::seconds(100);

TEST_F(OwnFilesTest, OfNothingNothingIsTold)
{
    EXPECT_THAT(survey().files, IsEmpty());
}

TEST_F(OwnFilesTest, TellsWhichLayerAFileHides)
{
    write("top/a/both", "t");
    write("game/a/both", "g");
    write("game/a/one", "g");
    for (const auto* path : {"upper/a/both", "upper/a/one", "upper/a/none"})
        write(path, "mine");
    EXPECT_EQ(told("a/both").over, "top");
    EXPECT_EQ(told("a/one").over, "game");
    EXPECT_EQ(told("a/none").over, std::nullopt);
    EXPECT_EQ(told("a/none").kind, OwnKind::file);
    EXPECT_EQ(survey().bytes, 12U);
}

TEST_F(OwnFilesTest, TellsWhatWasRemoved)
{
    write("game/a/file", "g");
    write("game/b/below/file", "g");
    remove("upper/a", "file");
    remove("upper/b", "below");
    remove("upper", "nothing");
    EXPECT_EQ(told("a/file").kind, OwnKind::removal);
    EXPECT_EQ(told("a/file").over, "game");
    EXPECT_EQ(told("b/below").over, "game");
    EXPECT_EQ(told("nothing").over, std::nullopt);
}

TEST_F(OwnFilesTest, ALayersOwnWhiteoutHidesWhatIsBelowIt)
{
    write("game/a", "g");
    remove("top", "a");
    write("upper/a", "mine");
    EXPECT_EQ(told("a").over, std::nullopt);
}

TEST_F(OwnFilesTest, ADirectoryIsToldOfWhereItHidesOrIsEmpty)
{
    write("top/merged/x", "t");
    write("top/anew/x", "t");
    write("top/file", "t");
    write("upper/merged/own", "mine");
    write("upper/anew/own", "mine");
    write("upper/file/own", "mine");
    (void)directory("upper/empty/inner");
    opaque = {"anew"};
    EXPECT_THAT(paths(),
                ElementsAre("anew", "anew/own", "empty/inner", "file", "file/own", "merged/own"));
    EXPECT_EQ(told("anew").kind, OwnKind::directory);
    EXPECT_EQ(told("anew").over, "top");
    EXPECT_EQ(told("file").over, "top");
    EXPECT_EQ(told("empty/inner").over, std::nullopt);
}

TEST_F(OwnFilesTest, InADirectoryMadeAnewNothingElseHides)
{
    write("top/anew/x", "t");
    write("upper/anew/x", "mine");
    opaque = {"anew"};
    EXPECT_EQ(told("anew/x").over, std::nullopt);
}

TEST_F(OwnFilesTest, TellsWhatHidesANewerFile)
{
    write("before/kept", "1");
    write("before/changed", "1");
    write("top/kept", "1");
    write("upper/kept", "mine");
    write("upper/changed", "mine");
    write("upper/added", "mine");
    remove("upper", "gone");
    for (const auto* path : {"top/changed", "top/added", "top/gone"})
        write(path, "2");
    publish("before", later);
    EXPECT_FALSE(told("kept").hides_newer);
    EXPECT_TRUE(told("changed").hides_newer);
    EXPECT_TRUE(told("added").hides_newer);
    EXPECT_TRUE(told("gone").hides_newer);
}

TEST_F(OwnFilesTest, WhatWasMadeAfterThePublicationHidesNothingNewer)
{
    write("top/a", "2");
    publish("before", -later);
    write("upper/a", "mine");
    EXPECT_FALSE(told("a").hides_newer);
    // But for a server that ran on, on what it had mounted before.
    mounts.add(std::chrono::floor<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch() - 2 * later));
    EXPECT_TRUE(told("a").hides_newer);
    // And was mounted anew since: then it was made over the new one.
    mounts.add(std::chrono::floor<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch() - later / 2));
    EXPECT_FALSE(told("a").hides_newer);
}

TEST_F(OwnFilesTest, TellsOfNewerFilesInADirectory)
{
    write("top/anew/deep/x", "2");
    write("top/gone/deep/x", "2");
    write("top/old/x", "1");
    write("before/old/x", "1");
    write("upper/anew/own", "mine");
    write("upper/old/own", "mine");
    remove("upper", "gone");
    opaque = {"anew", "old"};
    publish("before", later);
    EXPECT_TRUE(told("anew").hides_newer);
    EXPECT_TRUE(told("gone").hides_newer);
    EXPECT_FALSE(told("old").hides_newer);
}

TEST_F(OwnFilesTest, OfTheGameTheFilesTimesTell)
{
    write("game/a", "g");
    write("upper/a", "mine");
    const timespec old[] = {{1, 0}, {1, 0}};
    ASSERT_EQ(utimensat(directory("game").descriptor(), "a", old, 0), 0);
    EXPECT_FALSE(told("a").hides_newer);
    mounts.add(Time(0)); // as one of before that time
    EXPECT_TRUE(told("a").hides_newer);
}

TEST_F(OwnFilesTest, TellsWhatDefeatsHide)
{
    write("game/bin/lib", "g");
    write("game/addons/x", "g");
    remove("generated/bin", "lib");
    remove("generated", "addons");
    write("upper/bin/lib", "mine");
    write("upper/addons/own", "mine");
    write("upper/bin/other", "mine");
    EXPECT_TRUE(told("bin/lib").defeats_hide);
    EXPECT_EQ(told("bin/lib").over, std::nullopt);
    EXPECT_TRUE(told("addons/own").defeats_hide);
    EXPECT_FALSE(told("bin/other").defeats_hide);
}

TEST_F(OwnFilesTest, WhatIsGeneratedIsNoLayers)
{
    write("generated/left4dead2/cfg/server.cfg", "");
    write("upper/left4dead2/cfg/server.cfg", "mine");
    EXPECT_EQ(told("left4dead2/cfg/server.cfg").over, std::nullopt);
}

TEST_F(OwnFilesTest, TheNewestComeFirst)
{
    write("upper/1", "");
    write("upper/2", "");
    struct stat status = {};
    do // the clock of files goes in steps
        ASSERT_EQ(fchmodat(directory("upper").descriptor(), "1", 0600, 0), 0);
    while (fstatat(directory("upper").descriptor(), "1", &status, 0) == 0 &&
           since_epoch(status.st_ctim) <= told("2").changed);
    EXPECT_EQ(survey().files.front().path, "1");
}

TEST_F(OwnFilesTest, WhatIsNoFileIsTold)
{
    ASSERT_EQ(mkfifoat(directory("upper").descriptor(), "fifo", 0600), 0);
    ASSERT_THAT(directory("upper").make_link("link", "/etc/passwd"), Succeeds());
    EXPECT_EQ(told("fifo").kind, OwnKind::other);
    EXPECT_EQ(told("link").kind, OwnKind::link);
}

TEST_F(OwnFilesTest, EndsWhereThereIsMoreThanIsWanted)
{
    for (const auto* path : {"upper/1", "upper/a/2", "upper/3"})
        write(path, "");
    const IsOpaque is_opaque = [](const std::string&) { return std::nullopt; };
    EXPECT_THAT(survey_own_files(directory("upper"), {}, mounts, is_opaque, 4), Succeeds());
    for (const std::size_t most : {0U, 1U, 2U, 3U})
        EXPECT_THAT(survey_own_files(directory("upper"), {}, mounts, is_opaque, most),
                    FailsWith(ExitStatus::busy, "more of it"));
}

/// A server may make a tree of any depth: what is beside it is still told rightly.
TEST_F(OwnFilesTest, PassesOverWhatIsTooDeep)
{
    std::string deep = "upper/a";
    for (int i = 0; i < deepest_tree + 20; ++i)
        deep += "/d";
    (void)directory(deep);
    write("upper/b", "mine");
    write("game/b", "g");
    EXPECT_EQ(told("b").over, "game");
    EXPECT_THAT(survey().unread, SizeIs(1));
}

/// merged stands for what overlayfs would show.
TEST_F(OwnFilesTest, KnowsADirectoryMadeAnewByWhatIsMissing)
{
    std::vector<Directory> trees;
    trees.push_back(directory("top"));
    trees.push_back(directory("game"));
    write("top/a/x", "t");
    write("game/a/y", "g");
    (void)directory("upper/a");
    (void)directory("merged/a");
    const auto ask = [&] {
        return is_opaque_in("a", directory("upper"), trees, directory("merged").path());
    };
    EXPECT_EQ(ask(), true);
    write("merged/a/x", "t");
    EXPECT_EQ(ask(), false);
    ASSERT_THAT(directory("merged/a").remove_file("x"), Succeeds());
    // Its own and what it removed may be missing.
    remove("upper/a", "x");
    EXPECT_EQ(ask(), true); // for y
    remove("upper/a", "y");
    EXPECT_EQ(ask(), false);
}

TEST_F(OwnFilesTest, ALayerThatRemovesMakesNoDirectoryAnew)
{
    std::vector<Directory> trees;
    trees.push_back(directory("top"));
    trees.push_back(directory("game"));
    write("game/a/y", "g");
    remove("top/a", "y");
    (void)directory("upper/a");
    (void)directory("merged/a");
    EXPECT_EQ(is_opaque_in("a", directory("upper"), trees, directory("merged").path()), false);
}

} // namespace
} // namespace left4me
