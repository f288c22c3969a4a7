#include "host/bound_ports.hpp"

#include <gtest/gtest.h>

namespace left4me {
namespace {

// As the kernel writes them: 27015 is 6987.
constexpr std::string_view udp =
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
    " 1243: 00000000:6987 00000000:0000 07 00000000:00000000 00:00000000 00000000   998\n";
constexpr std::string_view tcp6 =
    "  0: 00000000000000000000000000000000:6989 00000000000000000000000000000000:0000 0A 0 0 0 0\n"
    "  1: 00000000000000000000000000000000:698A 00000000000000000000000001000000:1F90 06 0 0 0 0\n"
    "  2: 00000000000000000000000000000000:698B 00000000000000000000000001000000:1F90 01 0 0 0 0\n";

TEST(BoundPorts, FindsWhoWaitsAtAPort)
{
    EXPECT_TRUE(has_bound_port(udp, 27015));
    EXPECT_FALSE(has_bound_port(udp, 27016));
    EXPECT_FALSE(has_bound_port(udp, 0));
    EXPECT_TRUE(has_bound_port(tcp6, 27017));
}

TEST(BoundPorts, TellsWhose)
{
    EXPECT_EQ(user_of_port(udp, 27015), 998U);
    EXPECT_EQ(user_of_port(udp, 27016), std::nullopt);
    EXPECT_EQ(user_of_port("  0: 00000000:6987 00000000:0000 07 0 0 0 x\n", 27015), std::nullopt);
}

TEST(BoundPorts, PassesOverConnectionsAndNonsense)
{
    EXPECT_FALSE(has_bound_port(tcp6, 27018)); // TIME_WAIT: its listener may be gone
    EXPECT_FALSE(has_bound_port(tcp6, 27019));
    EXPECT_FALSE(has_bound_port("", 27015));
    EXPECT_FALSE(has_bound_port("a b c 07\n: : : 07\n x:zz y 0A\n", 27015));
}

} // namespace
} // namespace left4me
