// l4d2ctl doctor, of what keeps servers from running: the package's files and settings, the game
// and what it needs, servers and jobs. Each is seen on a host with that one thing wrong, and not
// after what it says to do was done.

#include "doctor_report.hpp"
#include "next_package.hpp"
#include "support.hpp"

#include <algorithm>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string helpers = "/usr/libexec/left4me/";
const std::string sudoers = "/etc/sudoers.d/left4me";
const std::string host_env = "/etc/left4me/host.env";

struct DoctorOfHost : ServerTest {
    /// Does what the doctor says.
    static void follow(const std::string& id, const std::string& part)
    {
        const auto action = action_of(id, part);
        const auto done = run({"sh", "-c", action});
        EXPECT_EQ(done.status, 0) << action << ": " << done.err;
    }

    void play(const std::string& script)
    {
        const auto layer = make_game("#!/bin/bash\n" + script + '\n');
        initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    }
};

// --- the package's files -----------------------------------------------------------

TEST_F(DoctorOfHost, NamesAProgramThatCannotBeStarted)
{
    EXPECT_THAT(findings("programs"), is_ok());
    for (const auto* name : {"left4me-overlay", "left4me-systemctl", "left4me-launch"}) {
        const auto path = helpers + name;
        fs::permissions(path, fs::perms{0644});
        EXPECT_THAT(findings("programs"), ElementsAre(problem(path + " has mode 0644 and not 0755")));
        follow("programs", path);
        EXPECT_THAT(findings("programs"), is_ok());
    }
    fs::rename(helpers + "left4me-overlay", helpers + "away");
    EXPECT_THAT(findings("programs"), ElementsAre(problem("left4me-overlay is not there")));
    fs::rename(helpers + "away", helpers + "left4me-overlay");
}

/// apt as on a host whose sources have this package; nothing of the host's own is touched.
TEST_F(DoctorOfHost, SaysHowAMissingProgramComesBack)
{
    const std::string apt = "/run/left4me-test-apt";
    for (const auto* place : {"/lists/partial", "/cache/archives/partial"})
        fs::create_directories(apt + place);
    const auto deb = apt + "/left4me.deb";
    fs::copy_file(package_in("/build"), deb);
    write_file(apt + "/Packages", std::format("{}\nFilename: ./left4me.deb\nSize: {}\nSHA256: {}\n",
                                              output({"dpkg-deb", "-f", deb}), fs::file_size(deb),
                                              output({"sha256sum", deb}).substr(0, 64)));
    write_file(apt + "/sources.list", std::format("deb [trusted=yes] file:{} ./\n", apt));
    write_file(apt + "/apt.conf", std::format("Dir::Etc::SourceList \"{0}/sources.list\";\n"
                                              "Dir::Etc::SourceParts \"/dev/null\";\n"
                                              "Dir::State::Lists \"{0}/lists\";\n"
                                              "Dir::Cache \"{0}/cache\";\n"
                                              "APT::Get::Assume-Yes \"true\";\n",
                                              apt));
    const auto with_apt = [&](const std::string& command) {
        const auto done = run({"env", "APT_CONFIG=" + apt + "/apt.conf", "sh", "-c", command});
        EXPECT_EQ(done.status, 0) << command << ": " << done.err;
    };
    with_apt("apt-get update");
    fs::remove(helpers + "left4me-run-script");
    const auto action = action_of("programs", "left4me-run-script is not there");
    with_apt(action.substr(action.find(": ") + 2));
    EXPECT_THAT(findings("programs"), is_ok());
    remove_all(apt);
}

struct DoctorOfSudo : DoctorOfHost {
    void SetUp() override { shipped = read_file(sudoers); }
    void TearDown() override
    {
        write_file(sudoers, shipped);
        run({"chown", "root:root", sudoers});
        fs::permissions(sudoers, fs::perms{0440});
        EXPECT_THAT(findings("sudo"), is_ok());
    }
    std::string shipped;
};

TEST_F(DoctorOfSudo, NamesAMissingFragment)
{
    fs::remove(sudoers);
    EXPECT_THAT(findings("sudo"), ElementsAre(problem(sudoers + " is not there")));
    follow("sudo", "is not there");
    EXPECT_THAT(findings("sudo"), is_ok());
}

TEST_F(DoctorOfSudo, NamesOneThatSudoCannotRead)
{
    write_file(sudoers, shipped + "left4me ALL = (\n");
    EXPECT_THAT(findings("sudo"), ElementsAre(problem("cannot be read by sudo")));
    follow("sudo", "cannot be read");
    EXPECT_THAT(findings("sudo"), is_ok());
}

TEST_F(DoctorOfSudo, NamesAWrongModeAndOwner)
{
    fs::permissions(sudoers, fs::perms{0666});
    EXPECT_THAT(findings("sudo"), ElementsAre(problem("owner 0, mode 0666")));
    follow("sudo", "mode 0666");
    EXPECT_THAT(findings("sudo"), is_ok());
    ASSERT_EQ(run({"chown", "left4me", sudoers}).status, 0);
    EXPECT_THAT(findings("sudo"), ElementsAre(problem("so sudo passes over it")));
    follow("sudo", "passes over");
    EXPECT_THAT(findings("sudo"), is_ok());
    fs::permissions(sudoers, fs::perms{0644});
    EXPECT_THAT(findings("sudo"), ElementsAre(warning("mode 0644")));
    follow("sudo", "mode 0644");
    EXPECT_THAT(findings("sudo"), is_ok());
}

/// An upgrade leaves a fragment that the operator has changed as it is.
TEST_F(DoctorOfSudo, NamesOneThatIsOlder)
{
    auto older = shipped;
    const std::string since = " --since [0-9]{1,10}|";
    ASSERT_TRUE(older.contains(since));
    older.erase(older.find(since), since.size());
    write_file(sudoers, older);
    EXPECT_THAT(findings("sudo"), ElementsAre(problem("left4me-journalctl x --lines 1 --no-follow "
                                                      "--since 0")));
}

// --- its settings ---------------------------------------------------------------------

struct DoctorOfSettings : DoctorOfHost {
    void SetUp() override { shipped = read_file(host_env); }
    void TearDown() override
    {
        write_file(host_env, shipped);
        run({"chown", "root:left4me", host_env});
        fs::permissions(host_env, fs::perms{0640});
    }
    std::string shipped;
};

TEST_F(DoctorOfSettings, NamesABrokenLine)
{
    write_file(host_env, "LEFT4ME_PORT_RANGE_START=many\n");
    EXPECT_THAT(findings("settings"), ElementsAre(problem("host.env:1: LEFT4ME_PORT_RANGE_START")));
    write_file(host_env, "# fine\nnot a setting\n");
    EXPECT_THAT(findings("settings"), ElementsAre(problem("host.env:2")));
    write_file(host_env, "LEFT4ME_STEAMCMD=/bin/true\n");
    EXPECT_THAT(findings("settings"), is_ok());
}

TEST_F(DoctorOfSettings, NamesOneThatIsMisspelt)
{
    write_file(host_env, "LEFT4ME_STEAMCMD=/bin/true\nLEFT4ME_STEAMCDM=/opt/steamcmd\n");
    EXPECT_THAT(findings("settings"), ElementsAre(warning("no setting: line 2: 'LEFT4ME_STEAMCDM'")));
    write_file(host_env, "LEFT4ME_STEAMCMD=/bin/true\n");
    EXPECT_THAT(findings("settings"), is_ok());
}

TEST_F(DoctorOfSettings, NamesAFileThatTheServiceUserCannotRead)
{
    write_file(host_env, "LEFT4ME_STEAMCMD=/bin/true\n");
    fs::permissions(host_env, fs::perms{0600});
    EXPECT_THAT(findings("settings"), ElementsAre(problem("user left4me cannot read its settings")));
    follow("settings", "cannot read");
    EXPECT_THAT(findings("settings"), is_ok());
}

TEST_F(DoctorOfSettings, SeesThatThereIsNoSteamcmd)
{
    write_file(host_env, "LEFT4ME_STEAMCMD=/opt/none/steamcmd\n");
    EXPECT_THAT(findings("settings"), ElementsAre(warning("no steamcmd in '/opt/none/steamcmd'")));
}

// --- the game, and what it needs -----------------------------------------------------------

TEST_F(DoctorOfHost, SeesThatThereIsNoGame)
{
    EXPECT_THAT(findings("game"), is_ok());
    const auto with = [](const std::string& made) {
        const auto place = state + "/installation";
        return findings(
            doctor_after(std::format("mount -t tmpfs -o mode=0755 none {0} && cd {0} && {1} && "
                                     "cd /",
                                     place, made)),
            "game");
    };
    EXPECT_THAT(with("true"), ElementsAre(problem("the game is not in " + state + "/installation")));
    EXPECT_THAT(with("touch srcds_linux"), ElementsAre(problem("it has no left4dead2")));
    EXPECT_THAT(with("mkdir left4dead2"), ElementsAre(problem("it has no srcds_linux")));
    EXPECT_THAT(with("mkdir left4dead2 && touch srcds_linux"), is_ok());
}

TEST_F(DoctorOfHost, SeesThatNo32BitProgramRuns)
{
    EXPECT_THAT(findings("loader"), is_ok());
    const auto loader = output({"readlink", "-f", "/lib/ld-linux.so.2"});
    const auto away = std::format("mount -t tmpfs none {}", fs::path(loader).parent_path().string());
    EXPECT_THAT(findings(doctor_after(away), "loader"), ElementsAre(problem("no 32-bit loader")));
    const auto broken = std::format("mount --bind /bin/false {}", loader);
    EXPECT_THAT(findings(doctor_after(broken), "loader"), ElementsAre(problem("do not run here")));
}

// --- servers -----------------------------------------------------------------------------

TEST_F(DoctorOfHost, NamesAServerThatFails)
{
    play("echo no map; exit 3");
    EXPECT_EQ(l4d2ctl({"start", "--no-wait", name}).status, 71);
    // Between two tries it runs for a moment.
    EXPECT_TRUE(eventually([&] {
        return std::ranges::any_of(findings("servers"), [&](const std::string& text) {
            return text.starts_with("problem: server '" + name) && text.contains("with status 3");
        });
    })) << testing::PrintToString(findings("servers"));
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_THAT(findings("servers"), Each(Not(HasSubstr(name))));
}

TEST_F(DoctorOfHost, NamesAServerThatLoops)
{
    // Quick ends that are not too quick for the limit of starts, but for the length of a life.
    drop_in("60-quick", "RestartSec=100ms\nStartLimitIntervalSec=0\n");
    write_file("/run/systemd/system/" + server_unit() + ".d/61-limit.conf",
               "[Unit]\nStartLimitIntervalSec=0\n");
    ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    play("sleep 3; exit 1");
    (void)l4d2ctl({"start", "--no-wait", name});
    EXPECT_TRUE(eventually(
        [&] {
            const auto found = findings("servers");
            return std::ranges::any_of(found, [&](const std::string& text) {
                return text.starts_with("problem: ") && text.contains(name) && text.contains("looping");
            });
        },
        std::chrono::seconds(60)));
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_THAT(findings("servers"), Each(Not(HasSubstr(name))));
}

/// What is the same of many is told once, in the order in which people name them.
TEST_F(DoctorOfHost, TellsOfManyServersInOneLine)
{
    std::vector<std::string> names;
    for (const int number : {10, 9, 1}) {
        names.push_back(std::format("doctor-{}", number));
        const auto made =
            l4d2ctl({"initialize", names.back(), "-f", "-"}, std::format("port: {}\n", 27770 + number));
        ASSERT_EQ(made.status, 0) << made.err;
        ASSERT_EQ(
            run({"systemctl", "enable", std::format("left4me-server@{}.service", names.back())}).status,
            0);
    }
    EXPECT_THAT(
        findings("servers"),
        Contains(problem("servers 'doctor-1', 'doctor-9', 'doctor-10': down, and to be started at "
                         "boot")));
    EXPECT_THAT(action_of("servers", "doctor-9"), HasSubstr("l4d2ctl stop doctor-1 doctor-9 doctor-10"));
    ASSERT_EQ(l4d2ctl({"stop", "doctor-1", "doctor-9", "doctor-10"}).status, 0);
    EXPECT_THAT(findings("servers"), Each(Not(HasSubstr("doctor-"))));
    for (const auto& one : names)
        EXPECT_EQ(l4d2ctl({"delete", one}).status, 0);
}

// --- jobs and timers ---------------------------------------------------------------------

TEST_F(DoctorOfHost, NamesATimersServiceThatFailed)
{
    const std::string unit = "left4me-layers-refresh.service";
    const auto drop_in = "/run/systemd/system/" + unit + ".d/60-fails.conf";
    write_file(drop_in, "[Service]\nExecStart=\nExecStart=false\n");
    ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    EXPECT_NE(run({"systemctl", "start", unit}).status, 0);
    EXPECT_THAT(findings("jobs"), Contains(problem(unit + " failed")));
    EXPECT_THAT(action_of("jobs", unit), HasSubstr("systemctl restart " + unit));
    remove_all("/run/systemd/system/" + unit + ".d");
    ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    EXPECT_EQ(run({"systemctl", "restart", unit}).status, 0); // as it says
    EXPECT_THAT(findings("jobs"), Each(Not(HasSubstr(unit))));
}

TEST_F(DoctorOfHost, NamesAJobThatFailed)
{
    const std::string request = "start\nno-such-server\n";
    const auto started = run({helpers + "left4me-systemctl", "job-start", "servers", "777001"},
                             std::format("{}\n{}", request.size(), request));
    ASSERT_EQ(started.status, 0) << started.err;
    const auto place = state + "/jobs/777001";
    ASSERT_TRUE(eventually([&] { return exists(place + "/result"); }, std::chrono::seconds(30)));
    EXPECT_THAT(findings("jobs"), Contains(warning("job 777001 ended with status")));
    remove_all(place); // as it says
    EXPECT_THAT(findings("jobs"), Each(Not(HasSubstr("777001"))));
}

// --- who may read and write --------------------------------------------------------------------

TEST_F(DoctorOfHost, SeesThatTheStateIsNotRoots)
{
    for (const auto& spoil :
         {std::string("chown left4me "), std::string("chmod 0755 "), std::string("chgrp root ")}) {
        ASSERT_EQ(run({"sh", "-c", spoil + state}).status, 0);
        EXPECT_THAT(findings("modes"), Contains(problem(state + " is not closed to others"))) << spoil;
        follow("modes", "is not closed");
        EXPECT_THAT(findings("modes"), Each(Not(HasSubstr("is not closed"))));
    }
}

/// The mode alone does not tell of it.
TEST_F(DoctorOfHost, SeesAnAccessListOfTheState)
{
    const auto with_list = [](const std::string& act) {
        return run({"python3", "-c",
                    "import os, struct\n"
                    "name = 'system.posix_acl_access'\n"
                    "entry = lambda tag, mode, who=0xffffffff: struct.pack('<HHI', tag, mode, who)\n" +
                        act})
            .status;
    };
    ASSERT_EQ(with_list(std::format("os.setxattr('{}', name, struct.pack('<I', 2) + entry(1, 7) + "
                                    "entry(2, 5, 65534) + entry(4, 5) + entry(16, 5) + entry(32, 0))",
                                    state)),
              0);
    EXPECT_THAT(findings("modes"), Contains(problem("has an access list")));
    ASSERT_EQ(with_list(std::format("os.removexattr('{}', name)", state)), 0); // as setfacl does
    EXPECT_THAT(findings("modes"), Each(Not(HasSubstr("access list"))));
}

TEST_F(DoctorOfHost, NamesUsersWhoCanReadTheLayers)
{
    ASSERT_EQ(run({"gpasswd", "--add", "nobody", "left4me"}).status, 0);
    EXPECT_THAT(findings("modes"), Contains(warning("'nobody'")));
    follow("modes", "nobody");
    EXPECT_THAT(findings("modes"), Each(Not(HasSubstr("'nobody'"))));
}

TEST_F(DoctorOfHost, NamesALayerThatOthersCanWrite)
{
    const auto layer = make_layer("open");
    const auto file = state + "/overlays/" + layer + "/left4dead2/x.cfg";
    write_file(file, "x");
    ASSERT_EQ(run({"chown", "-R", "left4me:left4me", state + "/overlays/" + layer}).status, 0);
    fs::permissions(file, fs::perms{0666});
    EXPECT_THAT(findings("modes"), Contains(problem(file)));
    follow("modes", file);
    EXPECT_THAT(findings("modes"), Each(Not(HasSubstr(file))));
}

// --- what 0.1.0 let layers do ----------------------------------------------------------------------

/// Servers see the merged tree alone; before, they saw all layers and the installation.
TEST_F(DoctorOfHost, NamesLinksIntoOtherLayersAndTheInstallation)
{
    const auto layer = make_layer("links");
    const auto other = make_layer("other");
    const auto addons = state + "/overlays/" + layer + "/left4dead2/addons/";
    write_file(state + "/overlays/" + other + "/left4dead2/addons/map.vpk", "x");
    fs::create_directories(addons);
    initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
    for (const auto& target : {state + "/overlays/" + other + "/left4dead2/addons/map.vpk",
                               state + "/installation/srcds_linux"}) {
        fs::create_symlink(target, addons + "map.vpk");
        EXPECT_THAT(
            findings("layers"),
            Contains(problem(std::format("layer '{}': 'left4dead2/addons/map.vpk' leads to '{}', "
                                         "which servers do not see",
                                         layer, target))));
        fs::remove(addons + "map.vpk");
        EXPECT_THAT(findings("layers"), Each(Not(HasSubstr(layer))));
    }
}

// --- packet rules
// --------------------------------------------------------------------------------------

TEST_F(DoctorOfHost, NamesAForeignAcceptBeforeThePacketRules)
{
    const std::string file = "/etc/left4me/nftables.d/test.nft";
    const auto reload = [] {
        EXPECT_EQ(run({"systemctl", "reload-or-restart", "left4me-nftables.service"}).status, 0);
    };
    for (const auto* rule : {"insert rule inet left4me output accept",
                             "insert rule inet left4me local tcp dport 3306 accept",
                             "insert rule inet left4me game return"}) {
        write_file(file, std::string(rule) + "\n");
        reload();
        EXPECT_THAT(findings("packet-rules"),
                    ElementsAre(problem("a rule that is not the package's accepts packets")))
            << rule;
        remove_all(file); // as it says
        reload();
        EXPECT_THAT(findings("packet-rules"), is_ok());
    }
}

} // namespace
} // namespace left4me::test
