// Single files of a layer by l4d2ctl overlay put and edit, and a whole one by overlay export.

#include "support.hpp"

#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int usage = 64;
constexpr int bad_data = 65;
constexpr int not_found = 66;
constexpr int busy = 75;

struct LayerFiles : ServerTest {
    void SetUp() override
    {
        write_file(place + "/rates.cfg", "one\n");
        // Root's alone: it is opened before l4d2ctl becomes user left4me.
        ASSERT_EQ(run({"chmod", "-R", "go=", place}).status, 0);
    }
    ~LayerFiles() override
    {
        if (exists(tree()))
            EXPECT_EQ(l4d2ctl({"overlay", "delete", ref}).status, 0);
        remove_all(place);
    }

    [[nodiscard]] Outcome overlay(Words words) const
    {
        words.insert(words.begin(), "overlay");
        return l4d2ctl(words);
    }
    [[nodiscard]] Outcome put(const std::string& file, const Words& rest = {}) const
    {
        Words words = {"put", ref, file};
        words.insert(words.end(), rest.begin(), rest.end());
        return overlay(words);
    }

    /// With an editor that is a script, of the file's name.
    [[nodiscard]] Outcome edit(const std::string& path, const std::string& script) const
    {
        write_file(place + "/editor", "#!/bin/sh\n" + script);
        EXPECT_EQ(run({"chmod", "700", place + "/editor"}).status, 0);
        return run(
            {"env", std::format("EDITOR={}/editor -x", place), "l4d2ctl", "overlay", "edit", ref, path});
    }

    [[nodiscard]] nlohmann::json shown() const
    {
        return nlohmann::json::parse(overlay({"show", ref, "--json"}).out);
    }
    [[nodiscard]] std::string content(const std::string& path) const
    {
        return read_file(tree() + "/" + path);
    }
    [[nodiscard]] std::string tree() const { return state + "/overlays/" + ref; }
    static std::vector<std::string> left_in_tmp()
    {
        return lines_of(run({"sh", "-c", "ls -d /tmp/l4d2ctl-edit-* 2>/dev/null"}).out);
    }

    const std::string ref = "single/" + name;
    const std::string place = "/tmp/left4me-single-" + name;
    const std::string rates = "left4dead2/cfg/rates.cfg";
};

TEST_F(LayerFiles, ArePutWhereTheGameLooksOrWhereTheyAreToGo)
{
    const auto first = put(place + "/rates.cfg");
    ASSERT_EQ(first.status, 0) << first.err;
    EXPECT_THAT(first.out, HasSubstr("version 1"));
    EXPECT_EQ(content(rates), "one\n");
    EXPECT_EQ(output({"stat", "-c", "%U", tree() + "/" + rates}), "left4me");
    const auto again = put(place + "/rates.cfg", {"--at", rates});
    EXPECT_EQ(again.status, 0);
    EXPECT_THAT(again.out, HasSubstr("nothing changed"));
    EXPECT_EQ(shown()["version"], 1);

    EXPECT_EQ(put(place + "/rates.cfg", {"--at", "left4dead2/addons/sourcemod/configs/"}).status, 0);
    EXPECT_EQ(content("left4dead2/addons/sourcemod/configs/rates.cfg"), "one\n");
    const auto piped =
        run({"sh", "-c", std::format("echo piped | l4d2ctl overlay put {} - --at {}", ref, rates)});
    EXPECT_EQ(piped.status, 0) << piped.err;
    EXPECT_EQ(content(rates), "piped\n");
    EXPECT_EQ(shown()["version"], 3);

    write_file(place + "/admins_simple.ini", "x");
    const auto unknown = put(place + "/admins_simple.ini");
    EXPECT_EQ(unknown.status, usage);
    EXPECT_THAT(unknown.err, HasSubstr("--at"));
    for (const auto* bad : {"../x", "/etc/x", "a/../../x"})
        EXPECT_EQ(put(place + "/rates.cfg", {"--at", bad}).status, usage) << bad;
    EXPECT_EQ(put("/nowhere/x.cfg", {"--at", "x"}).status, not_found);
    EXPECT_EQ(put(place, {"--at", "x"}).status, bad_data);
    EXPECT_EQ(shown()["version"], 3);
    EXPECT_THAT(files_below(state + "/builds/" + ref), IsEmpty());
}

TEST_F(LayerFiles, AreChangedInTheOperatorsEditor)
{
    ASSERT_EQ(put(place + "/rates.cfg", {"--at", rates}).status, 0);
    // It is given its own words first, runs as the operator, and sees the name.
    const auto done = edit(rates, "test \"$1\" = -x && id -u >>\"$2\" && basename \"$2\" >>\"$2\"\n");
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("version 2"));
    EXPECT_EQ(content(rates), "one\n0\nrates.cfg\n");
    EXPECT_EQ(shown()["last_change"]["how"], "edit");

    EXPECT_THAT(edit(rates, "touch \"$2\"\n").out, HasSubstr("nothing changed"));
    const auto failed = edit(rates, "echo lost >\"$2\"; exit 3\n");
    EXPECT_EQ(failed.status, bad_data);
    EXPECT_THAT(failed.err, HasSubstr("status 3"));
    EXPECT_EQ(shown()["version"], 2);
    EXPECT_EQ(edit("left4dead2/cfg/new.cfg", "echo new >\"$2\"\n").status, 0);
    EXPECT_EQ(content("left4dead2/cfg/new.cfg"), "new\n");
    EXPECT_EQ(edit("left4dead2/cfg", "echo new >\"$2\"\n").status, bad_data) << "a directory";
    EXPECT_EQ(edit("../../etc/passwd", "echo new >\"$2\"\n").status, usage);
    EXPECT_THAT(left_in_tmp(), IsEmpty());
}

TEST_F(LayerFiles, AnEditIsNotLostAndLosesNothing)
{
    ASSERT_EQ(put(place + "/rates.cfg", {"--at", rates}).status, 0);
    const auto done =
        edit(rates, std::format("echo mine >\"$2\"; echo theirs | l4d2ctl overlay put {} - --at {}\n",
                                ref, rates));
    EXPECT_EQ(done.status, busy);
    EXPECT_THAT(done.err, HasSubstr("changed by another meanwhile"));
    EXPECT_EQ(content(rates), "theirs\n");
    const auto kept = left_in_tmp();
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_THAT(done.err, HasSubstr(kept.front()));
    EXPECT_EQ(read_file(kept.front() + "/rates.cfg"), "mine\n");
    EXPECT_EQ(output({"stat", "-c", "%U %a", kept.front()}), "root 700");
    remove_all(kept.front());
}

TEST_F(LayerFiles, AnExportIsTheSameForTheSameContent)
{
    ASSERT_EQ(put(place + "/rates.cfg", {"--at", rates}).status, 0);
    const auto first = overlay({"export", ref, place + "/1.tar"});
    ASSERT_EQ(first.status, 0) << first.err;
    const auto digest = shown()["sha256"].get<std::string>();
    EXPECT_THAT(first.out, HasSubstr(digest));
    EXPECT_THAT(output({"sha256sum", place + "/1.tar"}), testing::StartsWith(digest));
    EXPECT_THAT(overlay({"show", ref}).out, HasSubstr(digest));
    // Another layer of that content, from the archive itself.
    const auto other = ref + "-2";
    ASSERT_EQ(overlay({"import", other, place + "/1.tar"}).status, 0);
    ASSERT_EQ(
        run({"sh", "-c", std::format("l4d2ctl overlay export {} - >{}/2.tar", other, place)}).status, 0);
    EXPECT_EQ(run({"cmp", place + "/1.tar", place + "/2.tar"}).status, 0);
    EXPECT_EQ(overlay({"delete", other}).status, 0);
    EXPECT_EQ(output({"stat", "-c", "%U %a", place + "/1.tar"}), "root 600");

    EXPECT_EQ(overlay({"export", "single/none", place + "/3.tar"}).status, not_found);
    EXPECT_FALSE(exists(place + "/3.tar"));
    EXPECT_EQ(overlay({"export", ref, "/dev/full"}).status, 74);
    EXPECT_THAT(files_below(place), Not(testing::Contains(HasSubstr(".new-"))));
}

} // namespace
} // namespace left4me::test
