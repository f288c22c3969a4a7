#include "host/mount_holders.hpp"

#include "text_case.hpp"

#include <gmock/gmock.h>

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const Host host("/var/lib/left4me", "/run/left4me", "/etc/left4me");

std::vector<std::pair<std::string, std::string>> trees(std::string_view mountinfo)
{
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& [server, device] : trees_in(host, mountinfo))
        all.emplace_back(server.str(), device);
    return all;
}

TEST(TreesIn, AreThoseOfServersWithTheirDevices)
{
    EXPECT_THAT(
        trees("22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
              "90 22 0:50 / /var/lib/left4me/runtime/coop1/merged rw,nosuid,nodev shared:9 master:2 - "
              "overlay left4me rw,lowerdir+=/proc/self/fd/7\n"
              "91 22 0:51 / /var/lib/left4me/runtime/vs_2/merged rw - overlay left4me rw\n"),
        ElementsAre(Pair("coop1", "0:50"), Pair("vs_2", "0:51")));
}

TEST(TreesIn, AreNothingElse)
{
    EXPECT_THAT(trees("90 22 0:50 / /var/lib/left4me/runtime/coop1/merged rw - tmpfs left4me rw\n"
                      "91 22 0:51 / /var/lib/left4me/runtime/coop1/upper rw - overlay left4me rw\n"
                      "92 22 0:51 / /var/lib/left4me/runtime/a/b/merged rw - overlay left4me rw\n"
                      "93 22 0:51 / /var/lib/left4me/runtime/merged rw - overlay left4me rw\n"
                      "94 22 0:51 / /var/lib/left4me/runtime/Coop/merged rw - overlay left4me rw\n"
                      "95 22 0:51 / /srv/var/lib/left4me/runtime/coop1/merged rw - overlay left4me rw\n"
                      "96 22 0:51 / /var/lib/left4me/runtime/coop1/merged rw -\n"
                      "overlay\n- overlay left4me\n\n"),
                IsEmpty());
}

} // namespace
} // namespace left4me
