// An upgrade on a kernel with all cgroup controllers: what systemd is told of slices
// reaches the kernel, and the server that runs in them does not notice.

#include "next_package.hpp"
#include "support.hpp"

namespace left4me::test {
namespace {

struct MachineUpgrade : ServerTest {
    void TearDown() override { install(package_in("/build")); }

    static void install(const std::string& deb)
    {
        const auto done =
            run({"env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "--force-confnew", "--install", deb});
        ASSERT_EQ(done.status, 0) << done.out << done.err;
    }

    static std::string weight_of_games()
    {
        return read_file("/sys/fs/cgroup/l4d2.slice/l4d2-game.slice/cpu.weight");
    }
};

TEST_F(MachineUpgrade, GivesRunningSlicesTheirNewWeights)
{
    start_with();
    const auto before = pid();
    ASSERT_EQ(weight_of_games(), "1000\n");
    install(make_next_package(package_in("/build")));
    EXPECT_EQ(weight_of_games(), next::game_weight + "\n");
    EXPECT_EQ(pid(), before);
    EXPECT_TRUE(game_is_ready());
    // The unit's own limits are for its next start alone, as all of its settings.
    EXPECT_EQ(unit_property(server_unit(), "TasksMax"), next::tasks_max);
    EXPECT_TRUE(status().at("needs_restart"));
}

} // namespace
} // namespace left4me::test
