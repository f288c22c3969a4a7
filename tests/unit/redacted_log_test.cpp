#include "doctor/redacted_log.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

/// A line of a log, and what is left of it.
struct RedactionCase {
    std::string name;
    std::string line;
    std::string shown;
};
void PrintTo(const RedactionCase& row, std::ostream* out)
{
    *out << row.line;
}

class Redaction : public testing::TestWithParam<RedactionCase> {};
TEST_P(Redaction, LeavesNoSecret)
{
    EXPECT_EQ(redacted_log(GetParam().line + "\n", {"s3same", "other"}), GetParam().shown + "\n");
}

const std::string secret_line = "[a line that may tell a secret]";

INSTANTIATE_TEST_SUITE_P(
    Lines, Redaction,
    testing::Values(
        RedactionCase{"plain", "Console initialized.", "Console initialized."},
        RedactionCase{"secret", "said s3same twice: s3same", "said [removed] twice: [removed]"},
        RedactionCase{"other_secret", "another", "an[removed]"},
        RedactionCase{"password", "rcon_password \"x\"", secret_line},
        RedactionCase{"quoted_password", "rcon_pass\"word\" x", secret_line},
        RedactionCase{"token", "Logging in with logon token 'ABC'", secret_line},
        RedactionCase{"ipv4", "   Public IP is 203.0.113.7.", "   Public IP is [address]."},
        RedactionCase{"with_port", "rcon from \"198.51.100.2:4242\": command",
                      "rcon from \"[address]:4242\": command"},
        RedactionCase{"two", "1.2.3.4 5.6.7.8", "[address] [address]"},
        RedactionCase{"beside_letters", "ip=1.2.3.4x", "ip=[address]x"},
        RedactionCase{"beside_hexadecimal", "abc1.2.3.4", "abc[address]"},
        RedactionCase{"own", "udp/ip  : 0.0.0.0:27015 and 127.0.0.1",
                      "udp/ip  : 0.0.0.0:27015 and 127.0.0.1"},
        RedactionCase{"three_numbers", "1.12.7163 of 10", "1.12.7163 of 10"},
        RedactionCase{"a_version_of_four", "version : 2.2.2.9 8934", "version : [address] 8934"},
        RedactionCase{"ipv6", "from 2001:db8::1 port", "from [address] port"},
        RedactionCase{"long_ipv6", "from fe80:0:0:0:1:2:3:4", "from [address]"},
        RedactionCase{"ipv6_loopback", "on ::1 alone", "on ::1 alone"},
        RedactionCase{"time", "L 11/26/2026 - 22:45:36: x", "L 11/26/2026 - 22:45:36: x"},
        RedactionCase{"scope", "CBaseServer::Run", "CBaseServer::Run"},
        RedactionCase{"old_steam_id", "\"a<2><STEAM_1:0:1234>\"", "\"a<2><[steam id]>\""},
        RedactionCase{"steam_id", "joined [U:1:22202] late", "joined [steam id] late"},
        RedactionCase{"steam_id_of_a_server", "Steam ID [A-1:857537543(50865)].",
                      "Steam ID [steam id]."},
        RedactionCase{"long_steam_id", "by 76561197960287930", "by [steam id]"},
        RedactionCase{"brackets", "[S_API FAIL] [a:b] [1] [", "[S_API FAIL] [a:b] [1] ["}),
    NameOfCase());

TEST(RedactedLog, KeepsLinesApart)
{
    EXPECT_EQ(redacted_log("a\n\nmy secret\nb", {""}), "a\n\n" + secret_line + "\nb\n");
    EXPECT_EQ(redacted_log("", {}), "");
}

} // namespace
} // namespace left4me
