// What confines a server on Debian's own kernel beside its unit's filters: the
// AppArmor profile, and filters of addresses and ports.

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
        drop_in("50-probe", std::format("ExecStart=\nExecStart={0}/probe64 --out {0}/probe64.txt "
                                        "--also {0}/probe32 {0}/probe32.txt --stay {1}\n{2}",
                                        merged(), kinds_of_sockets + outside, settings));
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

} // namespace
} // namespace left4me::test
