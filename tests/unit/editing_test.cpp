#include "programs/editing.hpp"

#include "text_case.hpp"

#include <fstream>
#include <map>
#include <sys/stat.h>

namespace left4me {
namespace {

using testing::ElementsAre;

std::vector<std::string> words_with(const std::map<std::string, std::string>& environment)
{
    return editor_words([&](const char* name) -> std::optional<std::string> {
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
    });
}

TEST(Editing, TakesTheOperatorsEditor)
{
    EXPECT_THAT(words_with({}), ElementsAre("/usr/bin/editor"));
    EXPECT_THAT(words_with({{"EDITOR", "vim -n  -u NONE"}}), ElementsAre("vim", "-n", "-u", "NONE"));
    EXPECT_THAT(words_with({{"EDITOR", "vim"}, {"VISUAL", "emacs"}}), ElementsAre("emacs"));
    EXPECT_THAT(words_with({{"VISUAL", "emacs"}, {"SUDO_EDITOR", "nano"}}), ElementsAre("nano"));
    EXPECT_THAT(words_with({{"VISUAL", "  "}, {"EDITOR", "vim"}}), ElementsAre("vim"));
}

TEST(Editing, NoShellReadsItsWords)
{
    EXPECT_THAT(words_with({{"EDITOR", "ed $(touch /tmp/x);"}}),
                ElementsAre("ed", "$(touch", "/tmp/x);"));
}

TEST(Editing, LeavesNothingUnlessItIsToBeKept)
{
    std::string path;
    {
        const auto file = EditedFile::make("p.cfg");
        ASSERT_THAT(file, Succeeds());
        path = file->path();
        std::ofstream(path + "~") << "an editor's";
        struct stat status = {};
        ASSERT_EQ(stat(path.substr(0, path.rfind('/')).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0700U);
    }
    struct stat status = {};
    EXPECT_NE(stat(path.substr(0, path.rfind('/')).c_str(), &status), 0);
    {
        auto file = EditedFile::make("p.cfg");
        ASSERT_THAT(file, Succeeds());
        path = file->path();
        file->keep();
    }
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(unlink(path.c_str()), 0);
    EXPECT_EQ(rmdir(path.substr(0, path.rfind('/')).c_str()), 0);
}

TEST(Editing, TakesWhatTheEditorPutInItsPlace)
{
    const auto file = EditedFile::make("p.cfg");
    ASSERT_THAT(file, Succeeds());
    const auto script = file->path() + ".sh";
    std::ofstream(script) << "#!/bin/sh\necho new >\"$1.new\"; mv \"$1.new\" \"$1\"\n";
    ASSERT_EQ(chmod(script.c_str(), 0700), 0);
    ASSERT_THAT(file->edit({script}), Succeeds());
    const auto opened = file->open();
    ASSERT_THAT(opened, Succeeds());
    EXPECT_EQ(read_regular(*opened, "it", 100).value(), "new\n");
}

TEST(Editing, AnEditorThatFailsChangesNothing)
{
    const auto file = EditedFile::make("p.cfg");
    ASSERT_THAT(file, Succeeds());
    EXPECT_THAT(file->edit({"/bin/false"}), FailsWith(ExitStatus::bad_data, "nothing is changed"));
    EXPECT_THAT(file->edit({"/nowhere/editor"}),
                FailsWith(ExitStatus::bad_data, "EDITOR names another"));
    ASSERT_EQ(unlink(file->path().c_str()), 0);
    ASSERT_EQ(symlink("/etc/passwd", file->path().c_str()), 0);
    EXPECT_FALSE(file->open().has_value());
}

} // namespace
} // namespace left4me
