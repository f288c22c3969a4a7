// Layers by l4d2ctl overlay: made, changed as a whole, gone back to and deleted, while
// servers run on them; and what is left when a change is cut off.

#include "terminal.hpp"
#include "tracer.hpp"

#include <csignal>
#include <filesystem>
#include <format>
#include <future>
#include <gmock/gmock.h>
#include <thread>

namespace left4me::test {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

constexpr int bad_data = 65;
constexpr int not_found = 66;
constexpr int busy = 75;
constexpr int killed = 128 + SIGKILL;

Outcome overlay(Words words)
{
    words.insert(words.begin(), "overlay");
    return l4d2ctl(words);
}

struct Layers : ServerTest {
    ~Layers() override
    {
        EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
        if (exists(tree())) {
            EXPECT_EQ(overlay({"delete", ref}).status, 0);
        }
        remove_all(source);
        EXPECT_THAT(left_behind(), IsEmpty());
    }

    /// A layer with one file, from a directory.
    [[nodiscard]] Outcome import(const std::string& text) const
    {
        write_file(source + "/left4dead2/cfg/made.cfg", text);
        return overlay({"import", ref, source});
    }
    void publish(const std::string& text) const
    {
        const auto script =
            std::format("mkdir -p left4dead2/cfg; echo -n {} >left4dead2/cfg/made.cfg\n", text);
        const auto done = l4d2ctl({"overlay", "build", ref, "-f", "-"}, script);
        ASSERT_EQ(done.status, 0) << done.out << done.err;
    }

    [[nodiscard]] std::string content() const { return read_file(tree() + "/left4dead2/cfg/made.cfg"); }
    [[nodiscard]] std::string mounted_content() const
    {
        return read_file(merged() + "/left4dead2/cfg/made.cfg");
    }

    [[nodiscard]] nlohmann::json shown() const
    {
        return nlohmann::json::parse(overlay({"show", ref, "--json"}).out);
    }

    /// Work copies, and what is neither in the history nor a version.
    [[nodiscard]] std::vector<std::string> left_behind() const
    {
        return exists(state + "/builds/" + ref) ? files_below(state + "/builds/" + ref)
                                                : std::vector<std::string>();
    }

    [[nodiscard]] std::string tree() const { return state + "/overlays/" + ref; }

    const std::string ref = "layers/" + name;
    const std::string source = "/tmp/left4me-source-" + name;
};

TEST_F(Layers, AreMadeShownAndDeleted)
{
    EXPECT_EQ(overlay({"show", ref}).status, not_found);
    EXPECT_EQ(overlay({"create", ref}).status, 0);
    EXPECT_EQ(overlay({"create", ref}).status, bad_data);
    EXPECT_EQ(shown()["version"], 1);
    EXPECT_THAT(overlay({"list"}).out, HasSubstr(ref));
    EXPECT_EQ(overlay({"history", ref}).status, 0);
    EXPECT_EQ(overlay({"delete", ref}).status, 0);
    EXPECT_EQ(overlay({"delete", ref}).status, not_found);
    EXPECT_FALSE(exists(tree()));
    EXPECT_FALSE(exists(state + "/versions/" + ref));
}

TEST_F(Layers, LieInNoOther)
{
    ASSERT_EQ(overlay({"create", ref}).status, 0);
    const auto inner = overlay({"create", ref + "/inner"});
    EXPECT_EQ(inner.status, bad_data);
    EXPECT_THAT(inner.err, HasSubstr("no layer may lie within another"));
    const auto outer = overlay({"create", "layers"});
    EXPECT_EQ(outer.status, bad_data);
    EXPECT_THAT(outer.err, HasSubstr("no layer may lie within another"));
}

TEST_F(Layers, TakeTheFilesOfADirectory)
{
    const auto done = import("one");
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(content(), "one");
    EXPECT_EQ(output({"stat", "-c", "%U", tree() + "/left4dead2/cfg/made.cfg"}), "left4me");
    EXPECT_EQ(shown()["files"], 1);
    EXPECT_EQ(shown()["bytes"], 3);
}

TEST_F(Layers, TakeTheFilesOfArchives)
{
    const auto archive = source + "/maps.tar.gz";
    write_file(source + "/in/left4dead2/cfg/made.cfg", "packed");
    output({"tar", "-C", source + "/in", "-czf", archive, "."});
    // Root's alone: it is opened before l4d2ctl becomes user left4me.
    ASSERT_EQ(run({"chmod", "600", archive}).status, 0);
    const auto done = overlay({"import", ref, archive});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, HasSubstr("1 file added"));
    EXPECT_EQ(content(), "packed");

    output({"tar", "-C", source, "-cPf", source + "/bad.tar", "--transform=s,in,../in,", "in"});
    const auto refused = overlay({"import", ref, source + "/bad.tar"});
    EXPECT_EQ(refused.status, bad_data);
    EXPECT_THAT(refused.err, HasSubstr("'..'"));
    EXPECT_EQ(content(), "packed");
    EXPECT_EQ(shown()["version"], 1);
}

TEST_F(Layers, ARunningServerKeepsItsVersion)
{
    publish("one");
    start_with(std::format("overlays: [{{path: {}}}]\n", ref));
    EXPECT_EQ(mounted_content(), "one");
    publish("two");
    EXPECT_EQ(content(), "two");
    EXPECT_EQ(mounted_content(), "one");
    EXPECT_EQ(status()["needs_restart"], true);
    EXPECT_EQ(status()["layers"][0]["current"], false);
    EXPECT_EQ(status()["layers"][0]["version"], 1);
    EXPECT_EQ(shown()["users"][0]["mounted"], 1);

    // However many come after it.
    for (const auto* text : {"three", "four", "five", "six"})
        publish(text);
    EXPECT_EQ(mounted_content(), "one");
    EXPECT_EQ(shown()["kept_versions"], nlohmann::json({1, 3, 4, 5}));

    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_EQ(shown()["kept_versions"], nlohmann::json({3, 4, 5})); // nobody keeps it any more
    start();
    EXPECT_EQ(mounted_content(), "six");
    EXPECT_EQ(status()["needs_restart"], false);
    publish("seven");
    EXPECT_EQ(shown()["kept_versions"], nlohmann::json({4, 5, 6}));

    for (const auto* text : {"eight", "nine", "ten"})
        publish(text);
    EXPECT_EQ(shown()["kept_versions"], nlohmann::json({6, 7, 8, 9}));
    ASSERT_EQ(l4d2ctl({"restart", "--no-wait", name}).status, 0);
    EXPECT_EQ(mounted_content(), "ten");
    EXPECT_EQ(shown()["kept_versions"], nlohmann::json({7, 8, 9}));
}

TEST_F(Layers, CanBeGoneBackTo)
{
    publish("one");
    publish("two");
    publish("three");
    EXPECT_EQ(overlay({"rollback", ref}).status, 0);
    EXPECT_EQ(content(), "two");
    EXPECT_EQ(overlay({"rollback", ref, "1"}).status, 0);
    EXPECT_EQ(content(), "one");
    EXPECT_EQ(shown()["version"], 5);
    const auto missing = overlay({"rollback", ref, "99"});
    EXPECT_EQ(missing.status, not_found);
    EXPECT_THAT(missing.err, HasSubstr("version 99"));
}

TEST_F(Layers, AreNotDeletedUnderAServer)
{
    publish("one");
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", ref)));
    const auto refused = overlay({"delete", ref});
    EXPECT_EQ(refused.status, busy);
    EXPECT_THAT(refused.err, HasSubstr(name));
    EXPECT_EQ(content(), "one");
}

/// Its users are looked at before it is taken away; one may have come since.
TEST_F(Layers, AreNotDeletedUnderAServerThatStartsMeanwhile)
{
    publish("one");
    auto slow = std::async(std::launch::async, [&] {
        return run({"strace", "-qqq", "-o", "/dev/null", "-e", "trace=renameat2", "-e",
                    "inject=renameat2:delay_enter=3s:when=1", "l4d2ctl", "overlay", "delete", ref});
    });
    EXPECT_TRUE(
        eventually([&] { return !run({"pgrep", "-f", "l4d2ctl overlay delete " + ref}).out.empty(); }));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    start_with(std::format("overlays: [{{path: {}}}]\n", ref));
    const auto refused = slow.get();
    EXPECT_EQ(refused.status, busy) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("a server runs on layer"));
    EXPECT_EQ(content(), "one");
    EXPECT_EQ(mounted_content(), "one");
}

TEST_F(Layers, AScriptCannotSteerTheTerminal)
{
    const auto script = source + "/script";
    write_file(script, "printf '\\033]0;owned\\007plain\\n'\n");
    OnTerminal terminal({"l4d2ctl", "overlay", "build", ref, "-f", script});
    EXPECT_TRUE(terminal.shows("?]0;owned?plain"));
    EXPECT_EQ(terminal.wait(), 0);
    // The control: the same words by another program on the same terminal.
    OnTerminal steered({"sh", "-c", std::format("l4d2ctl overlay build {} -f {} | cat", ref, script)});
    EXPECT_TRUE(steered.shows("\033]0;owned\007plain"));
    EXPECT_EQ(steered.wait(), 0);
    // As it is where no terminal is.
    EXPECT_THAT(overlay({"build", ref, "-f", script}).out, HasSubstr("\033]0;owned\007plain"));
}

/// It has the layer for itself, and user left4me its history.
TEST_F(Layers, WhatAScriptWroteOfThemIsShownHarmlessly)
{
    const std::string steering = "\\u001b]0;owned\\u0007\\u009b2J\\n" + ref + "  9";
    const auto list = std::format(
        R"({{"collections": [], "items": [{{"id": "7", "direct": true, "title": "{0}", "size": 1,
            "updated": 1, "sha256": "", "dead": "{0}"}}]}})",
        steering);
    const auto script = std::format("cat >.left4me-workshop.json <<'END'\n{}\nEND\n", list);
    ASSERT_EQ(l4d2ctl({"overlay", "build", ref, "-f", "-"}, script).status, 0);
    const auto history = std::format(R"([{{"how": "{0}", "when": 1, "duration_ms": 1, "version": 1,
            "problem": "{0}", "files": 1, "bytes": 1}}])",
                                     steering);
    const auto file = std::format("{}/versions/{}/history.json", state, ref);
    ASSERT_EQ(run_as_left4me({"bash", "-c", std::format("echo '{}' >{}", history, file)}).status, 0);
    const auto raw = nlohmann::json::parse(read_file(file))[0]["how"].get<std::string>();
    ASSERT_THAT(raw, HasSubstr("\033]0;owned\a"));
    OnTerminal steered(
        {"python3", "-c", "import json; print(json.load(open('" + file + "'))[0]['how'])"});
    EXPECT_TRUE(steered.shows("\033]0;owned\a")); // the control
    const std::vector<Words> answers = {{"workshop", "list"},
                                        {"workshop", "list", ref},
                                        {"overlay", "list"},
                                        {"overlay", "show", ref},
                                        {"overlay", "history", ref}};
    for (auto words : answers) {
        const auto text = l4d2ctl(words);
        EXPECT_EQ(text.status, 0) << text.err;
        if (words != Words{"overlay", "list"}) // which tells that it failed, and not why
            EXPECT_THAT(text.out, HasSubstr("\\x1b]0;owned\\x07\\xc2\\x9b2J\\n" + ref));
        words.emplace_back("--json");
        const auto json = l4d2ctl(words);
        EXPECT_THAT(json.out, HasSubstr("\\u001b]0;owned\\u0007\\u009b2J\\n"));
        for (const auto& said : {text.out, text.err, json.out, json.err})
            EXPECT_FALSE(said.contains('\033') || said.contains('\a') || said.contains("\xc2\x9b"))
                << testing::PrintToString(said);
    }
}

TEST_F(Layers, ADamagedWorkshopListHidesNoOther)
{
    const auto good =
        std::format("echo '{{\"collections\": [], \"items\": []}}' >{}", ".left4me-workshop.json");
    ASSERT_EQ(l4d2ctl({"overlay", "build", ref, "-f", "-"}, "echo x >.left4me-workshop.json\n").status,
              0);
    ASSERT_EQ(l4d2ctl({"overlay", "build", ref + "-good", "-f", "-"}, good + "\n").status, 0);
    const auto listed = l4d2ctl({"workshop", "list"});
    EXPECT_EQ(listed.status, bad_data);
    EXPECT_THAT(listed.out, HasSubstr(ref + "-good"));
    EXPECT_THAT(listed.err, HasSubstr(ref + ": .left4me-workshop.json is no list"));
    const auto named = l4d2ctl({"workshop", "list", ref});
    EXPECT_EQ(named.status, bad_data);
    EXPECT_THAT(named.err, HasSubstr("layer '" + ref + "'"));
    EXPECT_EQ(overlay({"delete", ref + "-good"}).status, 0);
}

TEST_F(Layers, ShowHowFarAnImportHasCome)
{
    write_file(source + "/in/left4dead2/maps/large.bsp", std::string(64 << 20, 'x'));
    const auto archive = source + "/maps.tar";
    output({"tar", "-C", source + "/in", "-cf", archive, "."});
    OnTerminal terminal({"l4d2ctl", "overlay", "import", ref, archive});
    EXPECT_TRUE(terminal.shows("importing"));
    EXPECT_TRUE(terminal.shows("% "));
    EXPECT_TRUE(terminal.shows("64.0 MiB"));
    EXPECT_EQ(terminal.wait(), 0) << terminal.screen();
}

TEST_F(Layers, AFailedScriptLeavesThemAsTheyWere)
{
    publish("one");
    const auto failed =
        l4d2ctl({"overlay", "build", ref, "-f", "-"}, "echo two >left4dead2/cfg/made.cfg; exit 7\n");
    EXPECT_EQ(failed.status, 7);
    EXPECT_EQ(content(), "one");
    EXPECT_EQ(shown()["version"], 1);
    EXPECT_THAT(shown()["last_change"]["problem"].get<std::string>(), HasSubstr("status 7"));
}

TEST_F(Layers, OneChangeAtATime)
{
    publish("one");
    auto slow = std::jthread(
        [&] { l4d2ctl({"overlay", "build", ref, "-f", "-"}, "while sleep 0.1; do :; done\n"); });
    EXPECT_TRUE(eventually([&] { return !left_behind().empty(); }));
    const auto second = overlay({"create", ref + "x"});
    EXPECT_EQ(second.status, 0) << second.err; // another one is free
    EXPECT_EQ(overlay({"delete", ref + "x"}).status, 0);
    const auto refused = overlay({"rollback", ref});
    EXPECT_THAT(refused.status, AnyOf(busy, not_found));
    const auto built = l4d2ctl({"overlay", "build", ref, "-f", "-"}, "true\n");
    EXPECT_EQ(built.status, busy);
    EXPECT_THAT(built.err, HasSubstr("overlay build"));
    // Ends the first one.
    EXPECT_EQ(run({"systemctl", "stop", "left4me-build@*.service"}).status, 0);
}

TEST_F(Layers, AChangeKilledAtAnyStepLeavesTheOldOrTheNew)
{
    publish("one");
    publish("two");
    const Words rollback = {"l4d2ctl", "overlay", "rollback", ref, "1"};
    for (const auto& call : changing_calls(rollback)) {
        SCOPED_TRACE(call.text);
        if (content() != "two") {
            ASSERT_EQ(overlay({"delete", ref}).status, 0);
            publish("one");
            publish("two");
        }
        EXPECT_EQ(run_killed_before(call, rollback).status, killed);
        EXPECT_THAT(content(), AnyOf("one", "two"));
        EXPECT_EQ(overlay({"rollback", ref, "1"}).status, 0);
        EXPECT_EQ(content(), "one");
        EXPECT_THAT(left_behind(), IsEmpty());
    }
}

} // namespace
} // namespace left4me::test
