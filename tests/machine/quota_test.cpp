// What a server may write, on a file system that limits projects: containers rarely
// have a kernel with such quotas.

#include "support.hpp"

#include <format>
#include <gmock/gmock.h>
#include <sstream>

namespace left4me::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The state directory is an ext4 of its own.
struct MachineQuota : ServerTest {
    void put_state_on_ext4(const std::string& option)
    {
        ASSERT_EQ(run({"truncate", "-s", "256M", image}).status, 0);
        ASSERT_EQ(
            run({"mke2fs", "-q", "-t", "ext4", "-O", "project,quota", "-E", "quotatype=prjquota", image})
                .status,
            0);
        const auto game = output({"mktemp", "-d"});
        ASSERT_EQ(run({"cp", "-a", state + "/installation", state + "/steam", game}).status, 0);
        const auto mounted = run({"mount", "-o", "loop," + option, image, state});
        ASSERT_EQ(mounted.status, 0) << mounted.err;
        mounted_ = true;
        ASSERT_EQ(run({"chmod", "755", state}).status, 0);
        ASSERT_EQ(run({"systemd-tmpfiles", "--create", "left4me.conf"}).status, 0);
        ASSERT_EQ(run({"cp", "-a", game + "/installation", game + "/steam", state}).status, 0);
        remove_all(game);
    }

    void TearDown() override
    {
        if (mounted_) {
            EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
            EXPECT_EQ(l4d2ctl({"delete", peer}).status, 0);
            EXPECT_EQ(run({"umount", state}).status, 0);
        }
        remove_all(image);
    }

    void start_both()
    {
        ASSERT_EQ(l4d2ctl({"initialize", peer, "-f", "-"}, std::format("port: {}\n", port + 1)).status,
                  0);
        ASSERT_EQ(l4d2ctl({"start", "--no-wait", peer}).status, 0);
        start_with(std::format("config: ['rcon_password \"{}\"']\n", rcon_password));
    }

    /// The number that upper's files are counted under.
    [[nodiscard]] std::string project() const
    {
        std::istringstream listed(output({"lsattr", "-pd", runtime() + "/upper"}));
        std::string number;
        listed >> number;
        return number;
    }

    /// This server's line of what is used and allowed: in KiB, then files.
    [[nodiscard]] std::string limits(const std::string& number) const
    {
        for (const auto& line : lines_of(output({"repquota", "-Pn", "-O", "csv", state})))
            if (line.starts_with("#" + number + ","))
                return line;
        return "";
    }

    [[nodiscard]] static std::string doctor_on_quotas()
    {
        for (const auto& finding : nlohmann::json::parse(run({"l4d2ctl", "doctor", "--json"}).out))
            if (finding.at("id") == "quota")
                return finding.at("verdict");
        return "";
    }

    /// As user left4me, through the mounted tree.
    [[nodiscard]] Outcome fill(const std::string& server, int mebibytes) const
    {
        return run({"runuser", "-u", "left4me", "--", "dd", "if=/dev/zero", "bs=1M",
                    std::format("count={}", mebibytes),
                    "of=" + state + "/runtime/" + server + "/merged/filled"});
    }

    /// 8 MiB and 50 files.
    void limit_as_operator() const
    {
        ASSERT_EQ(run({"setquota", "-P", project(), "0", "8192", "0", "50", state}).status, 0);
    }

    const std::string image = "/var/tmp/left4me-quota.img";
    const std::string peer = "quota-peer";

private:
    bool mounted_ = false;
};

TEST_F(MachineQuota, AServerIsHeldAtItsLimitAndNoOther)
{
    put_state_on_ext4("prjquota");
    start_both();
    EXPECT_THAT(limits(project()), HasSubstr(",16777216,"));
    EXPECT_THAT(limits(project()), HasSubstr(",500000,"));
    EXPECT_EQ(doctor_on_quotas(), "ok");

    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    limit_as_operator();
    start();
    ASSERT_TRUE(game_is_ready());
    EXPECT_THAT(limits(project()), HasSubstr(",8192,"));

    const auto filled = fill(name, 20);
    EXPECT_NE(filled.status, 0);
    EXPECT_THAT(filled.err, HasSubstr("quota exceeded"));
    EXPECT_TRUE(game_is_ready());
    EXPECT_EQ(fill(peer, 20).status, 0);
}

TEST_F(MachineQuota, FilesAreCountedToo)
{
    put_state_on_ext4("prjquota");
    start_both();
    limit_as_operator();
    const auto made =
        run({"runuser", "-u", "left4me", "--", "sh", "-c",
             std::format("cd {} && for i in $(seq 100); do : >$i || exit; done", merged())});
    EXPECT_NE(made.status, 0);
    EXPECT_THAT(made.err, HasSubstr("quota exceeded"));
    EXPECT_THAT(rcon("mkdir one-more"), HasSubstr("EDQUOT"));
    EXPECT_TRUE(game_is_ready());
}

TEST_F(MachineQuota, ADeletedServersLimitIsForgotten)
{
    put_state_on_ext4("prjquota");
    start_both();
    limit_as_operator();
    const auto number = project(); // may be the next server's
    ASSERT_EQ(l4d2ctl({"delete", name}).status, 0);
    EXPECT_THAT(limits(number), Not(HasSubstr(",8192,")));
}

TEST_F(MachineQuota, WithoutQuotasItIsNotHeld)
{
    put_state_on_ext4("noquota");
    start_both();
    EXPECT_EQ(fill(name, 20).status, 0);
    EXPECT_EQ(doctor_on_quotas(), "note");
}

} // namespace
} // namespace left4me::test
