// What the programs answer: whole or with an error, in words that help.

#include "support.hpp"

#include <filesystem>
#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr int bad_data = 65;
constexpr int not_found = 66;
constexpr int io_error = 74;

const std::string helpers = "/usr/libexec/left4me/";

struct Answers : ServerTest {
    /// With the directory that makes it one.
    std::string make_whole_layer(const std::string& suffix)
    {
        auto layer = make_layer(suffix);
        fs::create_directories(state + "/overlays/" + layer + "/left4dead2");
        return layer;
    }

    static Outcome into_full(const Words& command, const std::string& input = "")
    {
        Words words = {"sh", "-c", "exec \"$@\" >/dev/full", "sh"};
        words.insert(words.end(), command.begin(), command.end());
        return run(words, input);
    }

    static void expect_told(const Words& command, const std::string& input = "")
    {
        const auto done = into_full(command, input);
        EXPECT_EQ(done.status, io_error) << testing::PrintToString(command) << done.err;
        EXPECT_THAT(done.err, HasSubstr("No space left on device")) << testing::PrintToString(command);
    }
};

TEST_F(Answers, AFullOutputIsAnErrorOfEachVerb)
{
    start_with();
    const auto layer = make_whole_layer("base");
    for (const auto& words : std::vector<Words>{
             {"--help"},
             {"--version"},
             {"start", "--help"},
             {"status"},
             {"status", name},
             {"status", "--json"},
             {"spec", name},
             {"logs", name, "-n", "5"},
             {"logs", name, "-n", "5", "--utc"},
             {"doctor"},
             {"doctor", "--json"},
             {"names", "servers"},
             {"names", "layers"},
             {"overlay", "list"},
             {"overlay", "list", "--json"},
             {"overlay", "show", layer},
             {"overlay", "history", layer},
             {"workshop", "list"},
             {"workshop", "list", "--json"},
             {"workshop", "list", layer},
             {"workshop", "--help"},
             {"delete", "none-such"},
         }) {
        Words command = {"l4d2ctl"};
        command.insert(command.end(), words.begin(), words.end());
        expect_told(command);
    }
}

/// What was to be done is done: that it cannot be said is what is told.
TEST_F(Answers, AFullOutputKeepsNothingFromBeingDone)
{
    expect_told({"l4d2ctl", "initialize", name, "-f", "-"}, spec());
    EXPECT_TRUE(exists(instance()));
    expect_told({"l4d2ctl", "start", name});
    EXPECT_TRUE(game_is_ready());
    expect_told({"l4d2ctl", "logs", name});
    expect_told({"l4d2ctl", "stop", name});
    EXPECT_EQ(unit_property(server_unit(), "ActiveState"), "inactive");
    const auto layer = name + "-built";
    expect_told({"l4d2ctl", "overlay", "create", layer});
    expect_told({"l4d2ctl", "overlay", "build", layer, "-f", "-"}, "echo x >x\n");
    EXPECT_TRUE(exists(state + "/overlays/" + layer + "/x"));
    expect_told({"l4d2ctl", "overlay", "delete", layer});
    EXPECT_FALSE(exists(state + "/overlays/" + layer));
    expect_told({"l4d2ctl", "delete", name});
    EXPECT_FALSE(exists(instance()));
}

TEST_F(Answers, AFullOutputIsAnErrorOfEachProgram)
{
    start_with();
    for (const auto& program : fs::directory_iterator(helpers)) {
        expect_told({program.path(), "--help"});
        expect_told({program.path(), "--version"});
    }
    expect_told({helpers + "left4me-overlay", "mount", "--print", name});
    expect_told({helpers + "left4me-systemctl", "show", name});
}

// --- nothing to do ----------------------------------------------------------------

TEST_F(Answers, ADeletionOfNothingSaysSo)
{
    for (const auto* verb : {"delete", "reset"}) {
        const auto done = l4d2ctl({verb, "coop-of-nobody"});
        EXPECT_EQ(done.status, 0);
        EXPECT_EQ(done.out, "coop-of-nobody: there is no such server: nothing was removed\n");
    }
    initialize(spec());
    EXPECT_THAT(l4d2ctl({"delete", name}).out, HasSubstr(name + ": deleted\n"));
    EXPECT_THAT(l4d2ctl({"delete", name}).out, Not(HasSubstr("deleted")));
}

TEST_F(Answers, ADeletionOfSeveralGoesOnBehindOneThatCannotBe)
{
    initialize(spec());
    EXPECT_THAT(l4d2ctl({"delete", "coop-of-nobody", name}).out,
                AllOf(HasSubstr("coop-of-nobody: there is no such server: nothing was removed\n"),
                      HasSubstr(name + ": deleted\n")));
    const auto ref = name + "-layer";
    ASSERT_EQ(l4d2ctl({"overlay", "create", ref}).status, 0);
    const auto none = name + "-none";
    const auto done = l4d2ctl({"overlay", "delete", none, ref});
    EXPECT_EQ(done.out, ref + ": deleted\n");
    EXPECT_THAT(done.err, HasSubstr(std::format("there is no layer '{}'", none)));
    EXPECT_EQ(done.status, not_found);
}

// --- layers, in words ----------------------------------------------------------------

TEST_F(Answers, NameALayerThatIsNotThere)
{
    const auto ref = name + "-none";
    const auto expect_none = [&](const Outcome& done, int status) {
        EXPECT_EQ(done.status, status) << done.err;
        EXPECT_THAT(done.err, AllOf(HasSubstr(std::format("there is no layer '{}'", ref)),
                                    Not(HasSubstr("No such file"))));
    };
    expect_none(l4d2ctl({"overlay", "show", ref}), not_found);
    expect_none(l4d2ctl({"overlay", "rollback", ref}), not_found);
    expect_none(l4d2ctl({"overlay", "delete", ref}), not_found);
    expect_none(l4d2ctl({"workshop", "list", ref}), not_found);
    expect_none(l4d2ctl({"workshop", "remove", ref, "7"}), not_found);
    expect_none(
        l4d2ctl({"initialize", name, "-f", "-"}, spec(std::format("overlays: [{{path: {}}}]\n", ref))),
        bad_data);
}

TEST_F(Answers, NameWhatLiesInALayersPlace)
{
    const auto ref = name + "-odd";
    const auto path = state + "/overlays/" + ref;
    const auto expect_odd = [&] {
        for (const auto& done : {l4d2ctl({"overlay", "show", ref}), l4d2ctl({"workshop", "list", ref}),
                                 l4d2ctl({"initialize", name, "-f", "-"},
                                         spec(std::format("overlays: [{{path: {}}}]\n", ref)))}) {
            EXPECT_EQ(done.status, bad_data) << done.err;
            EXPECT_THAT(done.err,
                        HasSubstr(std::format("'{}' is no layer: on the way to {}", ref, path)));
        }
    };
    write_file(path, "a file");
    expect_odd();
    remove_all(path);
    fs::create_symlink(state + "/installation", path);
    expect_odd();
    remove_all(path);
}

/// A change is made in a copy that nobody knows of: what goes wrong is said of the layer.
TEST_F(Answers, NameTheLayerAndNotItsCopy)
{
    const auto layer = make_layer("base");
    const auto deep = "left4dead2/" + std::string(200, 'd');
    const auto done =
        l4d2ctl({"overlay", "build", layer, "-f", "-"},
                std::format("mkdir -p {0}; cd {0}; for ((i = 0; i < 200; ++i)); do mkdir x; "
                            "cd x; done\n",
                            deep));
    EXPECT_NE(done.status, 0);
    EXPECT_THAT(done.err, AllOf(HasSubstr(layer + "/left4dead2"), Not(HasSubstr("/builds/"))));
    // Nor does the history, or who asks for the layer now.
    EXPECT_THAT(l4d2ctl({"overlay", "history", layer}).out, Not(HasSubstr("/builds/")));
}

/// One that a script has spoilt, in whatever way, is named, and the others are shown.
TEST_F(Answers, NameAWorkshopListThatCannotBeRead)
{
    const auto good = make_whole_layer("good");
    const auto bad = make_whole_layer("bad");
    const std::string file = "/.left4me-workshop.json";
    write_file(state + "/overlays/" + good + file, R"({"collections": [], "items": []})");
    const auto list = state + "/overlays/" + bad + file;
    for (const auto& spoil : {std::string("echo '{' >"), std::string("mkdir "),
                              std::string("ln -s /etc/shadow "), std::string("mkfifo ")}) {
        ASSERT_EQ(run({"sh", "-c", spoil + list}).status, 0);
        for (const auto& verb : {"list", "refresh"}) {
            const auto done = l4d2ctl({"workshop", verb});
            EXPECT_NE(done.status, 0) << spoil << verb;
            EXPECT_THAT(done.out, HasSubstr(good)) << spoil << verb;
            EXPECT_THAT(done.err, HasSubstr(bad + ": ")) << spoil << verb;
        }
        const auto one = l4d2ctl({"workshop", "list", bad});
        EXPECT_NE(one.status, 0);
        EXPECT_THAT(one.err, HasSubstr(bad)) << spoil;
        remove_all(list);
    }
}

// --- tables ----------------------------------------------------------------------------

TEST_F(Answers, FitATerminal)
{
    const auto layer = make_whole_layer("with-a-rather-long-name");
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    start();
    for (const auto& words : std::vector<Words>{
             {"status"}, {"status", name}, {"overlay", "list"}, {"overlay", "show", layer}})
        for (const auto& line : lines_of(l4d2ctl(words).out))
            EXPECT_LE(line.size(), 80U) << line;
    EXPECT_THAT(
        l4d2ctl({"status", name}).out,
        testing::ContainsRegex("EXPOSURE +[0-9.]+ \\(of 10, by systemd-analyze security; less is "
                               "better\\)\n"));
}

} // namespace
} // namespace left4me::test
