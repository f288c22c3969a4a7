// Removing and purging the package, where servers run, something stands in their trees,
// services may not be stopped, or it was never configured: what is in use is named, and
// nothing is taken away under it. Each test goes on where the one before has ended.

#include "hosts_servers.hpp"
#include "next_package.hpp"
#include "support.hpp"

#include <csignal>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string tree = state + "/runtime/alpha/merged";

/// While it lives no service may be started or stopped by a package, as in the images
/// that containers are made of.
class ForbiddingPolicy {
public:
    ForbiddingPolicy()
    {
        write_file(file, "#!/bin/sh\nexit 101\n");
        chmod(file, 0755);
    }
    ~ForbiddingPolicy() { remove_all(file); }
    ForbiddingPolicy(const ForbiddingPolicy&) = delete;
    ForbiddingPolicy& operator=(const ForbiddingPolicy&) = delete;

private:
    static constexpr const char* file = "/usr/sbin/policy-rc.d";
};

Outcome dpkg_says(const Words& words)
{
    Words command = {"env", "DEBIAN_FRONTEND=noninteractive", "dpkg"};
    command.insert(command.end(), words.begin(), words.end());
    return run(command);
}

/// dpkg's second letter: what it is, whatever was wished: i, U, H, c.
std::string package_state()
{
    return run({"dpkg-query", "-W", "-f", "${db:Status-Abbrev}", "left4me"}).out.substr(1, 1);
}

/// It ends with an error that has these words.
void expect_refused(const Outcome& outcome, const std::vector<std::string>& words)
{
    EXPECT_NE(outcome.status, 0);
    EXPECT_THAT(outcome.err, HasSubstr("still in use"));
    for (const auto& word : words)
        EXPECT_THAT(outcome.err, HasSubstr(word));
}

void expect_state_is_there()
{
    EXPECT_TRUE(exists(state + "/installation/teeworlds-server"));
    for (const auto& server : all_servers())
        EXPECT_TRUE(exists(state + "/instances/" + server.name + "/spec.yaml")) << server.name;
}

void expect_nothing_runs()
{
    EXPECT_THAT(lines_of(read_file("/proc/1/mountinfo")), Each(Not(HasSubstr(state + "/runtime/"))));
    EXPECT_EQ(run({"pgrep", "-u", "left4me"}).out, "");
    // Active or failed. Boot links stay until a purge, and name units that are not there.
    EXPECT_EQ(run({"systemctl", "list-units", "--no-legend", "left4me*", "l4d2*"}).out, "");
    EXPECT_FALSE(exists("/sys/fs/cgroup/l4d2.slice"));
    EXPECT_NE(run({"nft", "list", "table", "inet", "left4me"}).status, 0);
}

void expect_purged()
{
    expect_nothing_runs();
    EXPECT_THAT(files_below(state), IsEmpty());
    // The tests' own drop-ins and the package that they made are no residue of ours.
    EXPECT_EQ(output({"find",       "/etc",           "/run",   "/usr",  "/var/lib",
                      "/var/cache", "-xdev",          "(",      "-name", "*left4me*",
                      "-o",         "-name",          "*l4d2*", ")",     "-not",
                      "-path",      "/run/systemd/*", "-not",   "-path", "/etc/systemd/system/*.d*",
                      "-not",       "-path",          state}),
              "");
}

void start_all()
{
    for (const auto& server : all_servers()) {
        const auto started = start_by_l4d2ctl(server.name);
        EXPECT_EQ(started.status, 0) << started.err;
        EXPECT_TRUE(server.plays()) << server.name;
    }
}

/// A host as at the beginning of all this, after a purge.
void set_up_again()
{
    dpkg({"--install", next_deb});
    ASSERT_EQ(run({"/tests/real_server/install"}).status, 0);
    for (const auto& server : all_servers()) {
        const auto spec = std::format("port: {}\nconfig: [sv_name {}, sv_register 0, sv_map dm1]\n",
                                      server.port, server.name);
        ASSERT_EQ(l4d2ctl({"initialize", server.name, "-f", "-"}, spec).status, 0);
    }
    start_all();
}

// --- remove ------------------------------------------------------------------------

TEST(Removal, NamesWhoStandsInATreeAndEndsNoGame)
{
    const Bystander bystander(tree);
    const auto before = alpha.life();
    const auto refused = dpkg_says({"--remove", "left4me"});
    expect_refused(refused, {std::format("process {} (sleep)", bystander.process()),
                             std::format("kill {}", bystander.process())});
    EXPECT_EQ(package_state(), "i");
    EXPECT_EQ(alpha.life(), before);
    EXPECT_TRUE(exists("/usr/bin/l4d2ctl"));
    expect_state_is_there();
}

TEST(Removal, NamesWhoHasAFileOfATreeOpen)
{
    const auto held =
        output({"sh", "-c", "sleep infinity <" + tree + "/srcds_run >/dev/null 2>&1 & echo $!"});
    const auto before = alpha.life();
    expect_refused(dpkg_says({"--remove", "left4me"}), {"kill " + held});
    EXPECT_EQ(alpha.life(), before);
    output({"kill", held});
}

TEST(Removal, NamesWhoKeepsATreeInAMountNamespaceOfItsOwn)
{
    const auto held = output(
        {"sh", "-c",
         "unshare --mount --propagation private sleep infinity </dev/null >/dev/null 2>&1 & echo $!"});
    ASSERT_TRUE(eventually([&] {
        return run({"readlink", "/proc/" + held + "/ns/mnt"}).out !=
               run({"readlink", "/proc/1/ns/mnt"}).out;
    }));
    const auto before = alpha.life();
    expect_refused(dpkg_says({"--remove", "left4me"}), {"kill " + held});
    EXPECT_EQ(alpha.life(), before);
    output({"kill", held});
}

TEST(Removal, NamesWhatRunsWherePolicyForbidsToStopIt)
{
    const ForbiddingPolicy policy;
    const auto before = alpha.life();
    expect_refused(
        dpkg_says({"--remove", "left4me"}),
        {"left4me-server@alpha.service is active: systemctl stop left4me-server@alpha.service",
         "umount " + tree, "systemctl stop l4d2.slice"});
    EXPECT_EQ(package_state(), "i");
    EXPECT_EQ(alpha.life(), before);
    EXPECT_TRUE(exists("/usr/libexec/left4me/left4me-launch"));
    expect_state_is_there();
}

TEST(Removal, WorksWherePolicyForbidsItOnceTheOperatorHasStoppedThem)
{
    const ForbiddingPolicy policy;
    output({"systemctl", "stop", "left4me-layers-refresh.timer", "l4d2.slice"});
    const auto removed = dpkg_says({"--remove", "left4me"});
    EXPECT_EQ(removed.status, 0) << removed.err;
    EXPECT_EQ(package_state(), "c");
    expect_nothing_runs();
    expect_state_is_there();
}

TEST(Removal, InstalledAgainOldServersStartAndSlicesHaveTheirWeights)
{
    dpkg({"--install", next_deb});
    start_all();
    EXPECT_EQ(unit_property("l4d2-game.slice", "CPUWeight"), next::game_weight);
    EXPECT_EQ(unit_property("l4d2.slice", "CPUWeight"), "1000");
}

TEST(Removal, StopsEverythingByItself)
{
    const auto removed = dpkg_says({"--remove", "left4me"});
    EXPECT_EQ(removed.status, 0) << removed.err;
    expect_nothing_runs();
    expect_state_is_there();
    dpkg({"--install", next_deb});
    start_all();
}

// --- purge of a package that was unpacked and never configured -----------------------

TEST(PurgeOfUnpacked, RefusesBeforeItDeletesAndWorksWhenRepeated)
{
    dpkg({"--unpack", next_deb});
    ASSERT_EQ(package_state(), "U");
    {
        const Bystander bystander(tree);
        expect_refused(dpkg_says({"--purge", "left4me"}), {std::format("kill {}", bystander.process())});
        expect_state_is_there();
        expect_refused(dpkg_says({"--purge", "left4me"}), {std::format("kill {}", bystander.process())});
        expect_state_is_there();
    }
    EXPECT_EQ(package_state(), "H");
    const auto purged = dpkg_says({"--purge", "left4me"});
    EXPECT_EQ(purged.status, 0) << purged.err;
    expect_purged();
}

/// One that shows in no process here: of another machine's, say, or only in a kernel's hands.
TEST(PurgeOfUnpacked, NamesAMountThatCannotBeUnmounted)
{
    set_up_again();
    dpkg({"--unpack", next_deb});
    output({"mount", "-t", "tmpfs", "within", tree + "/left4dead2"});
    expect_refused(dpkg_says({"--purge", "left4me"}), {"umount " + tree});
    expect_state_is_there();
    output({"umount", tree + "/left4dead2"});
    const auto purged = dpkg_says({"--purge", "left4me"});
    EXPECT_EQ(purged.status, 0) << purged.err;
    expect_purged();
}

TEST(PurgeOfUnpacked, RefusesWherePolicyForbidsToStop)
{
    set_up_again();
    dpkg({"--unpack", next_deb});
    const ForbiddingPolicy policy;
    const auto before = alpha.life();
    expect_refused(dpkg_says({"--purge", "left4me"}),
                   {"left4me-server@alpha.service is active", "systemctl stop l4d2.slice"});
    expect_state_is_there();
    EXPECT_EQ(alpha.life(), before);
    EXPECT_TRUE(alpha.plays());
    output({"systemctl", "stop", "l4d2.slice"});
    const auto purged = dpkg_says({"--purge", "left4me"});
    EXPECT_EQ(purged.status, 0) << purged.err;
    expect_purged();
}

// --- purge of a package that was removed ----------------------------------------------

TEST(PurgeOfRemoved, RefusesWhileAProcessOfTheUserRuns)
{
    set_up_again();
    ASSERT_EQ(dpkg_says({"--remove", "left4me"}).status, 0);
    const auto held = output({"sh", "-c",
                              "setpriv --reuid left4me --regid left4me --clear-groups "
                              "sleep infinity </dev/null >/dev/null 2>&1 & echo $!"});
    ASSERT_TRUE(eventually([&] { return run({"pgrep", "-u", "left4me"}).out == held + "\n"; }));
    expect_refused(dpkg_says({"--purge", "left4me"}), {"kill " + held});
    EXPECT_EQ(package_state(), "c");
    expect_state_is_there();
    output({"kill", held});
    ASSERT_TRUE(eventually([&] { return run({"pgrep", "-u", "left4me"}).out.empty(); }));
}

/// Their names have more bytes than the arguments of one program may have.
void make_boot_links()
{
    constexpr int many = 30'000;
    for (int i = 0; i < many; ++i)
        std::filesystem::create_symlink(
            "/usr/lib/systemd/system/left4me-server@.service",
            std::format("/etc/systemd/system/multi-user.target.wants/left4me-server@{:064}.service", i));
}

TEST(PurgeOfRemoved, RefusesToEmptyAFileSystemOfTheOperators)
{
    const auto mount = state + "/overlays/demo";
    output({"mount", "-t", "tmpfs", "operators", mount});
    write_file(mount + "/kept", "");
    expect_refused(dpkg_says({"--purge", "left4me"}), {"umount " + mount});
    expect_state_is_there();
    EXPECT_TRUE(exists(mount + "/kept"));
    output({"umount", mount});
    make_boot_links();
    const auto purged = dpkg_says({"--purge", "left4me"});
    EXPECT_EQ(purged.status, 0) << purged.err;
    expect_purged();
}

TEST(PurgeOfRunning, StopsAndLeavesNothing)
{
    set_up_again();
    const auto purged = dpkg_says({"--purge", "left4me"});
    EXPECT_EQ(purged.status, 0) << purged.err;
    expect_purged();
}

} // namespace
} // namespace left4me::test
