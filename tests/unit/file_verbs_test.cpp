#include "verbs/file_verbs.hpp"

#include "layer/layer_store.hpp"
#include "temporary_host.hpp"
#include "text_case.hpp"
#include "told_report.hpp"

#include <array>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace left4me {
namespace {

using testing::HasSubstr;

const auto ref = LayerRef::parse("base").value();
const std::string sum(64, 'a');

class FileVerbs : public testing::Test {
protected:
    static FileDescriptor file_with(const std::string& text)
    {
        FileDescriptor file(memfd_create("text", MFD_CLOEXEC));
        EXPECT_THAT(write_all(file, "text", text), Succeeds());
        lseek(file.get(), 0, SEEK_SET);
        return file;
    }

    [[nodiscard]] Result<std::optional<std::uint64_t>>
    put(const std::string& path, const std::string& text, const FileDescriptor* before = nullptr)
    {
        return put_file(*host, ref, file_with(text), {.path = path, .how = "put", .before = before},
                        report);
    }

    [[nodiscard]] std::string archive()
    {
        std::string bytes;
        const auto exported = export_layer(
            *host, ref,
            [&](std::string_view part) {
                bytes += part;
                return Result<void>();
            },
            report);
        EXPECT_THAT(exported, Succeeds());
        digest = exported ? exported->sha256 : "";
        return bytes;
    }

    [[nodiscard]] std::string shown_digest() const
    {
        const auto layer = LayerStore::open(*host)->layer(ref).value();
        return digest_of_layer(*host, layer, {}).value_or("");
    }

    TemporaryHost host;
    NoReport report;
    std::string digest;
};

TEST_F(FileVerbs, PutMakesAVersionWhereItChangesSomething)
{
    EXPECT_EQ(put("left4dead2/cfg/a.cfg", "1").value(), 1U);
    EXPECT_EQ(host.read("state/overlays/base/left4dead2/cfg/a.cfg"), "1");
    EXPECT_EQ(put("left4dead2/cfg/a.cfg", "1").value(), std::nullopt);
    EXPECT_EQ(put("left4dead2/cfg/a.cfg", "2").value(), 2U);
    EXPECT_EQ(put("left4dead2/cfg/b.cfg", "1").value(), 3U);
    EXPECT_EQ(host.read("state/overlays/base/left4dead2/cfg/a.cfg"), "2");
    EXPECT_TRUE(host.is_empty("state/builds/base"));
    EXPECT_EQ(LayerStore::open(*host)->history(ref).back().how, "put");
}

TEST_F(FileVerbs, PutTakesWhatComesThroughAPipe)
{
    std::array<int, 2> ends = {};
    ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    const FileDescriptor from(ends[0]);
    {
        const FileDescriptor to(ends[1]);
        ASSERT_EQ(write(to.get(), "text", 4), 4);
    }
    EXPECT_THAT(put_file(*host, ref, from, {.path = "a", .how = "put"}, report), Succeeds());
    EXPECT_EQ(host.read("state/overlays/base/a"), "text");
}

TEST_F(FileVerbs, WhatIsRefusedLeavesTheLayerAsItWas)
{
    ASSERT_THAT(put("a/b", "1"), Succeeds());
    EXPECT_FALSE(put("a", "2").has_value()) << "a directory is there";
    EXPECT_FALSE(put("a/b/c", "2").has_value()) << "a file is on the way";
    EXPECT_EQ(host.read("state/overlays/base/a/b"), "1");
    EXPECT_TRUE(host.is_empty("state/builds/base"));
    const FileDescriptor directory(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    EXPECT_THAT(put_file(*host, ref, directory, {.path = "x", .how = "put"}, report),
                FailsWith(ExitStatus::bad_data, "overlay import"));
}

TEST_F(FileVerbs, WhatAnotherHasChangedMeanwhileIsNotLost)
{
    ASSERT_THAT(put("a", "1"), Succeeds());
    const auto before = file_with("1");
    ASSERT_THAT(put("a", "of another"), Succeeds());
    EXPECT_THAT(put("a", "mine", &before), FailsWith(ExitStatus::busy, "changed by another"));
    EXPECT_EQ(host.read("state/overlays/base/a"), "of another");
    const auto nothing = file_with("");
    EXPECT_THAT(put("new", "mine", &nothing), Succeeds());
    EXPECT_THAT(put("new", "again", &nothing), FailsWith(ExitStatus::busy, "changed by another"));
}

TEST_F(FileVerbs, AnEditedProgramStaysOne)
{
    ASSERT_THAT(put("run.sh", "1"), Succeeds());
    const auto file = LayerStore::open(*host)->layer(ref)->open_file("run.sh").value();
    ASSERT_EQ(fchmod(file.get(), 0755), 0);
    const auto before = file_with("1");
    ASSERT_THAT(put("run.sh", "2", &before), Succeeds());
    struct stat status = {};
    ASSERT_EQ(fstat(LayerStore::open(*host)->layer(ref)->open_file("run.sh")->get(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0755U);
}

TEST_F(FileVerbs, AFileIsTakenAlsoFromACache)
{
    host.write("state/global_overlay_cache/" + sum, "shared");
    host.write("state/workshop_cache/x", "");
    host.write("state/overlays/base/left4dead2/x", "own");
    const auto layer = LayerStore::open(*host)->layer(ref).value();
    ASSERT_THAT(layer.make_link("shared", (*host).state_path("global_overlay_cache/" + sum)),
                Succeeds());
    ASSERT_THAT(layer.make_link("out", "/etc/passwd"), Succeeds());
    const auto taken = [&](const std::string& path) {
        const auto copy = file_with("");
        const auto done = take_file(*host, ref, path, copy);
        lseek(copy.get(), 0, SEEK_SET);
        return done && *done ? read_regular(copy, "it", 100).value() : "-";
    };
    EXPECT_EQ(taken("left4dead2/x"), "own");
    EXPECT_EQ(taken("shared"), "shared");
    EXPECT_EQ(taken("left4dead2/none"), "-");
    EXPECT_EQ(taken("none/below"), "-");
    EXPECT_THAT(take_file(*host, ref, "out", file_with("")),
                FailsWith(ExitStatus::bad_data, "is a link"));
    EXPECT_THAT(take_file(*host, LayerRef::parse("other").value(), "x", file_with("")),
                FailsWith(ExitStatus::not_found, "no layer"));
    // A put of what is shared already changes nothing, and one of something else takes its place.
    EXPECT_EQ(put("shared", "shared").value(), std::nullopt);
    ASSERT_THAT(put("shared", "mine"), Succeeds());
    EXPECT_EQ(host.read("state/overlays/base/shared"), "mine");
    EXPECT_EQ(host.read("state/global_overlay_cache/" + sum), "shared");
}

TEST_F(FileVerbs, AnExportIsTheSameForTheSameContent)
{
    ASSERT_THAT(put("b", "2"), Succeeds());
    ASSERT_THAT(put("a", "1"), Succeeds());
    const auto bytes = archive();
    const auto first = digest;
    EXPECT_EQ(shown_digest(), first);
    ASSERT_THAT(put("a", "other"), Succeeds());
    EXPECT_NE(archive(), bytes);
    EXPECT_NE(digest, first);
    EXPECT_EQ(shown_digest(), digest);
    ASSERT_THAT(put("a", "1"), Succeeds());
    EXPECT_EQ(archive(), bytes) << "another version with the same content";
    EXPECT_EQ(shown_digest(), first);
}

TEST_F(FileVerbs, ADigestThatIsKeptIsNotBelievedAfterAChange)
{
    ASSERT_THAT(put("a", "1"), Succeeds());
    const auto before = shown_digest();
    EXPECT_EQ(shown_digest(), before);
    host.write("state/overlays/base/a", "2"); // by hand
    EXPECT_NE(shown_digest(), before);
}

TEST_F(FileVerbs, AnExportHasFilesForLinksToACache)
{
    host.write("state/global_overlay_cache/" + sum, "shared");
    host.write("state/workshop_cache/x", "");
    ASSERT_THAT(put("a", "1"), Succeeds());
    const auto layer = LayerStore::open(*host)->layer(ref).value();
    ASSERT_THAT(layer.make_link("shared", (*host).state_path("global_overlay_cache/" + sum)),
                Succeeds());
    EXPECT_THAT(archive(), HasSubstr("shared"));
    EXPECT_EQ(archive().find("global_overlay_cache"), std::string::npos);
    ASSERT_THAT(layer.remove_file("shared"), Succeeds());
    host.write("state/overlays/base/shared", "shared");
    const auto linked = digest;
    (void)archive();
    EXPECT_EQ(digest, linked) << "it is the same content";
}

} // namespace
} // namespace left4me
