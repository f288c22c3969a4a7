// No way from user left4me to root, and none out of the state directory: the
// files and names that this user can change, changed, before and while root
// works with them.

#include "bus_policy.hpp"
#include "support.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <pwd.h>
#include <regex>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me::test {
namespace {

using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

const std::string root_canary = "/tmp/left4me-canary-0";
const std::string systemctl_helper = "/usr/libexec/left4me/left4me-systemctl";
const std::string journalctl_helper = "/usr/libexec/left4me/left4me-journalctl";

/// Variables that make some program load or run what they name.
std::string environment_lines()
{
    const auto canary = tests_dir + "/canary.so";
    return std::format(
        "LD_PRELOAD={0}\nLD_AUDIT={0}\nLD_LIBRARY_PATH=/tmp\nPATH=/tmp\nBASH_ENV=/tmp/x\nENV=/tmp/x\n"
        "NOTIFY_SOCKET=/tmp/x\nLEFT4ME_ROOT=/tmp\nSYSTEMD_PAGER=/tmp/x\nPYTHONPATH=/tmp\n",
        canary);
}

Words environment_words()
{
    Words words = {"env"};
    for (const auto& line : lines_of(environment_lines()))
        words.push_back(line);
    // env itself is found by the path it is given.
    std::erase_if(words, [](const auto& word) { return word.starts_with("PATH="); });
    return words;
}

Words with(Words words, const Words& more)
{
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

std::vector<std::string> mount_points()
{
    std::vector<std::string> points;
    std::istringstream table(read_file("/proc/1/mountinfo"));
    for (std::string line; std::getline(table, line);) {
        std::istringstream words(line);
        std::string point;
        for (int field = 0; field < 5; ++field)
            words >> point;
        points.push_back(point);
    }
    std::ranges::sort(points);
    return points;
}

/// All names, owners, modes and times of /etc.
std::string picture_of_etc()
{
    return output({"find", "/etc", "-not", "-path", "/etc/systemd/*", "-not", "-path", "/etc", "-printf",
                   "%p %U %m %T@ %l\\n"});
}

void give_to_left4me(const std::string& path)
{
    run({"chown", "-hR", "left4me:left4me", path});
}

/// As user left4me: the tree moved away, a link to target in its place.
void swap_for_link(const std::string& path, const std::string& target)
{
    ASSERT_EQ(run_as_left4me({"mv", "-T", path, path + ".moved"}).status, 0);
    ASSERT_EQ(run_as_left4me({"ln", "-sT", target, path}).status, 0);
}

void swap_back(const std::string& path)
{
    remove_all(path);
    fs::rename(path + ".moved", path);
}

struct Attack : ServerTest {
    void SetUp() override { remove_all(root_canary); }

    /// What every refusal has to leave: nothing mounted that was not, /etc as it was.
    struct World {
        std::vector<std::string> mounts = mount_points();
        std::string etc = picture_of_etc();
        friend bool operator==(const World&, const World&) = default;
    };

    [[nodiscard]] Outcome mount_directly() const { return run({overlay_helper, "mount", name}); }
};

// --- environment ----------------------------------------------------------------

TEST_F(Attack, TheCanaryTellsWhenItIsLoaded)
{
    ASSERT_EQ(run({"env", "LD_PRELOAD=" + tests_dir + "/canary.so", "/bin/true"}).status, 0);
    EXPECT_TRUE(exists(root_canary));
    remove_all(root_canary);
    ASSERT_EQ(run({"env", "LD_AUDIT=" + tests_dir + "/canary.so", "/bin/true"}).status, 0);
    EXPECT_TRUE(exists(root_canary));
    remove_all(root_canary);
}

TEST_F(Attack, NoPlantedEnvironmentReachesRoot)
{
    const auto layer = make_layer("env");
    write_file(state + "/overlays/" + layer + "/left4dead2/cfg/server.cfg", environment_lines());
    initialize(spec(std::format("overlays: [{{path: {}, alias: e}}]\n", layer)));
    start();
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    const std::vector<std::string> files = {instance() + "/instance.env",
                                            instance() + "/.env",
                                            instance() + "/host.env",
                                            live() + "/instance.env",
                                            instance() + "/server.cfg",
                                            state + "/steam/.profile",
                                            state + "/steam/.bashrc",
                                            state + "/steam/.pam_environment",
                                            state + "/steam/.config/environment.d/x.conf",
                                            state + "/steam/.config/systemd/user/x.conf"};
    for (const auto& file : files)
        write_file(file, environment_lines());
    give_to_left4me(instance());
    give_to_left4me(state + "/steam");
    start();
    EXPECT_TRUE(game_is_ready());
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    // These are read as data, and say so: unknown keys are refused, before and
    // after l4d2ctl looked.
    const auto config = read_file(live() + "/instance.conf");
    write_file(live() + "/instance.conf", config + environment_lines());
    EXPECT_EQ(mount_directly().status, 65);
    EXPECT_NE(run({"systemctl", "start", server_unit()}).status, 0);
    write_file(instance() + "/instance.conf", config + environment_lines());
    EXPECT_EQ(l4d2ctl({"start", "--no-wait", name}).status, 65);
    ASSERT_EQ(l4d2ctl({"delete", name}).status, 0);
    EXPECT_FALSE(exists(root_canary));
    for (const auto* file : {".profile", ".bashrc", ".pam_environment", ".config"})
        remove_all(state + "/steam/" + file);
}

TEST_F(Attack, NoUnitReadsAnEnvironmentFile)
{
    for (const auto& entry : fs::directory_iterator("/usr/lib/systemd/system")) {
        const auto file = entry.path().filename().string();
        if (!file.starts_with("left4me") && !file.starts_with("l4d2"))
            continue;
        EXPECT_THAT("\n" + read_file(entry.path()), Not(HasSubstr("\nEnvironmentFile="))) << file;
        EXPECT_THAT("\n" + read_file(entry.path()), Not(HasSubstr("\nPassEnvironment="))) << file;
    }
    for (const auto& unit : {server_unit(), overlay_unit(), "left4me-purge@" + name + ".service"})
        EXPECT_EQ(unit_property(unit, "EnvironmentFiles"), "") << unit;
}

/// On the host as it is, and with all drop-ins: who owns what is on the way to each path that
/// a unit of the package names.
TEST_F(Attack, NoUnitNamesAPathBelowADirectoryOfTheUser)
{
    start_with();
    const auto user = getpwnam("left4me")->pw_uid;
    const std::regex path("[ =:\"+!@-](/[^ :\"\n]*)");
    std::set<fs::path> named;
    for (const auto* folder : {"/usr/lib/systemd/system", "/etc/systemd/system", "/run/systemd/system"})
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            const auto file = fs::relative(entry.path(), folder).string();
            if (!entry.is_regular_file() || (!file.starts_with("left4me") && !file.starts_with("l4d2")))
                continue;
            std::istringstream lines(read_file(entry.path()));
            for (std::string line; std::getline(lines, line);) {
                // What it is mounted on lies in the unit's own root.
                const auto text = std::regex_replace(line, std::regex(":/[^ ]*"), "");
                if (line.starts_with('#') || !line.contains('='))
                    continue;
                for (std::sregex_iterator found(text.begin(), text.end(), path), end; found != end;
                     ++found)
                    named.insert(std::regex_replace((*found)[1].str(), std::regex("%i"), name));
            }
        }
    EXPECT_TRUE(named.contains(merged()));
    EXPECT_TRUE(named.contains("/run/left4me/conf/" + name));
    for (const auto& one : named)
        for (auto above = one.parent_path(); above != above.root_path(); above = above.parent_path()) {
            struct stat status = {};
            if (lstat(above.c_str(), &status) == 0) {
                // In one with the sticky bit nobody renames what is root's.
                const auto open = (status.st_mode & (S_IWOTH | S_ISVTX)) == S_IWOTH;
                EXPECT_FALSE(status.st_uid == user || open) << one << ": " << above;
            }
        }
}

// --- the bus ------------------------------------------------------------------------

Words call_of(const std::string& service, const std::string& path)
{
    return {"busctl", "--system", "call", service, path, "org.freedesktop.DBus.Peer", "Ping"};
}

/// As left4me-unpack, steamcmd and their children are.
Words without_new_privileges(const Words& words)
{
    return with({"setpriv", "--no-new-privs"}, words);
}

Outcome from_the_workshops_unit(const Words& words)
{
    const std::string unit = "left4me-workshop-refresh.service";
    const auto folder = "/run/systemd/system/" + unit + ".d";
    std::string command;
    for (const auto& word : words)
        command += word + " ";
    write_file(folder + "/50-test.conf", "[Service]\nExecStart=\nExecStart=" + command + "\n");
    run({"systemctl", "daemon-reload"});
    auto done = run({"systemctl", "start", unit});
    done.err += output({"journalctl", "-o", "cat", "-n", "5", "--no-pager", "-u", unit});
    remove_all(folder);
    run({"systemctl", "daemon-reload"});
    run({"systemctl", "reset-failed", unit});
    return done;
}

/// Whoever it is that asks: a service would act outside of what confines the one who did.
TEST_F(Attack, TheBusHasNothingForTheUserButSystemd)
{
    const auto hostname = call_of("org.freedesktop.hostname1", "/org/freedesktop/hostname1");
    const auto systemd = call_of("org.freedesktop.systemd1", "/org/freedesktop/systemd1");
    ASSERT_EQ(run(hostname).status, 0);
    for (const auto& refused :
         {run_as_left4me(hostname), run_as_left4me(without_new_privileges(hostname)),
          from_the_workshops_unit(hostname)}) {
        EXPECT_NE(refused.status, 0);
        EXPECT_THAT(refused.err, HasSubstr("denied"));
    }
    for (const auto& service : {"login1", "timedate1", "locale1"})
        EXPECT_THAT(run_as_left4me(call_of(std::format("org.freedesktop.{}", service), "/")).err,
                    HasSubstr("denied"));
    EXPECT_EQ(run_as_left4me(systemd).status, 0);
    EXPECT_EQ(run_as_left4me(without_new_privileges(systemd)).status, 0);
    EXPECT_EQ(from_the_workshops_unit(systemd).status, 0);
    {
        const NoBusPolicy none;
        EXPECT_EQ(run_as_left4me(hostname).status, 0);
        EXPECT_EQ(run_as_left4me(without_new_privileges(hostname)).status, 0);
        EXPECT_EQ(from_the_workshops_unit(hostname).status, 0);
    }
    EXPECT_NE(run_as_left4me(hostname).status, 0);
}

TEST_F(Attack, SudoPassesNoEnvironmentOn)
{
    start_with();
    const auto shown =
        run_as_left4me(with(environment_words(), {"sudo", "-n", systemctl_helper, "show", name}));
    EXPECT_EQ(shown.status, 0) << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("ActiveState=active"));
    EXPECT_FALSE(exists(root_canary));
}

TEST_F(Attack, SudoRefusesAllButTheHelpersWords)
{
    start_with();
    const std::string longest(65, 'a');
    const std::vector<Words> refused = {
        {"-E", systemctl_helper, "show", name},
        {"--preserve-env=BASH_ENV", systemctl_helper, "show", name},
        {"LD_PRELOAD=/x.so", systemctl_helper, "show", name},
        {systemctl_helper},
        {systemctl_helper, "-h"},
        {systemctl_helper, "disable", "-h"},
        {systemctl_helper, "disable", "--", name},
        {systemctl_helper, "disable", name, name},
        {systemctl_helper, "disable", name + " " + name},
        {systemctl_helper, "disable", name + "\n"},
        {systemctl_helper, "disable", name + "\n" + name},
        {systemctl_helper, "disable", "../" + name},
        {systemctl_helper, "disable", name + ".service"},
        {systemctl_helper, "disable", "*"},
        {systemctl_helper, "disable", "%I"},
        {systemctl_helper, "disable", "A" + name},
        {systemctl_helper, "disable", longest},
        {systemctl_helper, "disable", ""},
        {systemctl_helper, "stop", name},
        {systemctl_helper, "disable " + name},
        {"systemctl", "stop", server_unit()},
        {overlay_helper, "umount", name},
        {journalctl_helper, name, "--lines", "1", "--no-follow", "--output=export"},
        {journalctl_helper, name, "--lines", "1", "--no-follow\n"},
        {journalctl_helper, "-D/", "--lines", "1", "--no-follow"},
        {"-u", "nobody", systemctl_helper, "show", name},
        {"-s"},
    };
    const auto before = pid();
    for (const auto& words : refused)
        EXPECT_NE(run_as_left4me(with(with(environment_words(), {"sudo", "-n"}), words)).status, 0)
            << testing::PrintToString(words);
    EXPECT_EQ(pid(), before);
    EXPECT_EQ(unit_property(server_unit(), "ActiveState"), "active");
    EXPECT_FALSE(exists(root_canary));
    // The control: the same user, the words that are meant.
    EXPECT_EQ(run_as_left4me({"sudo", "-n", systemctl_helper, "show", name}).status, 0);
}

// --- swapped for a link -----------------------------------------------------------

TEST_F(Attack, NoPartOfAPathLeadsAMountOutside)
{
    const auto layer = make_layer("swap");
    write_file(state + "/overlays/" + layer + "/x.txt", "x");
    give_to_left4me(state + "/overlays/" + layer);
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    start();
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    ASSERT_EQ(mount_directly().status, 0); // the control
    ASSERT_EQ(run({overlay_helper, "umount", name}).status, 0);
    const World before;
    struct Swap {
        std::string path;
        std::string named; ///< in the message
    };
    const std::vector<Swap> swaps = {
        {state + "/overlays/" + layer, layer},
        {instance(), name},
        {live(), "live"},
        {live() + "/layer", "layer"},
        {live() + "/instance.conf", "instance.conf"},
    };
    for (const auto& [path, named] : swaps) {
        SCOPED_TRACE(path);
        ASSERT_NO_FATAL_FAILURE(swap_for_link(path, "/etc"));
        const auto direct = mount_directly();
        EXPECT_EQ(direct.status, 65) << direct.err;
        EXPECT_THAT(direct.err, HasSubstr(named));
        EXPECT_NE(run({"systemctl", "start", server_unit()}).status, 0);
        EXPECT_EQ(mount_line(name), "");
        run({"systemctl", "reset-failed", server_unit(), overlay_unit()});
        swap_back(path);
        EXPECT_TRUE(World() == before);
    }
    // l4d2ctl itself says it before it asks for anything.
    ASSERT_NO_FATAL_FAILURE(swap_for_link(state + "/overlays/" + layer, "/etc"));
    const auto started = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(started.status, 65);
    EXPECT_THAT(started.err, HasSubstr(layer));
    swap_back(state + "/overlays/" + layer);
}

TEST_F(Attack, AFifoForTheConfigurationIsRefusedAtOnce)
{
    initialize(spec());
    start();
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    const auto config = live() + "/instance.conf";
    remove_all(config);
    ASSERT_EQ(run_as_left4me({"mkfifo", config}).status, 0);
    const auto refused = mount_directly();
    EXPECT_EQ(refused.status, 65);
    EXPECT_THAT(refused.err, HasSubstr("not a regular file"));
    EXPECT_LT(refused.took, std::chrono::seconds(5));
}

/// systemd follows links in what it binds, as root: the launcher is given root's own copy.
TEST_F(Attack, WhatIsSwappedAfterTheMountIsNotWhatTheServerIsGiven)
{
    start_with();
    const auto before = World();
    ASSERT_NO_FATAL_FAILURE(swap_for_link(live() + "/instance.conf", "/etc/shadow"));
    // The control: a unit of root's that binds it.
    EXPECT_EQ(output({"systemd-run", "-q", "--collect", "--wait", "--pipe",
                      "--property=BindReadOnlyPaths=" + live() + "/instance.conf:/etc/hostname", "cat",
                      "/etc/hostname"}),
              output({"cat", "/etc/shadow"}));
    ASSERT_EQ(run({"systemctl", "kill", "--signal=SIGKILL", "--kill-whom=all", server_unit()}).status,
              0);
    EXPECT_TRUE(eventually([&] { return unit_property(server_unit(), "NRestarts") == "1"; }));
    EXPECT_TRUE(game_is_ready());
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", "/run/left4me/conf/" + name}), "root:left4me 640");
    EXPECT_NE(run_as_left4me({"sh", "-c", "echo x >>/run/left4me/conf/" + name}).status, 0);
    EXPECT_NE(run_as_left4me({"mv", "/run/left4me/conf", "/run/left4me/other"}).status, 0);
    EXPECT_NE(run_as_left4me({"ln", "-sf", "/etc/shadow", "/run/left4me/conf/" + name}).status, 0);
    swap_back(live() + "/instance.conf");
    EXPECT_TRUE(World() == before);
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_FALSE(exists("/run/left4me/conf/" + name));
}

/// Exchanges two names over and over, as user left4me, until it is killed.
class Swapper {
public:
    Swapper(std::string a, std::string b) : child_(fork())
    {
        if (child_ != 0)
            return;
        const passwd* user = getpwnam("left4me");
        if (user == nullptr || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
            _exit(1);
        while (renameat2(AT_FDCWD, a.c_str(), AT_FDCWD, b.c_str(), RENAME_EXCHANGE) == 0)
            ;
        _exit(1);
    }
    ~Swapper()
    {
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
    }
    Swapper(const Swapper&) = delete;
    Swapper& operator=(const Swapper&) = delete;

private:
    pid_t child_;
};

/// Rounds of one race; LEFT4ME_TEST_ROUNDS asks for more.
int rounds_of_a_race()
{
    const char* text = getenv("LEFT4ME_TEST_ROUNDS");
    constexpr int usual = 400;
    return text != nullptr ? std::stoi(text) : usual;
}

/// A name on the helper's way that is exchanged with a link all the while.
struct Raced {
    const char* what;
    const char* path; ///< {0}: the layer's folder, {1}: the live configuration's
    const char* link_to;

    friend void PrintTo(const Raced& raced, std::ostream* stream) { *stream << raced.what; }
};

struct Race : Attack, testing::WithParamInterface<Raced> {
    void expect_nothing_of_etc() const
    {
        for (const auto* file : {"/passwd", "/shadow", "/layer/passwd"})
            EXPECT_FALSE(exists(merged() + file)) << file;
        EXPECT_TRUE(exists(merged() + "/x.txt"));
    }
};

TEST_P(Race, MountsTheRightLayersOrNone)
{
    const auto layer = make_layer("race") + "/deep";
    const auto folder = state + "/overlays/" + name + "-race";
    write_file(folder + "/deep/x.txt", "x");
    give_to_left4me(folder);
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    start();
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    const auto live_folder = live();
    const auto path = std::vformat(GetParam().path, std::make_format_args(folder, live_folder));
    const auto link = state + "/overlays/" + name + "-decoy";
    ASSERT_EQ(run_as_left4me({"ln", "-sT", GetParam().link_to, link}).status, 0);
    const auto before = World();
    int mounted = 0;
    int refused = 0;
    {
        const Swapper swapper(path, link);
        const int rounds = rounds_of_a_race();
        for (int round = 0; round < rounds; ++round) {
            const auto outcome = mount_directly();
            EXPECT_THAT(outcome.status, testing::AnyOf(0, 65, 75)) << outcome.err;
            outcome.status == 0 ? ++mounted : ++refused;
            if (outcome.status == 0)
                expect_nothing_of_etc();
            auto now = mount_points();
            std::erase(now, merged());
            EXPECT_EQ(now, before.mounts);
            EXPECT_EQ(run({overlay_helper, "umount", name}).status, 0);
            constexpr int seldom = 8;
            if (round % seldom == 0) {
                EXPECT_EQ(run({overlay_helper, "purge", name}).status, 0);
            }
        }
    }
    EXPECT_TRUE(World() == before);
    // Both happened, or nothing was raced.
    EXPECT_GT(mounted, 0);
    EXPECT_GT(refused, 0);
    if (fs::is_symlink(path)) { // ended the wrong way round
        remove_all(path);
        fs::rename(link, path);
    }
    remove_all(link);
}

INSTANTIATE_TEST_SUITE_P(Names, Race,
                         testing::Values(Raced{"layer", "{0}/deep", "/etc"},
                                         Raced{"parent_of_a_layer", "{0}", "/etc"},
                                         Raced{"configuration", "{1}/layer", "/etc"},
                                         Raced{"live", "{1}", "/etc"},
                                         Raced{"instance_conf", "{1}/instance.conf", "/etc/shadow"}),
                         [](const auto& row) { return row.param.what; });

TEST_F(Attack, TopLevelAndRuntimeNamesStay)
{
    initialize(spec());
    start();
    std::vector<std::string> names = {runtime(), runtime() + "/upper", runtime() + "/work", merged()};
    for (const auto& entry : fs::directory_iterator(state))
        names.push_back(entry.path().string());
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    for (const auto& path : names) {
        EXPECT_NE(run_as_left4me({"mv", "-T", path, path + ".moved"}).status, 0) << path;
        EXPECT_NE(run_as_left4me({"rmdir", path}).status, 0) << path;
        EXPECT_NE(run_as_left4me({"ln", "-sfT", "/etc", path}).status, 0) << path;
    }
    EXPECT_NE(run_as_left4me({"mkdir", state + "/new"}).status, 0);
    EXPECT_EQ(output({"stat", "-c", "%U", state}), "root");
}

// --- what lies in a layer ---------------------------------------------------------

TEST_F(Attack, SetUidAndDevicesInALayerAreInert)
{
    const auto layer = make_layer("setuid");
    const auto path = state + "/overlays/" + layer;
    fs::copy_file("/usr/bin/id", path + "/id");
    fs::permissions(path + "/id", fs::perms(04755));
    fs::copy_file("/usr/bin/id", "/var/tmp/left4me-id");
    fs::permissions("/var/tmp/left4me-id", fs::perms(04755));
    ASSERT_EQ(mknod((path + "/null").c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
    fs::permissions(path + "/null", fs::perms(0666));
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    start();
    // The control: elsewhere the very same file gives root.
    EXPECT_EQ(output({"runuser", "-u", "left4me", "--", "/var/tmp/left4me-id", "-un"}), "root");
    remove_all("/var/tmp/left4me-id");
    EXPECT_EQ(output({"runuser", "-u", "left4me", "--", merged() + "/id", "-un"}), "left4me");
    EXPECT_NE(run({"dd", "if=/dev/zero", "of=" + merged() + "/null", "count=1", "conv=notrunc"}).status,
              0);
    EXPECT_THAT(mount_line(name), HasSubstr("nosuid,nodev"));
}

TEST_F(Attack, AnAliasCopiesNoLinksTarget)
{
    const std::string secret = "/etc/left4me-test-secret";
    write_file(secret, "root:$6$secret");
    const auto layer = make_layer("alias");
    const auto cfg = state + "/overlays/" + layer + "/left4dead2/cfg";
    write_file(cfg + "/server.cfg", "hostname plain\n");
    initialize(spec(std::format("overlays: [{{path: {}, alias: evil}}]\n", layer)));
    start();
    EXPECT_EQ(read_file(merged() + "/left4dead2/cfg/server_evil.cfg"),
              "hostname plain\n"); // the control
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    remove_all(cfg + "/server.cfg");
    fs::create_symlink(secret, cfg + "/server.cfg");
    const auto refused = l4d2ctl({"start", "--no-wait", name});
    EXPECT_EQ(refused.status, 65) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("server.cfg"));
    EXPECT_EQ(mount_line(name), "");
    for (const auto& file : files_below(instance())) {
        const auto path = instance() + "/" + file;
        const auto text = fs::is_regular_file(path) ? read_file(path) : "";
        EXPECT_THAT(text, Not(HasSubstr("$6$secret"))) << file;
    }
    remove_all(secret);
}

} // namespace
} // namespace left4me::test
