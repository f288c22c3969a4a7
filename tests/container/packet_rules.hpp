#pragma once

#include <string>

namespace left4me::test {

inline const std::string packet_rules_unit = "left4me-nftables.service";

/// The packet rules as they are, but nobody's: as after a program that has ended, whoever
/// may change rules may change these. The unit is up, and its end gives them back to it.
class UnownedPacketRules {
public:
    UnownedPacketRules();
    ~UnownedPacketRules();
    UnownedPacketRules(const UnownedPacketRules&) = delete;
    UnownedPacketRules& operator=(const UnownedPacketRules&) = delete;
};

/// None at all, nor the filter of sockets; the unit is up.
class NoPacketRules {
public:
    NoPacketRules();

private:
    UnownedPacketRules unowned_;
};

[[nodiscard]] bool packet_rules_are_there();

} // namespace left4me::test
