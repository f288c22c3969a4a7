// What a server wrote, by l4d2ctl files: what of its layers that hides, also a newer version
// of one, and how it is given up.

#include "tracer.hpp"

#include <csignal>
#include <fcntl.h>
#include <format>
#include <future>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace left4me::test {
namespace {

using testing::AnyOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr int usage = 64;
constexpr int bad_data = 65;
constexpr int not_found = 66;
constexpr int busy = 75;

const std::string sourcemod = "left4dead2/addons/sourcemod";

struct Files : ServerTest {
    ~Files() override
    {
        EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
        if (exists(state + "/overlays/" + ref))
            EXPECT_EQ(l4d2ctl({"overlay", "delete", ref}).status, 0);
        remove_all(source);
    }

    /// A version of the layer, with two files of that text and one that stays as it is.
    void publish(const std::string& text) const
    {
        remove_all(source);
        write_file(source + "/" + sourcemod + "/configs/p.cfg", text);
        write_file(source + "/" + sourcemod + "/plugins/p.smx", text);
        write_file(source + "/" + sourcemod + "/configs/same.cfg", "same");
        ASSERT_EQ(run({"chmod", "-R", "a+rX", source}).status, 0);
        const auto done = l4d2ctl({"overlay", "import", ref, source});
        ASSERT_EQ(done.status, 0) << done.err;
    }

    void start_on_layer(const std::string& rest = "")
    {
        start_with(std::format("overlays: [{{path: {}}}]\n{}", ref, rest));
    }

    /// As the server itself does, in its own tree.
    void as_server(const std::string& script) const
    {
        const auto done =
            run_as_left4me({"sh", "-euc", std::format("cd {}/{}\n{}", merged(), sourcemod, script)});
        ASSERT_EQ(done.status, 0) << done.err;
    }

    /// Makes archives in the source's directory, from what lies in "in" there.
    void as_root_pack(const std::string& script) const
    {
        const auto done = run({"sh", "-euc", std::format("cd {}; mkdir -p in; {}", source, script)});
        ASSERT_EQ(done.status, 0) << done.err;
    }

    [[nodiscard]] nlohmann::json files() const
    {
        return nlohmann::json::parse(l4d2ctl({"files", name, "--json"}).out);
    }

    /// What is told of one path; null: nothing.
    [[nodiscard]] nlohmann::json told(const std::string& path) const
    {
        const auto all = files();
        for (const auto& file : all["files"])
            if (file["path"] == path)
                return file;
        return {};
    }

    [[nodiscard]] std::vector<std::string> noticed(const std::string& key) const
    {
        return status()["own_files"][key].get<std::vector<std::string>>();
    }

    [[nodiscard]] Outcome discard(Words paths) const
    {
        Words words = {"files", name, "--discard"};
        words.insert(words.end(), paths.begin(), paths.end());
        return l4d2ctl(words);
    }

    [[nodiscard]] std::string seen(const std::string& file) const
    {
        return read_file(merged() + "/" + sourcemod + "/" + file);
    }

    const std::string ref = "files/" + name;
    const std::string source = "/tmp/left4me-files-" + name;
};

TEST_F(Files, AreToldWithTheLayersThatTheyHide)
{
    publish("version 1");
    EXPECT_EQ(l4d2ctl({"files", name}).status, not_found);
    initialize(spec());
    EXPECT_THAT(l4d2ctl({"files", name}).out, HasSubstr("has written nothing"));
    start_on_layer();
    as_server("echo mine >>configs/p.cfg; rm configs/same.cfg; mkdir -p data/empty; echo x >own.txt\n"
              "rm -r plugins; mkdir plugins; echo x >plugins/own.smx");
    EXPECT_EQ(told(sourcemod + "/configs/p.cfg")["over"], ref);
    EXPECT_EQ(told(sourcemod + "/configs/p.cfg")["hides_newer"], false);
    EXPECT_EQ(told(sourcemod + "/configs/same.cfg")["kind"], "removal");
    EXPECT_EQ(told(sourcemod + "/configs/same.cfg")["over"], ref);
    EXPECT_EQ(told(sourcemod + "/own.txt")["over"], nullptr);
    EXPECT_EQ(told(sourcemod + "/data/empty")["kind"], "directory");
    EXPECT_EQ(told(sourcemod + "/plugins")["over"], ref) << "it was made anew";
    EXPECT_EQ(told(sourcemod + "/plugins/own.smx")["over"], nullptr);
    EXPECT_EQ(told(sourcemod + "/configs"), nullptr) << "it is merged with the layer's";
    EXPECT_THAT(noticed("hiding_newer"), IsEmpty());

    const auto table = l4d2ctl({"files", name, sourcemod + "/plugins"}).out;
    EXPECT_THAT(table, HasSubstr("made anew, hides all in " + ref));
    EXPECT_THAT(table, Not(HasSubstr("own.txt")));

    // The same but for directories, which only a mounted tree shows.
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_EQ(told(sourcemod + "/configs/p.cfg")["over"], ref);
    EXPECT_EQ(files()["tells_directories"], false);
    EXPECT_THAT(l4d2ctl({"files", name}).out, HasSubstr("is told while the server runs"));
}

/// Why directories are found out by what is missing: the kernel shows its marks to root alone.
TEST_F(Files, OverlayfsMarksAreForRootAlone)
{
    publish("version 1");
    start_on_layer();
    as_server("rm -r plugins; mkdir plugins");
    const Words list = {"python3", "-c", "import os, sys; print(os.listxattr(sys.argv[1]))",
                        runtime() + "/upper/" + sourcemod + "/plugins"};
    EXPECT_THAT(run(list).out, HasSubstr("trusted.overlay.opaque"));
    EXPECT_THAT(run_as_left4me(list).out, "[]\n");
}

TEST_F(Files, AreToldWhenTheyHideANewerVersion)
{
    publish("version 1");
    start_on_layer();
    as_server("echo mine >>configs/p.cfg; echo mine >>configs/same.cfg\n"
              "rm -r plugins; mkdir plugins; echo x >plugins/own.smx");
    publish("version 2");
    const auto both = UnorderedElementsAre(sourcemod + "/configs/p.cfg", sourcemod + "/plugins");
    EXPECT_THAT(noticed("hiding_newer"), both);
    ASSERT_EQ(l4d2ctl({"restart", "--no-wait", name}).status, 0);
    ASSERT_TRUE(game_is_ready());
    EXPECT_EQ(status()["layers"][0]["current"], true);
    EXPECT_EQ(seen("configs/p.cfg"), "version 1mine\n");
    EXPECT_THAT(noticed("hiding_newer"), both) << "what it hides is newer still";
    EXPECT_THAT(l4d2ctl({"status", name}).out,
                ContainsRegex("configs/p.cfg hides\\s+what\\s+is\\s+newer"));
    EXPECT_THAT(l4d2ctl({"files", name}).out, HasSubstr("newer in the layer"));

    const auto running = discard({sourcemod + "/plugins"});
    EXPECT_EQ(running.status, busy);
    EXPECT_THAT(running.err, HasSubstr("stop the server first"));
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    const auto done = discard({sourcemod + "/configs/p.cfg", sourcemod + "/plugins/"});
    EXPECT_EQ(done.status, 0) << done.err;
    start();
    ASSERT_TRUE(game_is_ready());
    EXPECT_EQ(seen("configs/p.cfg"), "version 2");
    EXPECT_EQ(seen("plugins/p.smx"), "version 2");
    EXPECT_EQ(seen("plugins/own.smx"), "");
    EXPECT_EQ(seen("configs/same.cfg"), "samemine\n") << "what was not named stays";
    EXPECT_THAT(noticed("hiding_newer"), IsEmpty());
}

/// The server still ran on version 1 when it wrote.
TEST_F(Files, WhatIsMadeOverAnOlderVersionHidesTheNewer)
{
    publish("version 1");
    start_on_layer();
    publish("version 2");
    as_server("echo mine >>configs/p.cfg");
    EXPECT_THAT(noticed("hiding_newer"), ElementsAre(sourcemod + "/configs/p.cfg"));
    ASSERT_EQ(l4d2ctl({"restart", "--no-wait", name}).status, 0);
    EXPECT_THAT(noticed("hiding_newer"), ElementsAre(sourcemod + "/configs/p.cfg"));
    // Written anew over version 2, as plugins save: a new file takes the place of the old one.
    as_server("cp configs/p.cfg configs/p.new; mv configs/p.new configs/p.cfg");
    EXPECT_THAT(noticed("hiding_newer"), IsEmpty());
}

TEST_F(Files, AreToldWhenTheyDefeatHide)
{
    publish("version 1");
    start_on_layer(std::format("hide: [{}/configs/p.cfg]\n", sourcemod));
    EXPECT_EQ(seen("configs/p.cfg"), "");
    EXPECT_THAT(noticed("defeating_hide"), IsEmpty());
    as_server("echo mine >configs/p.cfg");
    EXPECT_THAT(noticed("defeating_hide"), ElementsAre(sourcemod + "/configs/p.cfg"));
    EXPECT_THAT(l4d2ctl({"status", name}).out, ContainsRegex("is\\s+where\\s+the\\s+spec\\s+hides"));
    EXPECT_THAT(l4d2ctl({"files", name}).out, HasSubstr("hidden by the spec"));
}

TEST_F(Files, AllOrNothingIsDiscarded)
{
    publish("version 1");
    start_on_layer();
    as_server("echo mine >>configs/p.cfg; echo x >own.txt");
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    const auto missing = discard({sourcemod + "/own.txt", sourcemod + "/typo"});
    EXPECT_EQ(missing.status, not_found);
    EXPECT_THAT(missing.err, HasSubstr("typo"));
    EXPECT_EQ(told(sourcemod + "/own.txt")["kind"], "file");
    for (const auto* bad : {"../../../etc", "/etc/passwd", "a//b"})
        EXPECT_EQ(discard({bad}).status, usage) << bad;
    EXPECT_EQ(discard({}).status, usage);
    EXPECT_EQ(l4d2ctl({"files", name, "--all"}).status, usage);
    EXPECT_EQ(discard({"--all"}).status, 0);
    EXPECT_THAT(files_below(runtime() + "/upper"), IsEmpty());
    EXPECT_THAT(l4d2ctl({"files", name}).out, HasSubstr("has written nothing"));
}

/// A server that was taken over may make of its tree what it likes.
TEST_F(Files, OfAHostileServerHarmNobody)
{
    publish("version 1");
    start_on_layer();
    as_server("ln -s /var/lib/left4me/instances out; mkfifo pipe; : >\"$(printf "
              "'a\\033]0;x\\007\\nb\\377')\"\n"
              "mkdir shut; : >shut/in; chmod 0 shut; d=deep; mkdir deep; cd deep\n"
              "i=0; while [ $i -lt 300 ]; do mkdir d; cd -P d; i=$((i + 1)); done");
    const auto shown = l4d2ctl({"files", name});
    EXPECT_EQ(shown.status, bad_data) << "of what cannot be read a warning tells";
    EXPECT_THAT(shown.err, HasSubstr("deep"));
    EXPECT_THAT(shown.out, Not(HasSubstr("\033")));
    EXPECT_THAT(shown.out, HasSubstr("\\x1b"));
    EXPECT_EQ(told(sourcemod + "/out")["kind"], "link");
    EXPECT_EQ(told(sourcemod + "/pipe")["kind"], "other");
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_EQ(discard({sourcemod + "/out/" + name}).status, bad_data);
    EXPECT_TRUE(exists(instance()));
    EXPECT_EQ(discard({sourcemod + "/out"}).status, 0);
    EXPECT_TRUE(exists(instance()));
    EXPECT_EQ(discard({sourcemod}).status, 0);
    EXPECT_THAT(files_below(runtime() + "/upper"), Not(testing::Contains(HasSubstr("deep"))));
}

TEST_F(Files, AreSavedAndRestored)
{
    publish("version 1");
    start_on_layer();
    as_server(
        "echo mine >>configs/p.cfg; rm configs/same.cfg; : >\"$(printf 'a\\nb\\377')\"; mkdir data\n"
        "rm -r plugins; mkdir plugins; echo x >plugins/own.smx");
    const auto archive = source + ".tar";
    const auto running = l4d2ctl({"files", name, "--save", archive});
    EXPECT_EQ(running.status, 0) << running.err;
    EXPECT_THAT(running.err, HasSubstr("it runs"));
    EXPECT_EQ(output({"stat", "-c", "%U %a", archive}), "root 600");
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    const auto upper = run({"sh", "-c", "cd " + runtime() + "/upper && find . | sort"}).out;

    // The same bytes again, to a file that is replaced, and to standard output.
    ASSERT_EQ(l4d2ctl({"files", name, "--save", source + "-1.tar"}).status, 0);
    ASSERT_EQ(l4d2ctl({"files", name, "--save", source + "-1.tar"}).status, 0);
    ASSERT_EQ(run({"sh", "-c", std::format("l4d2ctl files {} --save - >{}-2.tar", name, source)}).status,
              0);
    EXPECT_EQ(run({"cmp", source + "-1.tar", source + "-2.tar"}).status, 0);
    EXPECT_THAT(output({"tar", "-tvf", archive}),
                HasSubstr("left4dead2/addons/sourcemod/configs/p.cfg"));

    EXPECT_EQ(discard({"--all"}).status, 0);
    const auto restored = l4d2ctl({"files", name, "--restore", archive});
    EXPECT_EQ(restored.status, 0) << restored.err;
    start();
    ASSERT_TRUE(game_is_ready());
    EXPECT_EQ(seen("configs/p.cfg"), "version 1mine\n");
    EXPECT_EQ(seen("configs/same.cfg"), "") << "it was removed";
    EXPECT_EQ(seen("plugins/own.smx"), "x\n");
    EXPECT_EQ(seen("plugins/p.smx"), "") << "the directory was made anew";
    EXPECT_EQ(output({"stat", "-c", "%U", merged() + "/" + sourcemod + "/configs/p.cfg"}), "left4me");
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);

    // From a pipe, in the place of what there is.
    ASSERT_EQ(run({"sh", "-c", std::format("cat {}-1.tar | l4d2ctl files {} --restore -", source, name)})
                  .status,
              0);
    EXPECT_EQ(run({"sh", "-c", "cd " + runtime() + "/upper && find . | sort"}).out, upper);
    for (const auto* end : {".tar", "-1.tar", "-2.tar"})
        remove_all(source + end);
}

TEST_F(Files, AreRestoredWholeOrNotAtAll)
{
    publish("version 1");
    initialize(spec());
    EXPECT_EQ(l4d2ctl({"files", name, "--restore", "/dev/null"}).status, not_found) << "it never ran";
    start_on_layer();
    as_server("echo x >own.txt");
    const auto archive = source + ".tar";
    EXPECT_EQ(l4d2ctl({"files", name, "--save", archive}).status, 0);
    EXPECT_EQ(l4d2ctl({"files", name, "--restore", archive}).status, busy);
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    as_root_pack(
        "cd in; echo good >good; ln -s /var/lib/left4me out; tar -cf ../bad.tar good out; rm out; "
        "mkdir out; echo bad >out/x; tar -rf ../bad.tar out/x");
    as_root_pack("cd in; tar -cPf ../above.tar good ../in/good");
    as_root_pack("cd in; mknod null c 1 3; tar -cf ../device.tar good null");
    as_root_pack("cd in; tar -cf ../whole.tar good; head -c 700 ../whole.tar >../short.tar");
    for (const auto* bad : {"bad", "above", "device", "short"}) {
        const auto done = l4d2ctl({"files", name, "--restore", source + "/" + bad + ".tar"});
        EXPECT_EQ(done.status, bad_data) << bad;
        EXPECT_THAT(done.err, HasSubstr("cannot restore")) << bad;
        EXPECT_THAT(files_below(runtime() + "/upper"), Not(testing::Contains(HasSubstr("good"))));
        EXPECT_THAT(files_below(runtime() + "/upper"), Not(testing::Contains(HasSubstr("restore"))));
        EXPECT_EQ(told(sourcemod + "/own.txt")["kind"], "file");
    }
    EXPECT_FALSE(exists(state + "/x"));
    // Where nothing can be written no file is left, nor a part of one.
    EXPECT_EQ(l4d2ctl({"files", name, "--save", "/dev/full"}).status, 74);
    EXPECT_EQ(l4d2ctl({"files", name, "--save", "/nowhere/x.tar"}).status, not_found);
    remove_all(archive);
}

TEST_F(Files, ASaveThatIsKilledLeavesNoPartOfAnArchive)
{
    publish("version 1");
    start_on_layer();
    as_server("echo x >own.txt");
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    const auto place = source + "-saved";
    ASSERT_EQ(run({"mkdir", place}).status, 0);
    const Words save = {"l4d2ctl", "files", name, "--save", place + "/own.tar"};
    for (const auto& call : changing_calls(save)) {
        SCOPED_TRACE(call.text);
        remove_all(place + "/own.tar");
        EXPECT_EQ(run_killed_before(call, save).status, 128 + SIGKILL);
        EXPECT_THAT(files_below(place), AnyOf(IsEmpty(), ElementsAre("own.tar")));
        if (exists(place + "/own.tar"))
            EXPECT_EQ(run({"tar", "-tf", place + "/own.tar"}).status, 0);
    }
    EXPECT_EQ(run(save).status, 0);
    remove_all(place);
}

TEST_F(Files, OneAtATime)
{
    publish("version 1");
    start_on_layer();
    as_server("head -c 4000000 /dev/urandom >large");
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    // Held up by a pipe that nobody empties.
    const auto pipe = source + ".pipe";
    ASSERT_EQ(run({"mkfifo", pipe}).status, 0);
    const int end = open(pipe.c_str(), O_RDWR | O_CLOEXEC);
    auto slow = std::async(std::launch::async, [&] { return l4d2ctl({"files", name, "--save", pipe}); });
    EXPECT_TRUE(eventually([&] {
        int waiting = 0;
        return ioctl(end, FIONREAD, &waiting) == 0 && waiting > 0;
    }));
    for (const Words& words : {Words{"files", name, "--discard", "--all"},
                               {"start", name},
                               {"files", name, "--restore", "/dev/null"},
                               {"files", name, "--save", "-"}}) {
        const auto refused = l4d2ctl(words);
        EXPECT_EQ(refused.status, busy);
        EXPECT_THAT(refused.err, HasSubstr("files " + name + " --save"));
    }
    EXPECT_EQ(l4d2ctl({"files", name}).status, 0) << "to look is free";
    std::vector<char> part(1U << 16U);
    while (slow.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        pollfd ready = {end, POLLIN, 0};
        if (poll(&ready, 1, 100) == 1)
            (void)read(end, part.data(), part.size());
    }
    EXPECT_EQ(slow.get().status, 0);
    close(end);
    remove_all(pipe);
}

} // namespace
} // namespace left4me::test
