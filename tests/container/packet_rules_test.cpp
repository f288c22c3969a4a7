// The packet rules of servers and builds: they are in force at every moment, whatever else
// changes the host's rules, and they mark what servers send.

#include "neighbour.hpp"
#include "packet_rules.hpp"
#include "probe_server.hpp"

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <format>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace left4me::test {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

// --- packet marks ---------------------------------------------------------------

struct Marks : ServerTest {
    void SetUp() override
    {
        // Behind the package's chain, which runs at priority mangle.
        const auto rules = std::format(R"(
destroy table inet left4me_gate
table inet left4me_gate {{
    counter sent {{}}
    counter sent_ef {{}}
    counter received {{}}
    counter received_ef {{}}
    chain output {{
        type filter hook output priority 0; policy accept;
        udp sport {0} counter name sent
        udp sport {0} ip dscp ef counter name sent_ef
        udp dport {0} counter name received
        udp dport {0} ip dscp ef counter name received_ef
    }}
}}
)",
                                       port);
        counting_ = run({"nft", "-f", "-"}, rules);
        ASSERT_EQ(counting_.status, 0) << counting_.err;
    }

    void TearDown() override { run({"nft", "destroy", "table", "inet", "left4me_gate"}); }

    [[nodiscard]] static std::uint64_t packets(const std::string& counter)
    {
        const auto all = nlohmann::json::parse(
            output({"nft", "-j", "list", "counter", "inet", "left4me_gate", counter}));
        return all.at("nftables").at(1).at("counter").at("packets");
    }

    Outcome counting_;
};

TEST_F(Marks, OnlyAServersPacketsAreMarked)
{
    start_with();
    EXPECT_TRUE(game_is_ready());
    EXPECT_TRUE(eventually([] { return packets("sent_ef") > 0; }));
    EXPECT_EQ(packets("sent_ef"), packets("sent"));
    // The client's queries come from outside the slice.
    EXPECT_GT(packets("received"), 0U);
    EXPECT_EQ(packets("received_ef"), 0U);
}

TEST_F(Marks, WithoutTheTableNothingIsMarked)
{
    start_with();
    {
        const NoPacketRules none;
        run({"nft", "reset", "counters", "table", "inet", "left4me_gate"});
        EXPECT_TRUE(game_is_ready());
        EXPECT_GT(packets("sent"), 0U);
        EXPECT_EQ(packets("sent_ef"), 0U);
    }
    EXPECT_TRUE(game_is_ready());
    EXPECT_TRUE(eventually([] { return packets("sent_ef") > 0; }));
}

// --- at every moment ------------------------------------------------------------

/// Takes every connection at a port of loopback, and counts the bytes that come.
class ByteCounter {
public:
    explicit ByteCounter(std::uint16_t port) : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        const int on = 1;
        setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
        inet_pton(AF_INET, "127.0.0.1", &name.sin_addr);
        EXPECT_EQ(bind(listener_, reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
        EXPECT_EQ(listen(listener_, SOMAXCONN), 0);
        thread_ = std::thread([this] { count(); });
    }
    ~ByteCounter()
    {
        done_ = true;
        thread_.join();
        close(listener_);
    }
    ByteCounter(const ByteCounter&) = delete;
    ByteCounter& operator=(const ByteCounter&) = delete;

    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    void count()
    {
        constexpr int tick_ms = 20;
        std::vector<pollfd> ends = {{listener_, POLLIN, 0}};
        while (!done_) {
            poll(ends.data(), ends.size(), tick_ms);
            for (std::size_t i = 1; i < ends.size(); ++i)
                take(ends[i]);
            if (ends.front().revents != 0)
                ends.push_back({accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), POLLIN, 0});
        }
        for (std::size_t i = 1; i < ends.size(); ++i)
            close(ends[i].fd);
    }

    void take(pollfd& end)
    {
        std::array<char, 4096> buffer = {};
        const auto got = end.revents == 0 ? 0 : recv(end.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
        bytes_ += got > 0 ? static_cast<std::size_t>(got) : 0;
        if (end.revents != 0 && got <= 0) {
            close(end.fd);
            end.fd = -1;
        }
    }

    int listener_;
    std::atomic<bool> done_ = false;
    std::atomic<std::size_t> bytes_ = 0;
    std::thread thread_;
};

/// S46. A server whose game is the probe, and a service of the host's on loopback.
struct PacketRules : ProbeServer {
    static constexpr std::uint16_t service = 8100; // 8000 has the web interface
    const std::string connects = std::format("connects:10000:tcp:127.0.0.1:{}", service);
    const std::string drip = std::format("drip:tcp:127.0.0.1:{}", service);

    /// All that an operator does to the host's own rules, until the attempt has ended.
    void change_the_hosts_rules() const
    {
        const std::array acts = {
            Words{"start", "nftables.service"},       Words{"reload", "nftables.service"},
            Words{"reload", packet_rules_unit},       Words{"restart", "nftables.service"},
            Words{"reload", "nftables.service"},      Words{"stop", "nftables.service"},
            Words{"reset-failed", "nftables.service"}}; // its count of starts
        EXPECT_TRUE(eventually(
            [&] {
                for (const auto& act : acts)
                    EXPECT_EQ(run({"systemctl", act.front(), act.back()}).status, 0) << act.front();
                EXPECT_EQ(run({"nft", "flush", "ruleset"}).status, 0);
                return has_ended();
            },
            std::chrono::seconds(300)));
    }
};

TEST_F(PacketRules, AreNotTakenAwayByAnybody)
{
    start_with();
    const auto before = pid();
    for (const auto& command :
         {Words{"nft", "flush", "ruleset"}, Words{"nft", "-f", "/etc/nftables.conf"},
          Words{"systemctl", "start", "nftables.service"},
          Words{"systemctl", "reload", "nftables.service"},
          Words{"systemctl", "stop", "nftables.service"}}) {
        EXPECT_EQ(run(command).status, 0);
        EXPECT_TRUE(packet_rules_are_there()) << testing::PrintToString(command);
    }
    for (const auto& command : {Words{"nft", "delete", "table", "inet", "left4me"},
                                Words{"nft", "flush", "chain", "inet", "left4me", "local"},
                                Words{"nft", "insert rule inet left4me output accept"}})
        EXPECT_NE(run(command).status, 0) << testing::PrintToString(command);
    EXPECT_EQ(pid(), before) << "the server was restarted";
}

/// The control of that.
TEST_F(PacketRules, AreTakenAwayWhereNobodyOwnsThem)
{
    start_with();
    const UnownedPacketRules unowned;
    EXPECT_TRUE(packet_rules_are_there());
    ASSERT_EQ(run({"nft", "flush", "ruleset"}).status, 0);
    EXPECT_FALSE(packet_rules_are_there());
}

TEST_F(PacketRules, OutliveTheProgramThatOwnsThemAndAreOwnedAgain)
{
    start_with();
    const auto before = pid();
    const auto owner = unit_property(packet_rules_unit, "MainPID");
    ASSERT_EQ(run({"kill", "-9", owner}).status, 0);
    EXPECT_TRUE(packet_rules_are_there());
    EXPECT_TRUE(eventually([&] {
        const auto now = unit_property(packet_rules_unit, "MainPID");
        return now != owner && now != "0" && unit_property(packet_rules_unit, "ActiveState") == "active";
    }));
    EXPECT_THAT(output({"nft", "list", "table", "inet", "left4me"}), HasSubstr("flags owner,persist"));
    EXPECT_EQ(pid(), before) << "the server was restarted";
}

/// S43. A unit's own, counted by the filter of sockets: what is closed is given back, what is
/// accepted counts for nothing, and another unit has as many.
TEST_F(PacketRules, LetAUnitHaveSoManySocketsAtATime)
{
    start_with();
    const auto said = [](const std::string& slice, const std::string& script) {
        return output({"systemd-run", "-q", "--collect", "--wait", "--pipe", "--uid=left4me",
                       "--slice=" + slice, "python3", "-c",
                       "import errno, socket, subprocess, sys\nkeep = []\n" + script});
    };
    const std::string fill =
        "try:\n"
        "    for i in range(700): keep.append(socket.socket(type=1 + i % 2))\n"
        "except OSError as e: print(len(keep), errno.errorcode[e.errno], flush=True)\n"
        "else: print(len(keep), flush=True)\n";
    const std::string turnover = "door = socket.create_server(('127.0.0.1', 0))\n"
                                 "for i in range(700):\n"
                                 "    one = socket.create_connection(door.getsockname())\n"
                                 "    other = door.accept()[0]\n"
                                 "    one.close(); other.close()\n";
    EXPECT_EQ(said("l4d2.slice", fill), "512 EPERM");
    EXPECT_EQ(said("l4d2.slice", turnover + fill), "511 EPERM");
    EXPECT_EQ(said("system.slice", fill), "700");
    // Another process of the unit has none of its own.
    EXPECT_EQ(said("l4d2.slice", fill +
                                     "print(subprocess.call([sys.executable, '-c', "
                                     "'import socket; socket.socket()'], stderr=subprocess.DEVNULL))\n"),
              "512 EPERM\n1");
}

TEST_F(PacketRules, StayAsTheyAreWhenTheirFilesAreWrong)
{
    start_with();
    const std::string file = "/etc/left4me/nftables.d/test.nft";
    write_file(file, "add element inet left4me local_tcp { no_port }\n");
    EXPECT_NE(run({"systemctl", "reload", packet_rules_unit}).status, 0);
    EXPECT_THAT(output({"journalctl", "--no-pager", "-o", "cat", "-n", "20", "-u", packet_rules_unit}),
                HasSubstr("no_port"));
    EXPECT_TRUE(packet_rules_are_there());
    write_file(file, "add element inet left4me local_tcp { 3306 }\n");
    EXPECT_EQ(run({"systemctl", "reload", packet_rules_unit}).status, 0);
    EXPECT_THAT(output({"nft", "list", "set", "inet", "left4me", "local_tcp"}), HasSubstr("3306"));
    remove_all(file);
    EXPECT_EQ(run({"systemctl", "reload", packet_rules_unit}).status, 0);
    EXPECT_THAT(output({"nft", "list", "set", "inet", "left4me", "local_tcp"}), Not(HasSubstr("3306")));
}

TEST_F(PacketRules, LetNoneOfTenThousandConnectsThroughWhileTheHostsOwnAreLoaded)
{
    const ByteCounter host(service);
    start_attempts({connects});
    change_the_hosts_rules();
    // What the last one got: the refusal may be lost on a busy machine.
    EXPECT_THAT(answers().result(connects), AnyOf("ECONNREFUSED", "ETIMEDOUT"));
    EXPECT_EQ(host.bytes(), 0U);
}

/// Loaded by nft, with the drop-in of nftables.service that 0.1.0 had.
TEST_F(PacketRules, LetSomeThroughWhereNobodyOwnsThem)
{
    const std::string rules = "/run/unowned-test.nft";
    const std::string host_drop_in = "/run/systemd/system/nftables.service.d/50-test.conf";
    const std::string drop_in = "/run/systemd/system/" + packet_rules_unit + ".d/80-unowned.conf";
    const ByteCounter host(service);
    const UnownedPacketRules unowned;
    ASSERT_EQ(run({"sh", "-c", "sed '/flags owner/d' /usr/lib/left4me/nftables.nft >" + rules}).status,
              0);
    write_file(drop_in, "[Service]\nExecReload=/usr/sbin/nft --file " + rules + "\n");
    write_file(host_drop_in, "[Service]\n"
                             "ExecStartPost=-/usr/bin/systemctl --no-block try-reload-or-restart " +
                                 packet_rules_unit + "\n");
    ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    start_attempts({connects});
    change_the_hosts_rules();
    EXPECT_GT(host.bytes(), 0U);
    for (const auto& file : {drop_in, host_drop_in, rules})
        remove_all(file);
    ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
}

/// What was connected while there were none says nothing once they are there.
TEST_F(PacketRules, CutWhatWasConnectedWithoutThem)
{
    const ByteCounter host(service);
    {
        const NoPacketRules none;
        start_attempts({drip});
        ASSERT_TRUE(eventually([&] { return host.bytes() > 0; }));
    }
    const auto before = host.bytes();
    EXPECT_TRUE(eventually([&] { return has_ended(); }, std::chrono::seconds(30)));
    EXPECT_LE(host.bytes(), before + 1); // one on its way
}

/// The control of that: where nothing but the first packet of a connection is looked at.
TEST_F(PacketRules, WouldNotCutItByItsFirstPacketAlone)
{
    const ByteCounter host(service);
    const UnownedPacketRules unowned;
    ASSERT_EQ(
        run({"nft", "insert rule inet left4me local tcp flags & (syn | ack) != syn accept"}).status, 0);
    ASSERT_EQ(run({"nft", "insert rule inet left4me output accept"}).status, 0);
    start_attempts({drip});
    ASSERT_TRUE(eventually([&] { return host.bytes() > 0; }));
    const auto rules = output({"nft", "-a", "list", "chain", "inet", "left4me", "output"});
    const auto handle = rules.substr(rules.find("accept # handle ") + 16);
    ASSERT_EQ(
        run({"nft", "delete rule inet left4me output handle " + handle.substr(0, handle.find('\n'))})
            .status,
        0);
    const auto before = host.bytes();
    EXPECT_TRUE(eventually([&] { return has_ended(); }, std::chrono::seconds(30)));
    EXPECT_GT(host.bytes(), before + 10);
}

// --- beside unicast ---------------------------------------------------------------

/// S45. A unit's denial answers with an error, and what the kernel loops back of a broadcast
/// arrives all the same: it has no sender that a filter by cgroup would know.
struct Broadcast : PacketRules {
    static constexpr std::uint16_t anywhere = 27950;

    /// The answer to one to the private network, which the unit denies.
    std::string send_one()
    {
        const auto attempt = std::format("connect:udp:10.7.7.255:{}", anywhere);
        start_attempts({attempt});
        EXPECT_TRUE(eventually([&] { return has_ended(); }));
        return answers().result(attempt);
    }

    Neighbour neighbour_;
    Listener host_{"0.0.0.0", anywhere};
};

TEST_F(Broadcast, DoesNotReachThisHost)
{
    EXPECT_EQ(send_one(), "EPERM");
    EXPECT_FALSE(host_.reached());
}

TEST_F(Broadcast, ReachesItWithoutThePacketRules)
{
    const NoPacketRules none;
    EXPECT_EQ(send_one(), "EPERM");
    EXPECT_TRUE(eventually([&] { return host_.reached(); }));
}

} // namespace
} // namespace left4me::test
