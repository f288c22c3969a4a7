#include "packet_rules.hpp"

#include "support.hpp"

#include <format>

namespace left4me::test {
namespace {

const std::string drop_in = std::format("/run/systemd/system/{}.d/70-unowned.conf", packet_rules_unit);

/// Of that unit alone: servers require it, and would be restarted with it.
void restart_unit()
{
    EXPECT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    run({"systemctl", "reset-failed", packet_rules_unit}); // its count of starts
    EXPECT_EQ(run({"systemctl", "--job-mode=ignore-dependencies", "restart", packet_rules_unit}).status,
              0);
}

} // namespace

UnownedPacketRules::UnownedPacketRules()
{
    EXPECT_EQ(run({"systemctl", "start", packet_rules_unit}).status, 0);
    write_file(drop_in, "[Service]\nType=exec\nExecStart=\nExecStart=sleep infinity\nExecReload=\n");
    restart_unit();
}

UnownedPacketRules::~UnownedPacketRules()
{
    remove_all(drop_in);
    restart_unit();
}

NoPacketRules::NoPacketRules()
{
    EXPECT_EQ(run({"nft", "destroy", "table", "inet", "left4me"}).status, 0);
}

bool packet_rules_are_there()
{
    return run({"nft", "list", "table", "inet", "left4me"}).status == 0;
}

} // namespace left4me::test
