// Build scripts: what left4me-script-sandbox promises to its caller, whatever the
// script does. What a script can reach is the escape suite's.

#include "emulation.hpp"
#include "script.hpp"

#include <csignal>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <list>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace fs = std::filesystem;

constexpr int own_failure = 125;
constexpr int killed = 128 + SIGKILL;
constexpr int cancelled = 130;

struct Sandbox : testing::Test {
    Sandbox()
        : copy(std::format("sandbox-{}", testing::UnitTest::GetInstance()->current_test_info()->name()))
    {
    }
    ~Sandbox() override
    {
        EXPECT_TRUE(eventually([] { return traces_of_builds().empty(); })) << traces_of_builds();
        if (exists(drop_in_file)) {
            remove_all(drop_in_file);
            run({"systemctl", "daemon-reload"});
        }
    }

    /// For all builds, until the test ends.
    void drop_in(const std::string& settings) const
    {
        write_file(drop_in_file, "[Service]\n" + settings);
        EXPECT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    }

    [[nodiscard]] bool has(const std::string& file) const { return exists(copy.path() + "/" + file); }

    /// The next build works.
    void expect_that_builds_go_on() const
    {
        const auto next = copy.run("echo next");
        EXPECT_EQ(next.status, 0) << next.err;
        EXPECT_EQ(next.out, "next\n");
    }

    const std::string drop_in_file = "/run/systemd/system/left4me-build@.service.d/60-test.conf";
    ScriptedCopy copy;
};

// --- the contract -----------------------------------------------------------------

TEST_F(Sandbox, PassesTheScriptsStatusOn)
{
    for (const auto& [script, status] : std::vector<std::pair<std::string, int>>{
             {"true", 0},
             {"exit 7", 7},
             {"false", 1},
             {"exit 226", 226}, // systemd's own, for a sandbox that it could not make
             {"exit 255", 255},
             {"kill -TERM $$", 128 + SIGTERM},
             {"kill -KILL $$", killed},
             {"exec sh -c 'kill -SEGV $$'", 128 + SIGSEGV},
             {"no-such-program", 127}}) {
        const auto ended = copy.run(script);
        EXPECT_EQ(ended.status, status) << script << ": " << ended.err;
        EXPECT_THAT(ended.err, Not(HasSubstr("left4me-"))) << script;
    }
}

TEST_F(Sandbox, RunsTheScriptAsPromised)
{
    const auto ended = copy.run(R"(
        echo "$(id -un) $PWD $HOME $OVERLAY $PATH $(umask) $BASH_VERSINFO"
        read -r line || echo no input
        ls -A /overlay; touch file; mkdir directory; ls /overlay
        echo to stderr >/dev/stderr; echo to stdout >/dev/stdout)");
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(ended.out, "left4me /overlay /tmp /overlay /usr/sbin:/usr/bin:/sbin:/bin 0022 5\n"
                         "no input\ndirectory\nfile\nto stderr\nto stdout\n");
    EXPECT_EQ(output({"stat", "-c", "%U %a", copy.path() + "/file"}), "left4me 644");
    EXPECT_EQ(output({"stat", "-c", "%U %a", copy.path() + "/directory"}), "left4me 755");
}

TEST_F(Sandbox, ShowsOutputAsItComes)
{
    RunningScript script(copy, "echo first; until [ -e go ]; do sleep 0.05; done; echo second; exit 3");
    EXPECT_TRUE(script.says("first\n"));
    EXPECT_EQ(run_as_left4me({"touch", copy.path() + "/go"}).status, 0);
    EXPECT_TRUE(script.says("second\n"));
    EXPECT_EQ(script.ended(), 3);
}

TEST_F(Sandbox, RunsTwoAtOnce)
{
    const ScriptedCopy other(copy.layer() + "/second");
    RunningScript one(copy, "until [ -e go ]; do sleep 0.05; done; echo one");
    RunningScript two(other, "echo two");
    EXPECT_TRUE(two.says("two\n"));
    EXPECT_EQ(two.ended(), 0);
    EXPECT_EQ(run_as_left4me({"touch", copy.path() + "/go"}).status, 0);
    EXPECT_TRUE(one.says("one\n"));
    EXPECT_EQ(one.ended(), 0);
    EXPECT_FALSE(exists(other.path() + "/go"));
}

TEST_F(Sandbox, RunsFourAtOnceAndNoMore)
{
    std::list<ScriptedCopy> copies;
    std::list<RunningScript> scripts;
    for (int i = 0; i < 4; ++i) {
        copies.emplace_back(std::format("{}/{}", copy.layer(), i));
        scripts.emplace_back(copies.back(), "echo begun; sleep infinity");
        ASSERT_TRUE(scripts.back().says("begun\n"));
    }
    const auto refused = copy.run("echo fifth");
    EXPECT_EQ(refused.status, own_failure);
    EXPECT_EQ(refused.out, "");
    EXPECT_THAT(refused.err, HasSubstr("4 scripts run on this host already"));
    scripts.pop_back();
    expect_that_builds_go_on();
}

TEST_F(Sandbox, RunsProgramsOf32BitsOnlyWhenAsked)
{
    if (!kernel_runs_32_bit())
        GTEST_SKIP() << emulated;
    fs::copy_file(tests_dir + "/probe32", copy.path() + "/probe32");
    EXPECT_THAT(copy.run("./probe32 socket:INET").out, HasSubstr("Bad system call"));
    EXPECT_EQ(copy.run("./probe32 socket:INET", {"--multiarch"}).out, "socket:INET 32 ok -\n");
    EXPECT_EQ(copy.run("exit 9", {"--multiarch"}).status, 9);
}

TEST_F(Sandbox, HasItsLimits)
{
    for (const auto* kind : {"left4me-build@x.service", "left4me-build-import@x.service",
                             "left4me-build-multiarch@x.service"})
        for (const auto& [property, value] : std::vector<std::pair<std::string, std::string>>{
                 {"Slice", "l4d2-build.slice"},
                 {"MemoryMax", "4294967296"},
                 {"MemorySwapMax", "0"},
                 {"TasksMax", "512"},
                 {"CPUQuotaPerSecUSec", "2s"},
                 {"RuntimeMaxUSec", "1h"},
                 {"OOMScoreAdjust", "500"},
                 {"OOMPolicy", "kill"},
                 {"UMask", "0022"},
                 {"MemoryDenyWriteExecute", "yes"},
                 {"NoNewPrivileges", "yes"},
                 {"PrivatePIDs", "yes"},
                 {"PrivateUsersEx", "self"},
                 {"PrivateIPC", "yes"},
                 {"PrivateTmpEx", "disconnected"},
                 {"ProtectSystem", "strict"},
                 {"RestrictNamespaces", "yes"},
                 {"CapabilityBoundingSet", ""},
                 {"RootDirectory", "/usr/lib/left4me/build-root"},
                 {"IPAddressAllow", ""},
                 {"EnvironmentFiles", ""},
                 {"AppArmorProfile", "-left4me-build"},
             })
            EXPECT_EQ(unit_property(kind, property), value) << kind << ' ' << property;
    EXPECT_EQ(unit_property("left4me-build@x.service", "SystemCallArchitectures"), "native");
    EXPECT_EQ(unit_property("left4me-build-multiarch@x.service", "SystemCallArchitectures"),
              "native x86");
}

TEST_F(Sandbox, TakesNoLongerThanItsTime)
{
    drop_in("RuntimeMaxSec=1s\n");
    const auto ended = copy.run("echo begun; sleep 1000");
    EXPECT_EQ(ended.status, killed);
    EXPECT_EQ(ended.out, "begun\n");
    EXPECT_EQ(ended.err, "left4me-script-sandbox: the script was ended: it took longer than a build "
                         "may\n");
}

TEST_F(Sandbox, SaysWhyASandboxCouldNotBeMade)
{
    drop_in("BindReadOnlyPaths=/nowhere/at/all\n");
    const auto ended = copy.run("touch ran");
    EXPECT_EQ(ended.status, own_failure);
    EXPECT_THAT(ended.err, AllOf(HasSubstr("left4me-script-sandbox: "), HasSubstr("did not start")));
    EXPECT_FALSE(has("ran"));
}

// --- what the caller gives ------------------------------------------------------

TEST_F(Sandbox, RefusesWhatIsNoScript)
{
    for (const auto& [input, why] : std::vector<std::pair<std::string, std::string>>{
             {"", "ended before"},
             {"0\n", "the script is empty"},
             {"1048577\n", "1048576 are allowed"},
             {"999999999\n", "is not the length"},
             {"-1\nx", "is not the length"},
             {"x\ntrue", "is not the length"},
             {"4 \ntrue", "is not the length"},
             {"5\ntrue", "ended before"},
         }) {
        const auto refused = copy.run_raw(input);
        EXPECT_EQ(refused.status, own_failure) << input;
        EXPECT_EQ(lines_of(refused.err).size(), 1U) << refused.err;
        EXPECT_THAT(refused.err, HasSubstr(why));
    }
}

TEST_F(Sandbox, TakesAScriptOfTheFullLengthAndNoMore)
{
    std::string script = "echo long\n#" + std::string(1024 * 1024, 'x');
    script.resize(1024 * 1024);
    EXPECT_EQ(copy.run(script).out, "long\n");
    const auto more = copy.run_raw("9\necho one\n" + std::string("echo two\n"));
    EXPECT_EQ(more.out, "one\n");
}

TEST_F(Sandbox, LetsBashRefuseABinary)
{
    const auto ended = copy.run(read_file("/bin/true"));
    EXPECT_NE(ended.status, 0);
    EXPECT_NE(ended.status, own_failure);
    expect_that_builds_go_on();
}

TEST_F(Sandbox, NamesTheWorkCopyThatIsNotThere)
{
    remove_all(copy.path());
    const auto refused = copy.run("true");
    EXPECT_EQ(refused.status, own_failure);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("left4me-script-sandbox: "), HasSubstr(copy.path())));
    EXPECT_EQ(lines_of(refused.err).size(), 1U) << refused.err;
}

// --- what a script may do ------------------------------------------------------------

TEST_F(Sandbox, OutlivesNoCaller)
{
    for (const bool input : {true, false}) {
        RunningScript script(copy, "setsid sleep 1007 & echo begun; sleep 1007");
        ASSERT_TRUE(script.says("begun\n"));
        ASSERT_EQ(run({"pgrep", "-fx", "sleep 1007"}).status, 0);
        if (input)
            script.close_input();
        else
            script.close_output();
        EXPECT_EQ(script.ended(), cancelled);
        EXPECT_NE(run({"pgrep", "-fx", "sleep 1007"}).status, 0);
        EXPECT_THAT(traces_of_builds(), IsEmpty());
    }
    expect_that_builds_go_on();
}

TEST_F(Sandbox, OutlivesNoCallerThatReadsNothing)
{
    RunningScript script(copy, "yes");
    ASSERT_TRUE(script.says("y\n"));
    script.close_input();
    EXPECT_TRUE(eventually([] { return traces_of_builds().empty(); })) << traces_of_builds();
    // What the helper still has to say goes into the same full pipe.
    script.close_output();
    EXPECT_EQ(script.ended(), cancelled);
}

TEST_F(Sandbox, OutlivesNoHelperThatIsKilled)
{
    RunningScript script(copy, "echo begun; sleep 1008");
    ASSERT_TRUE(script.says("begun\n"));
    EXPECT_EQ(
        run({"pkill", "-KILL", "-f", "^/usr/libexec/left4me/left4me-script-sandbox.*" + copy.layer()})
            .status,
        0);
    EXPECT_TRUE(eventually([] { return run({"pgrep", "-fx", "sleep 1008"}).status != 0; }));
    EXPECT_TRUE(eventually([] { return traces_of_builds().empty(); })) << traces_of_builds();
}

/// Of a helper that is killed before its unit, the next one clears up.
TEST_F(Sandbox, ClearsUpAfterAHelperThatWasKilled)
{
    const auto killed_helper =
        std::format("strace -qqq -o /dev/null -e trace=mknodat -e inject=mknodat:signal=KILL "
                    "/usr/libexec/left4me/left4me-script-sandbox {} 1 <{}",
                    copy.layer(), copy.input_file("5\ntrue\n"));
    EXPECT_EQ(run({"sh", "-c", killed_helper}).status, killed);
    EXPECT_THAT(traces_of_builds(), Not(IsEmpty()));
    expect_that_builds_go_on();
    EXPECT_THAT(traces_of_builds(), IsEmpty());
}

/// sudo leaves them as they are. Where not even root may raise a hard one, as on some hosts
/// of containers, it is an error that is told, and not the helper's end.
TEST_F(Sandbox, IsEndedByNoLimitOfItsCaller)
{
    const auto script = std::string(64 * 1024, '\n') + "echo done\n";
    const auto input = copy.input_file(std::format("{}\n{}", script.size(), script));
    const auto limited = [&](const std::string& kind, const Words& command) {
        Words words = {"sh", "-c",
                       std::format("ulimit {0} -f 1; echo $(ulimit -f); exec \"$@\" <{1}", kind, input),
                       "sh"};
        words.insert(words.end(), command.begin(), command.end());
        return run(words);
    };
    // The control: a program with no limits of its own.
    const std::string other = "/run/left4me-limited";
    EXPECT_EQ(limited("-S", {"dd", "of=" + other, "status=none"}).status, 128 + SIGXFSZ);
    remove_all(other);
    // The flip: the helper where it may not take its own.
    Words powerless = {"setpriv", "--bounding-set=-sys_resource", "--inh-caps=-sys_resource"};
    const auto helper = copy.command();
    powerless.insert(powerless.end(), helper.begin(), helper.end());
    const auto refused = limited("", powerless);
    EXPECT_EQ(refused.status, own_failure);
    EXPECT_THAT(refused.err, HasSubstr("File too large"));
    EXPECT_THAT(traces_of_builds(), IsEmpty());
    for (const auto* kind : {"-S", ""}) { // without a letter the hard one, too
        SCOPED_TRACE(kind);
        const auto ended = limited(kind, helper);
        if (ended.status == 0) {
            EXPECT_EQ(ended.out, "1\ndone\n");
        } else {
            EXPECT_STREQ(kind, "");
            EXPECT_EQ(ended.status, own_failure);
            EXPECT_THAT(ended.err, HasSubstr("File too large"));
        }
        EXPECT_THAT(traces_of_builds(), IsEmpty());
    }
}

TEST_F(Sandbox, NothingThatItStartedOutlivesIt)
{
    const auto ended = copy.run("setsid nohup sleep 1009 >/dev/null 2>&1 &\n"
                                "(setsid sleep 1009 &) ; sleep 1009 & disown; echo bye");
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.out, "bye\n");
    EXPECT_NE(run({"pgrep", "-fx", "sleep 1009"}).status, 0);
}

TEST_F(Sandbox, MayCloseItsOutput)
{
    EXPECT_EQ(copy.run("exec >&- 2>&-; sleep 0.2; touch closed; exit 4").status, 4);
    EXPECT_TRUE(has("closed"));
}

TEST_F(Sandbox, MayWriteHundredsOfMegabytes)
{
    const auto file = copy.input_file(std::format("{}\n{}", 25, "head -c 300M /dev/zero; :"));
    std::string words;
    for (const auto& word : copy.command())
        words += word + ' ';
    EXPECT_EQ(output({"sh", "-c", std::format("{} <{} | wc -c", words, file)}), "314572800");
}

TEST_F(Sandbox, MayFillItsDisk)
{
    ASSERT_EQ(mount("tmpfs", copy.path().c_str(), "tmpfs", 0, "size=4M,mode=0777"), 0);
    const auto ended = copy.run("head -c 100M /dev/zero >full || { echo no room; exit 5; }");
    EXPECT_EQ(ended.status, 5);
    EXPECT_THAT(ended.out, EndsWith("no room\n"));
    expect_that_builds_go_on();
    EXPECT_EQ(umount2(copy.path().c_str(), 0), 0);
}

TEST_F(Sandbox, MayForkUntilItsLimit)
{
    if (!read_file("/sys/fs/cgroup/cgroup.controllers").contains("pids"))
        GTEST_SKIP() << "there is no pids controller here: the machine tier shows it";
    const auto ended = copy.run("timeout 5 bash -c 'b() { b | b & }; b; wait'; "
                                "echo over");
    EXPECT_THAT(ended.out, HasSubstr("over"));
    expect_that_builds_go_on();
}

TEST_F(Sandbox, LeavesFilesThatCanBeRead)
{
    EXPECT_EQ(copy.run("mkdir -p shut/in; echo text >shut/in/file; ln -s /etc/shadow link\n"
                       "chmod 0 shut/in/file shut/in shut")
                  .status,
              0);
    EXPECT_EQ(run_as_left4me({"cat", copy.path() + "/shut/in/file"}).out, "text\n");
    EXPECT_EQ(output({"stat", "-c", "%a", "/etc/shadow"}), "640");
    EXPECT_EQ(run_as_left4me({"rm", "-r", copy.path() + "/shut"}).status, 0);
}

TEST_F(Sandbox, LeavesNoFifosAndSockets)
{
    const auto ended =
        copy.run("mkfifo fifo $'new\\nline'; mkdir d; python3 -c 'import socket\n"
                 "socket.socket(socket.AF_UNIX).bind(\"d/socket\")' || mkfifo d/socket; touch file");
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(files_below(copy.path()), testing::ElementsAre("d", "file"));
    EXPECT_THAT(ended.out, AllOf(HasSubstr("removed the FIFO 'fifo'"), HasSubstr("'new\\nline'"),
                                 HasSubstr("'socket'")));
}

TEST_F(Sandbox, MayLeaveTreesOfAnyDepth)
{
    const auto ended = copy.run("exec python3 -c 'import os\n"
                                "for i in range(5000):\n os.mkdir(\"d\"); os.chdir(\"d\")\n"
                                "os.mkfifo(\"deepest\"); os.chmod(\".\", 0)'");
    EXPECT_EQ(ended.status, 0) << ended.err << ended.out;
    EXPECT_THAT(ended.out, HasSubstr("removed the FIFO 'deepest'"));
    expect_that_builds_go_on();
}

TEST_F(Sandbox, MayLeaveAnyNames)
{
    EXPECT_EQ(copy.run("touch $'a\\nb' $'\\033[31m' -- '-rf' ' ' $'\\377'; mkdir $'c\\nd'").status, 0);
    EXPECT_EQ(files_below(copy.path()).size(), 6U);
}

// --- its work copy, and no other place ----------------------------------------------

TEST_F(Sandbox, RefusesALinkForAWorkCopy)
{
    ASSERT_EQ(run_as_left4me({"rmdir", copy.path()}).status, 0);
    ASSERT_EQ(run_as_left4me({"ln", "-s", state + "/instances", copy.path()}).status, 0);
    const auto refused = copy.run("ls");
    EXPECT_EQ(refused.status, own_failure);
    EXPECT_EQ(refused.out, "");
    EXPECT_THAT(refused.err, HasSubstr("symbolic link"));
    ASSERT_EQ(run_as_left4me({"rm", copy.path()}).status, 0);

    const auto layer = fs::path(copy.path()).parent_path().string();
    ASSERT_EQ(run_as_left4me({"rmdir", layer}).status, 0);
    ASSERT_EQ(run_as_left4me({"ln", "-s", state, layer}).status, 0);
    EXPECT_EQ(copy.run("ls").status, own_failure);
    ASSERT_EQ(run_as_left4me({"rm", layer}).status, 0);
}

/// User left4me changes the work copy for a link, there and back, all the time: a script
/// finds the work copy at /overlay, or does not run.
TEST_F(Sandbox, IsMountedOnItsWorkCopyOrNotAtAll)
{
    write_file(copy.path() + "/right", "");
    const auto elsewhere = state + "/steam";
    const auto link = copy.path() + ".link";
    ASSERT_EQ(run_as_left4me({"ln", "-s", elsewhere, link}).status, 0);
    std::stop_source end;
    std::jthread swapper([&, stop = end.get_token()] {
        while (!stop.stop_requested())
            syscall(316 /* renameat2 */, -100, link.c_str(), -100, copy.path().c_str(),
                    2 /* RENAME_EXCHANGE */);
    });
    int ran = 0;
    int refused = 0;
    for (int i = 0; i < 25; ++i) {
        const auto ended = copy.run("test -e right && echo right || ls -A /overlay");
        ended.status == 0 ? ++ran : ++refused;
        EXPECT_TRUE(ended.out == "right\n" || (ended.out.empty() && ended.status == own_failure))
            << ended.status << ended.out << ended.err;
    }
    end.request_stop();
    swapper.join();
    EXPECT_GT(ran, 0);
    EXPECT_GT(refused, 0);
    remove_all(link);
}

// --- l4d2ctl overlay build ---------------------------------------------------------

struct LayerBuild : Sandbox {
    LayerBuild() : layer("build-" + copy.layer()), tree(state + "/overlays/" + layer) {}
    ~LayerBuild() override
    {
        for (const auto* place : {"overlays", "builds", "versions"})
            remove_all(std::format("{}/{}/{}", state, place, layer));
    }

    [[nodiscard]] Outcome build(const std::string& script, const Words& options = {}) const
    {
        Words words = {"overlay", "build", layer, "-f", "-"};
        words.insert(words.end(), options.begin(), options.end());
        return l4d2ctl(words, script);
    }

    [[nodiscard]] Words work_copies() const { return files_below(state + "/builds/" + layer); }

    std::string layer;
    std::string tree;
};

TEST_F(LayerBuild, PublishesWhatAScriptMade)
{
    const auto first = build("echo making; mkdir -p left4dead2/cfg; echo one >left4dead2/cfg/a.cfg");
    EXPECT_EQ(first.status, 0) << first.err;
    EXPECT_THAT(first.out, AllOf(HasSubstr("\nmaking\n"), HasSubstr("version 1 is published")));
    EXPECT_EQ(read_file(tree + "/left4dead2/cfg/a.cfg"), "one\n");
    // The next one begins with what is there.
    const auto second = build("cat left4dead2/cfg/a.cfg; echo two >left4dead2/cfg/b.cfg");
    EXPECT_EQ(second.status, 0) << second.err;
    EXPECT_THAT(second.out, HasSubstr("\none\n"));
    EXPECT_EQ(read_file(tree + "/left4dead2/cfg/a.cfg"), "one\n");
    EXPECT_EQ(read_file(tree + "/left4dead2/cfg/b.cfg"), "two\n");
    EXPECT_THAT(work_copies(), IsEmpty());
}

TEST_F(LayerBuild, LeavesTheLayerWhenTheScriptFails)
{
    ASSERT_EQ(build("echo good >file").status, 0);
    const auto failed = build("echo bad >file; mkdir shut; touch shut/in; chmod 0 shut; exit 9");
    EXPECT_EQ(failed.status, 9);
    EXPECT_THAT(failed.err, AllOf(HasSubstr("status 9"), HasSubstr("stays as it was")));
    EXPECT_EQ(read_file(tree + "/file"), "good\n");
    EXPECT_THAT(work_copies(), IsEmpty());
}

TEST_F(LayerBuild, CanRemoveWhatAKilledScriptShut)
{
    drop_in("RuntimeMaxSec=1s\n");
    EXPECT_EQ(build("mkdir shut; touch shut/in; chmod 0 shut; sleep 1000").status, killed);
    EXPECT_FALSE(exists(tree));
    EXPECT_THAT(work_copies(), IsEmpty());
}

TEST_F(LayerBuild, RefusesAnEmptyScript)
{
    const auto file = copy.input_file("");
    const auto refused = l4d2ctl({"overlay", "build", layer, "-f", file});
    EXPECT_EQ(refused.status, 65);
    EXPECT_THAT(refused.err, HasSubstr("the script is empty"));
    EXPECT_FALSE(exists(tree));
}

/// A signal, or a kill that leaves no time for anything.
TEST_F(LayerBuild, EndsTheScriptWithItsCaller)
{
    for (const int number : {SIGINT, SIGKILL}) {
        const auto script = copy.input_file("echo begun >/overlay/begun; sleep 1011");
        const pid_t child = fork();
        if (child == 0) {
            execlp("l4d2ctl", "l4d2ctl", "overlay", "build", layer.c_str(), "-f", script.c_str(),
                   nullptr);
            _exit(127);
        }
        ASSERT_TRUE(eventually([] { return run({"pgrep", "-fx", "sleep 1011"}).status == 0; }));
        kill(child, number);
        int status = 0;
        waitpid(child, &status, 0);
        if (number == SIGINT) {
            EXPECT_EQ(WEXITSTATUS(status), cancelled);
            EXPECT_THAT(work_copies(), IsEmpty());
        }
        EXPECT_TRUE(eventually([] { return run({"pgrep", "-fx", "sleep 1011"}).status != 0; }));
        EXPECT_TRUE(eventually([] { return traces_of_builds().empty(); }));
        EXPECT_FALSE(exists(tree));
    }
    EXPECT_EQ(build("echo good >file").status, 0);
    EXPECT_THAT(work_copies(), IsEmpty());
}

} // namespace
} // namespace left4me::test
