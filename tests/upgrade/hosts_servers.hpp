#pragma once

#include "support.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace left4me::test {

/// Where make_next_package puts it on this host.
inline const std::string next_deb = "/var/tmp/left4me-next.deb";

/// One server of the host whose package is upgraded: Debian's teeworlds-server, a real
/// 32-bit game, on two layers. Each lives through every phase.
struct HostsServer {
    std::string name;
    std::uint16_t port;

    [[nodiscard]] std::string server_unit() const { return "left4me-server@" + name + ".service"; }
    [[nodiscard]] std::string overlay_unit() const { return "left4me-overlay@" + name + ".service"; }
    [[nodiscard]] std::string place_of_0_1() const;
    [[nodiscard]] std::string place() const;
    [[nodiscard]] std::string merged() const;

    /// Waits until it answers with its own name: the configuration reached it.
    [[nodiscard]] bool plays() const;

    /// What nobody may notice: processes, mounts, lives.
    [[nodiscard]] nlohmann::json life() const;

    /// SIGKILL for all of its processes, and waits until systemd has started it again.
    void crash() const;
    /// As an operator does.
    void stop_and_start() const;
    /// As an operator who knows systemd does.
    void restart_by_systemd() const;

    [[nodiscard]] std::vector<std::string> restart_reasons() const;
};

/// Two that are left alone, and one for each way to be started again.
extern const HostsServer alpha, beta, crashing, stopped, restarted;
std::vector<HostsServer> all_servers();

/// Without a wait for answers, which the games of these tests do not give, where the release knows of
/// one.
Outcome start_by_l4d2ctl(const std::string& name);

/// What an operator does with systemctl, dpkg …; the test fails if it fails.
void dpkg(const std::vector<std::string>& words);

/// A process of root that stands in a folder until it is ended.
class Bystander {
public:
    explicit Bystander(const std::string& folder);
    ~Bystander();
    Bystander(const Bystander&) = delete;
    Bystander& operator=(const Bystander&) = delete;
    [[nodiscard]] int process() const { return process_; }

private:
    int process_;
};

} // namespace left4me::test
