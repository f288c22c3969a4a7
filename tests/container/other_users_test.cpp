// What another local user of the host can do to servers and layers: nothing. What a defence
// takes away is shown to be had without it.

#include "support.hpp"

#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

constexpr int busy = 75;

Outcome as_nobody(const std::string& script)
{
    return run({"runuser", "-u", "nobody", "--", "sh", "-c", script});
}

/// A mode of something that is another one as long as this lives.
class Opened {
public:
    Opened(std::string path, fs::perms mode) : path_(std::move(path)), before_(mode_of(path_))
    {
        fs::permissions(path_, mode);
    }
    ~Opened() { fs::permissions(path_, before_); }
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;

private:
    static fs::perms mode_of(const std::string& path) { return fs::status(path).permissions(); }
    std::string path_;
    fs::perms before_;
};

/// The state as releases before 0.2.0 have it.
Opened open_state()
{
    return {state, fs::perms(0755)};
}

struct OtherUser : ServerTest {
    /// A process of nobody's with a mount namespace of its own, which has all that is mounted.
    void hold() const
    {
        ASSERT_EQ(run({"systemd-run", "-q", "--collect", "--unit=" + holder_unit(), "--uid=nobody",
                       "unshare", "-Urm", "sleep", "infinity"})
                      .status,
                  0);
        ASSERT_TRUE(
            eventually([&] { return read_file(std::format("/proc/{}/comm", holder())) == "sleep\n"; }));
    }
    void let_go() const { ASSERT_EQ(run({"systemctl", "stop", holder_unit()}).status, 0); }

    [[nodiscard]] std::string holder_unit() const { return "holder-of-" + name + ".service"; }
    [[nodiscard]] std::string holder() const { return unit_property(holder_unit(), "MainPID"); }
    [[nodiscard]] std::string holder_as_told() const
    {
        return std::format("process {} ('sleep')", holder());
    }
    [[nodiscard]] static std::string leftovers()
    {
        std::string all;
        for (const auto& finding : nlohmann::json::parse(l4d2ctl({"doctor", "--json"}).out))
            if (finding["id"] == "leftovers")
                all += finding["what"].get<std::string>() + '\n';
        return all;
    }
};

// --- files ----------------------------------------------------------------------

TEST_F(OtherUser, SeesNothingOfTheState)
{
    start_with();
    const auto enter = "cd " + merged();
    const auto list = "ls " + state + "/overlays";
    EXPECT_NE(as_nobody(enter).status, 0);
    EXPECT_NE(as_nobody(list).status, 0);
    const auto opened = open_state();
    EXPECT_EQ(as_nobody(list).status, 0);
}

/// S48: a server may open its own tree to all; the way there stays closed.
TEST_F(OtherUser, CannotStandInATreeThatAServerHasOpened)
{
    start_with();
    ASSERT_EQ(run_as_left4me({"chmod", "777", merged()}).status, 0);
    EXPECT_NE(as_nobody("cd " + merged()).status, 0);
    {
        const auto opened = open_state();
        EXPECT_EQ(as_nobody("cd " + merged() + " && : >planted").status, 0);
    }
    EXPECT_EQ(l4d2ctl({"stop", name}).status, 0);
}

/// However a layer is made: what its makers let others write, others cannot.
TEST_F(OtherUser, CannotWriteALayerWhoseMakerLetThem)
{
    const auto layer = make_layer("open");
    remove_all(state + "/overlays/" + layer);
    const auto source = "/var/tmp/" + name + "-open";
    write_file(source + "/left4dead2/addons/plugin.txt", "x");
    for (const auto* entry : {"/left4dead2/addons/plugin.txt", "/left4dead2/addons", "/left4dead2", ""})
        fs::permissions(source + entry, fs::perms::all);
    ASSERT_EQ(run({"tar", "-cf", source + ".tar", "-C", source, "."}).status, 0);
    ASSERT_EQ(run({"sh", "-c", "cd " + source + " && bsdtar -a -cf ../" + name + "-open.zip *"}).status,
              0);
    const auto writable = [&] {
        return output({"find", state + "/overlays/" + layer, "-not", "-type", "l", "-perm", "/022"});
    };
    for (const auto* ending : {"", ".tar", ".zip"}) {
        ASSERT_EQ(l4d2ctl({"overlay", "import", layer, source + ending}).status, 0) << ending;
        EXPECT_EQ(writable(), "") << ending;
    }
    const auto built = l4d2ctl({"overlay", "build", layer, "-f", "-"},
                               "umask 0; mkdir -p /overlay/by_script; : >/overlay/by_script/a\n");
    ASSERT_EQ(built.status, 0) << built.err;
    ASSERT_TRUE(exists(state + "/overlays/" + layer + "/by_script/a"));
    EXPECT_EQ(writable(), "");
    // With the way there open, too.
    const auto opened = open_state();
    const auto addons = state + "/overlays/" + layer + "/left4dead2/addons";
    EXPECT_NE(as_nobody(": >" + addons + "/evil.txt").status, 0);
    const Opened as_it_was(addons, fs::perms::all);
    EXPECT_EQ(as_nobody(": >" + addons + "/evil.txt").status, 0);
    remove_all(addons + "/evil.txt");
    remove_all(source);
    remove_all(source + ".tar");
    remove_all(source + ".zip");
}

TEST_F(OtherUser, IsToldOfByDoctorWhereTheStateIsOpen)
{
    const auto layer = make_layer("open");
    const auto told = [&] {
        std::string all;
        for (const auto& finding : nlohmann::json::parse(l4d2ctl({"doctor", "--json"}).out))
            if (finding["id"] == "modes")
                all += std::format("{}: {}\n", finding["verdict"].get<std::string>(),
                                   finding["what"].get<std::string>());
        return all;
    };
    const auto planted = state + "/overlays/" + layer + "/planted.txt";
    EXPECT_THAT(told(), Not(HasSubstr("planted")));
    {
        const auto opened = open_state();
        EXPECT_THAT(told(), HasSubstr("problem: " + state + " is not closed to others"));
    }
    write_file(planted, "x");
    ASSERT_EQ(run({"chown", "nobody", planted}).status, 0);
    EXPECT_THAT(told(), HasSubstr(std::format("problem: '{}' belongs to user 'nobody'", planted)));
    ASSERT_EQ(run({"chown", "left4me", planted}).status, 0);
    fs::permissions(planted, fs::perms::all);
    EXPECT_THAT(told(), HasSubstr(std::format("problem: '{}' can be written by others", planted)));
    ASSERT_EQ(run_as_left4me({"chmod", "-R", "go-w", planted}).status, 0);
    EXPECT_THAT(told(), Not(HasSubstr("planted")));
}

// --- locks ------------------------------------------------------------------------

/// Nor can user left4me: what a build or steamcmd runs is that user's, too.
TEST_F(OtherUser, CannotLockAServer)
{
    start_with();
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_NE(as_nobody(std::format("flock -n {} true", runtime())).status, 0);
    EXPECT_NE(run_as_left4me({"flock", "-n", runtime(), "true"}).status, 0);
    const auto holder = "lock-of-" + name + ".service";
    {
        // As it was: who can open it can lock it, once what the stop began has let go of it.
        const Opened as_it_was(runtime(), fs::perms(0755));
        ASSERT_EQ(run({"systemd-run", "-q", "--collect", "--unit=" + holder, "--uid=left4me", "flock",
                       runtime(), "sleep", "infinity"})
                      .status,
                  0);
        ASSERT_TRUE(eventually([&] { return run({"flock", "-n", runtime(), "true"}).status != 0; }));
    }
    EXPECT_EQ(l4d2ctl({"delete", name}).status, busy);
    ASSERT_EQ(run({"systemctl", "stop", holder}).status, 0);
    EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
}

// --- file systems that are kept ----------------------------------------------------

TEST_F(OtherUser, CannotHaveTwoFileSystemsWriteOneUpperDirectory)
{
    start_with();
    ASSERT_NO_FATAL_FAILURE(hold());
    const auto kept = holder_as_told();
    const auto stopped = l4d2ctl({"stop", name});
    EXPECT_EQ(stopped.status, 0) << stopped.err;
    EXPECT_THAT(stopped.out, AllOf(HasSubstr(kept), HasSubstr("can be started when that has ended")));
    EXPECT_EQ(mount_line(name), "");
    // The kernel itself would let it be: by what the helper uses, or mount(8).
    const auto trial = "/var/tmp/" + name + "-trial";
    fs::create_directories(trial);
    EXPECT_EQ(run({"mount", "-t", "overlay", "trial", "-o",
                   std::format("index=off,lowerdir={0}/installation,upperdir={1}/upper,workdir={1}/work",
                               state, runtime()),
                   trial})
                  .status,
              0);
    ASSERT_EQ(run({"umount", trial}).status, 0);
    remove_all(trial);

    for (const auto* verb : {"start", "restart"}) {
        const auto refused = l4d2ctl({verb, name});
        EXPECT_EQ(refused.status, busy) << verb;
        EXPECT_THAT(refused.err, HasSubstr(kept)) << verb;
        EXPECT_EQ(mount_line(name), "") << verb;
    }
    EXPECT_NE(run({"systemctl", "start", server_unit()}).status, 0);
    EXPECT_THAT(leftovers(), HasSubstr(std::format("server '{}': unmounted, but {}", name, kept)));
    EXPECT_THAT(l4d2ctl({"stop", name}).out, HasSubstr(kept));

    ASSERT_NO_FATAL_FAILURE(let_go());
    EXPECT_THAT(leftovers(), HasSubstr(std::format("'{}': unmounted, and nobody saw", name)));
    const auto ended = l4d2ctl({"stop", name});
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.out, Not(HasSubstr("merged")));
    EXPECT_THAT(leftovers(), Not(HasSubstr(name)));
    start();
    EXPECT_TRUE(game_is_ready());
}

/// A namespace of a thread alone, or one in which nobody is and that somebody has open.
TEST_F(OtherUser, IsNamedWhereAThreadOrADescriptorKeepsAFileSystem)
{
    const std::string make =
        "import ctypes, os, threading, time\n"
        "def make():\n"
        "    os.unshare(os.CLONE_NEWNS)\n"
        "    private = 0x44000 # MS_REC | MS_PRIVATE\n"
        "    assert ctypes.CDLL(None).mount(b'none', b'/', None, private, None) == 0\n"
        "    print('made', flush=True)\n";
    const std::string by_thread = "os.unshare(os.CLONE_NEWUSER)\n"
                                  "def keep(): make(); time.sleep(3600)\n"
                                  "threading.Thread(target=keep).start()\n";
    const std::string by_descriptor = "a, b = os.pipe(); child = os.fork()\n"
                                      "if child == 0:\n"
                                      "    os.unshare(os.CLONE_NEWUSER); make(); os.write(b, b'x')\n"
                                      "    time.sleep(3600)\n"
                                      "os.read(a, 1); kept = open(f'/proc/{child}/ns/mnt')\n"
                                      "os.kill(child, 9); os.wait(); print('kept', flush=True)\n"
                                      "time.sleep(3600)\n";
    for (const auto& [script, last_word] : {std::pair(by_thread, "made"), {by_descriptor, "kept"}}) {
        SCOPED_TRACE(last_word);
        start_with();
        ASSERT_EQ(run({"systemd-run", "-q", "--collect", "--unit=" + holder_unit(), "--uid=nobody",
                       "--property=StandardOutput=truncate:/run/" + holder_unit(), "python3", "-c",
                       make + script})
                      .status,
                  0);
        ASSERT_TRUE(eventually([&] { return read_file("/run/" + holder_unit()).contains(last_word); }));
        const auto stopped = l4d2ctl({"stop", name});
        EXPECT_THAT(stopped.out, HasSubstr(std::format("process {} ('python3')", holder())));
        EXPECT_EQ(l4d2ctl({"start", "--no-wait", name}).status, busy);
        ASSERT_NO_FATAL_FAILURE(let_go());
        EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
    }
    remove_all("/run/" + holder_unit());
}

TEST_F(OtherUser, KeepsNoServerFromBeingResetOrDeleted)
{
    start_with();
    ASSERT_NO_FATAL_FAILURE(hold());
    const auto reset = l4d2ctl({"reset", name});
    EXPECT_EQ(reset.status, 0) << reset.err;
    EXPECT_THAT(reset.out, HasSubstr(holder_as_told()));
    // Another upper directory, which nobody has.
    initialize(spec());
    start();
    EXPECT_TRUE(game_is_ready());
    ASSERT_NO_FATAL_FAILURE(let_go());
    EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
    EXPECT_THAT(leftovers(), Not(HasSubstr(name)));
}

/// As a helper leaves it that was killed before it mounted anything.
TEST_F(OtherUser, IsBlamedForNothingWhereOnlyARecordIsLeft)
{
    start_with();
    const auto record = "/run/left4me/mounts/" + name + ".json";
    const auto text = read_file(record);
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_FALSE(exists(record));
    write_file(record, text);
    EXPECT_THAT(l4d2ctl({"stop", name}).out, Not(HasSubstr("merged")));
    EXPECT_FALSE(exists(record));
    write_file(record, text);
    start();
    EXPECT_TRUE(game_is_ready());
}

} // namespace
} // namespace left4me::test
