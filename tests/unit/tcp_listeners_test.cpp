#include "doctor/tcp_listeners.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view tcp_table =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 00000000:6987 00000000:0000 0A 00000000:00000000 00:00000000 00000000   997        0 1 1\n"
    "   1: 0100007F:6988 00000000:0000 0A 00000000:00000000 00:00000000 00000000   997        0 2 1\n"
    "   2: 0100007F:6989 0100007F:A000 01 00000000:00000000 00:00000000 00000000     0        0 3 1\n";

constexpr std::string_view tcp6_table =
    "   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A "
    "00000000:00000000 00:00000000 00000000     0        0 1 1\n"
    "   1: B80D0120000000000000000001000000:0017 00000000000000000000000000000000:0000 0A "
    "00000000:00000000 00:00000000 00000000     0        0 1 1\n"
    "   2: 0000000000000000FFFF00000100007F:0018 00000000000000000000000000000000:0000 0A "
    "00000000:00000000 00:00000000 00000000     0        0 1 1\n";

TEST(TcpTable, HasTheListeners)
{
    EXPECT_THAT(parse_listeners(tcp_table), ElementsAre(Listener{"0.0.0.0", 27015, 997, false},
                                                        Listener{"127.0.0.1", 27016, 997, true}));
    EXPECT_THAT(parse_listeners(tcp6_table),
                ElementsAre(Listener{"::1", 22, 0, true}, Listener{"2001:db8::1", 23, 0, false},
                            Listener{"::ffff:127.0.0.1", 24, 0, true}));
}

TEST(TcpTable, PassesOverWhatIsNone)
{
    for (const auto* text :
         {"", "x", "0: 1:1 0 0A 0 0 0 0", "0: 00000000:GGGG 0 0A 0 0 0 0",
          "0: 0000000G:6987 0 0A 0 0 0 0", "0: 00000000 0 0A 0 0 0 0", "0: 00000000:69871 0 0A 0 0 0 0"})
        EXPECT_THAT(parse_listeners(text), IsEmpty()) << text;
}

} // namespace
} // namespace left4me
