// What confines a server on Debian's own kernel beside its unit's filters: the
// AppArmor profile, and filters of addresses and ports.

#include "probe_report.hpp"
#include "support.hpp"

#include <filesystem>
#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::Contains;
using testing::Each;
using testing::SizeIs;

const std::string kinds_of_sockets =
    "socket:INET socket:INET6 socket:UNIX socket:NETLINK socket:ALG socket:VSOCK "
    "socketcall:INET socketcall:NETLINK socketcall:ALG socketcall:VSOCK ";
const std::string outside = "connect:udp:10.9.8.7:9 bind:tcp:20000";
const std::vector<std::string> listings = {"list:/var/lib/left4me/workshop_cache",
                                           "list:/var/lib/left4me/global_overlay_cache"};

/// A server whose game is the probe, on a host with a neighbour's network.
struct MachineConfinement : ServerTest {
    void SetUp() override
    {
        ASSERT_EQ(run({"ip", "link", "add", wire, "type", "dummy"}).status, 0);
        ASSERT_EQ(run({"ip", "address", "add", "10.9.8.1/24", "dev", wire}).status, 0);
        ASSERT_EQ(run({"ip", "link", "set", wire, "up"}).status, 0);
    }
    void TearDown() override { run({"ip", "link", "delete", wire}); }

    /// What both probes print, in the real unit but for its ExecStart and what is given.
    std::vector<std::string> probed(const std::string& settings)
    {
        const auto layer = make_layer("probe");
        for (const auto* program : {"probe32", "probe64"})
            std::filesystem::copy_file(tests_dir + "/" + program,
                                       std::format("{}/overlays/{}/{}", state, layer, program));
        initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
        drop_in("50-probe",
                std::format("ExecStart=\nExecStart={0}/probe64 --out {0}/probe64.txt "
                            "--also {0}/probe32 {0}/probe32.txt --stay {1} {2} {3}\n{4}",
                            merged(), kinds_of_sockets + outside, listings[0], listings[1], settings));
        start();
        EXPECT_TRUE(eventually([&] { return exists(merged() + "/probe64.txt"); }));
        return lines_of(read_file(merged() + "/probe32.txt") + read_file(merged() + "/probe64.txt"));
    }

    const std::string wire = "left4me-wire";
};

TEST_F(MachineConfinement, TheProfileIsInForceOnEveryProcessOfAServer)
{
    start_with();
    std::vector<std::string> profiles;
    for (const auto& process : lines_of(
             read_file("/sys/fs/cgroup/l4d2.slice/l4d2-game.slice/" + server_unit() + "/cgroup.procs")))
        profiles.push_back(read_file(std::format("/proc/{}/attr/current", process)));
    EXPECT_THAT(profiles, SizeIs(testing::Ge(2))); // the launcher and the game
    EXPECT_THAT(profiles, Each("left4me-server (enforce)\n"));
}

TEST_F(MachineConfinement, BothAbisHaveTheirSocketsAndNoOthers)
{
    const auto lines = probed("");
    for (const auto* bits : {"32", "64"}) {
        for (const auto* family : {"INET", "INET6", "UNIX"})
            EXPECT_THAT(lines, Contains(std::format("socket:{} {} ok -", family, bits)));
        EXPECT_THAT(lines, Contains(std::format("connect:udp:10.9.8.7:9 {} error EPERM", bits)));
        EXPECT_THAT(lines, Contains(std::format("bind:tcp:20000 {} error EPERM", bits)));
    }
    EXPECT_THAT(lines, Contains("socketcall:INET 32 ok -"));
    for (const auto* family : {"NETLINK", "ALG", "VSOCK"}) {
        EXPECT_THAT(lines, Contains(std::format("socket:{} 32 error EACCES", family)));
        EXPECT_THAT(lines, Contains(std::format("socketcall:{} 32 error EACCES", family)));
        EXPECT_THAT(lines, Contains(std::format("socket:{} 64 error EAFNOSUPPORT", family)));
    }
}

/// 64 bits have two defences, and here the first one is gone.
TEST_F(MachineConfinement, TheProfileRefusesTo64BitsByItself)
{
    const auto lines = probed("RestrictAddressFamilies=\n");
    for (const auto* family : {"NETLINK", "ALG", "VSOCK"})
        EXPECT_THAT(lines, Contains(std::format("socket:{} 64 error EACCES", family)));
}

TEST_F(MachineConfinement, WithoutItsDirectivesAllOfThatIsOpen)
{
    const auto lines = probed("AppArmorProfile=\nIPAddressDeny=\nSocketBindDeny=\n");
    for (const auto* family : {"NETLINK", "ALG", "VSOCK"}) {
        EXPECT_THAT(lines, Contains(std::format("socket:{} 32 ok -", family)));
        EXPECT_THAT(lines, Contains(std::format("socketcall:{} 32 ok -", family)));
    }
    for (const auto* bits : {"32", "64"}) {
        EXPECT_THAT(lines, Contains(std::format("connect:udp:10.9.8.7:9 {} ok -", bits)));
        EXPECT_THAT(lines, Contains(std::format("bind:tcp:20000 {} ok -", bits)));
    }
}

/// S42. The probe has no launcher before it, and so nothing of Landlock.
TEST_F(MachineConfinement, TheProfileHidesTheNamesInTheCachesByItself)
{
    const auto lines = probed("");
    for (const auto* bits : {"32", "64"})
        for (const auto& listing : listings)
            EXPECT_THAT(lines, Contains(std::format("{} {} error EACCES", listing, bits)));
}

TEST_F(MachineConfinement, WithoutTheProfileTheyAreListed)
{
    const auto lines = probed("AppArmorProfile=\n");
    for (const auto* bits : {"32", "64"})
        for (const auto& listing : listings)
            EXPECT_THAT(lines, Contains(std::format("{} {} ok -", listing, bits)));
}

// --- file systems of the kernel's own, by the BPF security module -------------------

/// A host on which they are mounted. World-readable: it is the kind of file system that
/// has to be refused, not a file's owner.
struct MachineFileSystems : MachineConfinement {
    void SetUp() override
    {
        MachineConfinement::SetUp();
        for (const auto* kind : {"debugfs", "tracefs"}) {
            const auto place = std::format("{}/{}", leaks, kind);
            std::filesystem::create_directories(place);
            ASSERT_EQ(run({"mount", "-t", kind, "-o", "mode=755", kind, place}).status, 0) << kind;
        }
    }
    void TearDown() override
    {
        for (const auto* kind : {"debugfs", "tracefs"})
            run({"umount", std::format("{}/{}", leaks, kind)});
        MachineConfinement::TearDown();
    }

    /// What the probe says in the place of the unit's program.
    static ProbeReport asked_in(const std::string& unit, const std::string& settings)
    {
        const std::string answers = "/run/left4me-answers";
        write_file("/run/systemd/system/" + unit + ".d/50-probe.conf",
                   std::format("[Service]\nExecStart=\nExecStop=\nExecStopPost=\n"
                               "ExecStart={}/probe64 {}\nStandardOutput=truncate:{}\n{}",
                               tests_dir, attempts, answers, settings));
        EXPECT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
        EXPECT_EQ(run({"systemctl", "restart", unit}).status, 0);
        run({"systemctl", "stop", unit});
        remove_all("/run/systemd/system/" + unit + ".d");
        EXPECT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
        return ProbeReport(read_file(answers));
    }

    static inline const std::vector<std::string> denied = {
        "read:/run/left4me-leaks/debugfs", "read:/run/left4me-leaks/tracefs",
        "read:/sys/kernel/security/lsm", "read:/sys/kernel/uevent_seqnum",
        "write:/sys/fs/cgroup/cgroup.procs"};
    static inline const std::string needed = "read:/proc/self/mountinfo";
    static inline const std::string attempts = [] {
        auto text = needed;
        for (const auto& attempt : denied)
            text += " " + attempt;
        return text;
    }();
    const std::string leaks = "/run/left4me-leaks";
};

struct MachineRootsFileSystems : MachineFileSystems, testing::WithParamInterface<const char*> {
    [[nodiscard]] static std::string unit()
    {
        return std::format("left4me-{}@file-systems.service", GetParam());
    }
};

TEST_P(MachineRootsFileSystems, AreThoseOfFilesAlone)
{
    const auto report = asked_in(unit(), "");
    for (const auto& attempt : denied)
        EXPECT_EQ(report.result(attempt), "EPERM") << attempt;
    EXPECT_EQ(report.result(needed), "ok");
}

TEST_P(MachineRootsFileSystems, AreAllWithoutTheDirective)
{
    const auto report = asked_in(unit(), "RestrictFileSystems=\n");
    for (const auto& attempt : denied)
        EXPECT_EQ(report.result(attempt), "ok") << attempt;
}

INSTANTIATE_TEST_SUITE_P(Unit, MachineRootsFileSystems,
                         testing::Values("overlay", "purge", "released", "workcopy"),
                         [](const auto& row) { return std::string(row.param); });

/// Why servers and builds do without: systemd 257 sets it up when it has become the unit's
/// user, in the unit's user namespace, and may not use the kernel's BPF any more. When this
/// fails, the directive can be had.
TEST_F(MachineFileSystems, NoServerStartsWithThem)
{
    constexpr int exit_bpf = 244; // systemd.exec(5)
    initialize(spec());
    drop_in("50-probe", "RestrictFileSystems=~@privileged-api\nRestart=no\n");
    EXPECT_NE(l4d2ctl({"start", "--no-wait", name}).status, 0);
    EXPECT_EQ(unit_property(server_unit(), "ExecMainStatus"), std::format("{}", exit_bpf));
}

} // namespace
} // namespace left4me::test
