#include "hosts_servers.hpp"

#include <csignal>
#include <format>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me::test {

const HostsServer alpha = {"alpha", 27015};
const HostsServer beta = {"beta", 27016};
const HostsServer crashing = {"crashing", 27017};
const HostsServer stopped = {"stopped", 27018};
const HostsServer restarted = {"restarted", 27019};

std::vector<HostsServer> all_servers()
{
    return {alpha, beta, crashing, stopped, restarted};
}

std::string HostsServer::place_of_0_1() const
{
    return std::format("{}/instances/{}/live", state, name);
}

std::string HostsServer::place() const
{
    return std::format("{}/live/{}", state, name);
}

std::string HostsServer::merged() const
{
    return std::format("{}/runtime/{}/merged", state, name);
}

bool HostsServer::plays() const
{
    return eventually(
        [&] {
            return run({"/tests/real_server/query", std::to_string(port)}).out.contains("name=" + name);
        },
        std::chrono::seconds(20));
}

nlohmann::json HostsServer::life() const
{
    nlohmann::json life;
    for (const auto* property : {"MainPID", "InvocationID", "ExecMainStartTimestampMonotonic",
                                 "ActiveEnterTimestampMonotonic", "NRestarts"})
        life[property] = unit_property(server_unit(), property);
    life["overlay"] = unit_property(overlay_unit(), "InvocationID");
    life["mount"] = mount_line(name);
    return life;
}

void HostsServer::crash() const
{
    const auto before = unit_property(server_unit(), "MainPID");
    ASSERT_EQ(run({"systemctl", "kill", "--signal=SIGKILL", "--kill-whom=all", server_unit()}).status,
              0);
    EXPECT_TRUE(eventually(
        [&] {
            const auto now = unit_property(server_unit(), "MainPID");
            return now != "0" && now != before;
        },
        std::chrono::seconds(20)))
        << run({"journalctl", "-n30", "--no-pager", "-u", server_unit()}).out;
}

void HostsServer::stop_and_start() const
{
    for (const auto& done : {l4d2ctl({"stop", name}), start_by_l4d2ctl(name)})
        EXPECT_EQ(done.status, 0) << done.out << done.err;
}

Outcome start_by_l4d2ctl(const std::string& name)
{
    Words words = {"start", name};
    if (l4d2ctl({"start", "--help"}).out.contains("--no-wait"))
        words.emplace_back("--no-wait");
    return l4d2ctl(words);
}

void HostsServer::restart_by_systemd() const
{
    for (const auto* verb : {"stop", "start"}) {
        const auto done = run({"systemctl", verb, server_unit()});
        EXPECT_EQ(done.status, 0) << verb << done.err
                                  << run({"journalctl", "-n30", "--no-pager", "-u", server_unit()}).out;
    }
}

std::vector<std::string> HostsServer::restart_reasons() const
{
    return nlohmann::json::parse(output({"l4d2ctl", "status", name, "--json"})).at("restart_reasons");
}

void dpkg(const std::vector<std::string>& words)
{
    std::vector<std::string> command = {"env", "DEBIAN_FRONTEND=noninteractive", "dpkg",
                                        "--force-confold"};
    command.insert(command.end(), words.begin(), words.end());
    const auto done = run(command);
    ASSERT_EQ(done.status, 0) << testing::PrintToString(words) << done.out << done.err;
}

Bystander::Bystander(const std::string& folder) : process_(fork())
{
    if (process_ == 0) {
        if (chdir(folder.c_str()) != 0)
            _exit(1);
        execlp("sleep", "sleep", "infinity", nullptr);
        _exit(1);
    }
    // It is there when it stands there.
    EXPECT_TRUE(eventually(
        [&] { return run({"readlink", std::format("/proc/{}/cwd", process_)}).out == folder + "\n"; }));
}

Bystander::~Bystander()
{
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
}

} // namespace left4me::test
