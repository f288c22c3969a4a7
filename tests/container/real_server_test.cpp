// A real 32-bit game server that nobody here wrote (Debian's teeworlds-server),
// from a spec to answering queries and back to nothing.

#include "emulation.hpp"
#include "support.hpp"

#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct RealServer : ServerTest {
    /// The whole game as a layer: its srcds_linux wins over the stand-in's.
    std::string game_layer()
    {
        const auto ref = make_layer("teeworlds");
        const auto target = state + "/overlays/" + ref + "/";
        output({"cp", "-R", "/opt/teeworlds/usr/share/games/teeworlds/data/.", target});
        output({"install", "-m", "755", "/opt/teeworlds/usr/games/teeworlds-server", target});
        output({"install", "-m", "755", "/tests/real_server/srcds_run", target + "srcds_linux"});
        output({"install", "-m", "644", "/tests/real_server/storage.cfg", target});
        output({"chown", "-R", "left4me:left4me", target});
        return ref;
    }

    [[nodiscard]] std::string query() const
    {
        return run({"/tests/real_server/query", std::to_string(port)}).out;
    }
};

TEST_F(RealServer, LivesAWholeLife)
{
    // By qemu it finds no files on overlayfs: 64-bit places in directories.
    if (!kernel_runs_32_bit())
        GTEST_SKIP() << emulated;
    ASSERT_EQ(output({"od", "-An", "-tx1", "-j4", "-N1", "/opt/teeworlds/usr/games/teeworlds-server"}),
              " 01")
        << "not a 32-bit program";
    const auto game = game_layer();
    const auto rotation = make_layer("rotation");
    write_file(std::format("{}/overlays/{}/left4dead2/cfg/server.cfg", state, rotation),
               "sv_maprotation \"dm1 dm2 ctf1\"\nsv_max_clients 11\n");
    initialize(spec(std::format("overlays:\n  - {{path: {}, alias: rotation}}\n  - path: {}\n"
                                "config: [sv_name from-the-spec, sv_register 0, sv_map dm2, "
                                "exec left4dead2/cfg/server_rotation.cfg]\nquery: none\n",
                                rotation, game)));
    const auto started = l4d2ctl({"start", name});
    ASSERT_EQ(started.status, 0) << started.err;
    EXPECT_THAT(started.out, HasSubstr(std::format("{}: has its port, {}\n", name, port)));
    ASSERT_TRUE(eventually([&] { return query().contains("from-the-spec"); })) << query();
    EXPECT_THAT(query(), HasSubstr("map=dm2"));
    EXPECT_THAT(query(), HasSubstr("clients=0/11")); // the layer's line, by way of its alias
    // It writes its folders into upper, through the merged tree.
    EXPECT_TRUE(exists(runtime() + "/upper/dumps"));
    EXPECT_EQ(output({"stat", "-c", "%U", runtime() + "/upper/dumps"}), "left4me");
    EXPECT_THAT(l4d2ctl({"logs", name}).out, HasSubstr("unix-linux-ia32"));

    const auto stopped = l4d2ctl({"stop", name});
    EXPECT_EQ(stopped.status, 0) << stopped.err;
    EXPECT_LT(stopped.took, std::chrono::seconds(1));
    EXPECT_EQ(mount_line(name), "");
    EXPECT_THAT(query(), Not(HasSubstr("from-the-spec")));
    start();
    EXPECT_TRUE(eventually([&] { return query().contains("from-the-spec"); }));
    EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
    EXPECT_FALSE(exists(runtime()));
    EXPECT_FALSE(exists(instance()));
}

} // namespace
} // namespace left4me::test
