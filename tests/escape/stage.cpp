#include "stage.hpp"

#include "packet_rules.hpp"

#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <mqueue.h>
#include <pwd.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace left4me::escape {
namespace {

namespace fs = std::filesystem;
using test::run;
using test::state;

const std::string victim_unit = "left4me-escape-victim.service";
const std::string unix_path = "/run/left4me-canary.socket";
const std::string abstract_name = "left4me-escape";
const std::string queue_name = "/left4me-canary";
constexpr key_t segment_key = 7077;

const Words planted = {
    "/etc/left4me/left4me-canary",
    "/etc/ssl/private/left4me-canary",
    "/tmp/left4me-canary",
    "/var/tmp/left4me-canary",
    "/dev/shm/left4me-canary",
    "/var/log/left4me-canary",
    "/usr/local/share/left4me-canary",
    "/boot/left4me-canary",
    "/home/left4me-canary",
    "/usr/lib/modules/left4me-canary",
    state + "/overlays/left4me-canary",
    state + "/versions/left4me-canary",
    state + "/builds/left4me-canary",
    state + "/steamcmd/left4me-canary",
    state + "/left4me.db",
    state + "/left4me.db-wal",
    state + "/left4me.db-shm",
};

std::string merged()
{
    return std::format("{}/runtime/{}/merged", state, taken);
}

std::string unit()
{
    return std::format("left4me-server@{}.service", taken);
}

std::string drop_in()
{
    return std::format("/run/systemd/system/{}.d/60-flip.conf", unit());
}

void must(const test::Outcome& done)
{
    EXPECT_EQ(done.status, 0) << done.err;
}

/// World-readable, its directory too: what hides it is to be the sandbox alone.
void plant(const std::string& path)
{
    test::write_file(path, "canary");
    EXPECT_EQ(chmod(path.c_str(), 0644), 0);
    if (path.starts_with("/etc/ssl")) {
        EXPECT_EQ(chmod("/etc/ssl/private", 0755), 0);
    }
}

int listen_unix(const sockaddr_un& name, std::size_t size)
{
    const int end = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(bind(end, reinterpret_cast<const sockaddr*>(&name), static_cast<socklen_t>(size)), 0);
    EXPECT_EQ(listen(end, SOMAXCONN), 0);
    return end;
}

int listen_at_path()
{
    test::remove_all(unix_path);
    sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = {}};
    unix_path.copy(name.sun_path, sizeof name.sun_path - 1);
    const int end = listen_unix(name, sizeof name);
    EXPECT_EQ(chmod(unix_path.c_str(), 0666), 0);
    return end;
}

int listen_at_abstract_name()
{
    sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = {}};
    abstract_name.copy(name.sun_path + 1, sizeof name.sun_path - 1);
    return listen_unix(name, offsetof(sockaddr_un, sun_path) + 1 + abstract_name.size());
}

std::string arguments()
{
    return std::format("--out {0}/probe64.txt --also {0}/probe32 {0}/probe32.txt --stay --from "
                       "{0}/attempts.txt",
                       merged());
}

/// The same for a spec.
std::string quoted_arguments()
{
    std::string list;
    std::istringstream words(arguments());
    for (std::string word; words >> word;)
        list += std::format("{}'{}'", list.empty() ? "" : ", ", word);
    return list;
}

} // namespace

Stage::Stage() : layer_(state + "/overlays/escape")
{
    must(run({"systemctl", "start", "left4me-broker.socket", "left4me-broker-logs.socket",
              "left4me-web.service"}));
    web_ = test::unit_property("left4me-web.service", "MainPID");
    for (const auto& name : {taken, peer})
        must(test::l4d2ctl({"delete", name}));
    for (const auto& path : planted)
        plant(path);
    fs::create_directories(layer_);
    const auto probe = test::tests_dir + "/probe";
    for (const auto& [from, to] :
         {std::pair("32", "/probe32"), {"64", "/probe64"}, {"64", "/srcds_linux"}})
        fs::copy_file(probe + from, layer_ + to, fs::copy_options::overwrite_existing);
    must(test::l4d2ctl({"initialize", peer, "-f", "-"}, std::format("port: {}\n", peer_port)));
    must(test::l4d2ctl({"start", "--no-wait", peer}));
    must(test::l4d2ctl({"initialize", taken, "-f", "-"},
                       std::format("port: {}\noverlays: [{{path: escape}}]\narguments: [{}]\n",
                                   taken_port, quoted_arguments())));
    run({"systemctl", "stop", victim_unit});
    must(run({"systemd-run", "-q", "--collect", "--uid=left4me", "--unit=" + victim_unit, "sleep",
              "infinity"}));
    victim_ = test::unit_property(victim_unit, "MainPID");
    for (const auto* address : {"127.0.0.1", "::1", test::own_address.c_str()})
        listeners_.push_back(std::make_unique<test::Listener>(address, listener_port));
    for (const auto* address : {"127.7.7.7", "198.51.100.1", "2001:db8:7::1"})
        listeners_.push_back(std::make_unique<test::Listener>(address, listener_port));
    for (const auto* address : {"0.0.0.0", "::"})
        listeners_.push_back(std::make_unique<test::Listener>(address, anywhere_port));
    for (const auto& address :
         {test::provider_address.c_str(), test::link_local.c_str(), test::private_address.c_str(),
          "172.16.77.7", "192.168.77.7", "100.64.7.7", "198.18.7.7", "fd07:7::7", "64:ff9b::a07:707",
          "2002:a07:707::7"})
        listeners_.push_back(neighbour_.listen(address, listener_port));
    for (const auto& address : {test::player_address, test::player_address6})
        public_listeners_.push_back(neighbour_.listen(address, listener_port));
    unix_ = listen_at_path();
    abstract_ = listen_at_abstract_name();
    segment_ = shmget(segment_key, 4096, IPC_CREAT | 0666);
    const auto old_mask = umask(0);
    close(mq_open(queue_name.c_str(), O_RDWR | O_CREAT, 0666, nullptr));
    umask(old_mask);
    terminal_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    EXPECT_EQ(grantpt(terminal_) | unlockpt(terminal_), 0);
    terminal_name_ = ptsname(terminal_);
    must(run({"chown", "left4me", terminal_name_}));
    EXPECT_TRUE(peer_plays());
}

Stage::~Stage()
{
    test::remove_all(drop_in());
    run({"systemctl", "daemon-reload"});
    for (const auto& name : {taken, peer})
        test::l4d2ctl({"delete", name});
    run({"systemctl", "stop", victim_unit});
    for (const int descriptor : {terminal_, abstract_, unix_})
        close(descriptor);
    shmctl(segment_, IPC_RMID, nullptr);
    mq_unlink(queue_name.c_str());
    for (const auto& path : planted)
        test::remove_all(path);
    test::remove_all(unix_path);
    test::remove_all(layer_);
    EXPECT_EQ(chmod("/etc/ssl/private", 0700), 0);
}

std::string Stage::fill_in(std::string attempt) const
{
    for (const auto& [place, value] : {std::pair<std::string, std::string>{"VICTIM", victim_},
                                       {"WEB", web_},
                                       {"TERMINAL", terminal_name_}})
        if (const auto at = attempt.find(place); at != std::string::npos)
            attempt.replace(at, place.size(), value);
    return attempt;
}

void Stage::write_attempts(const Words& attempts) const
{
    std::string text;
    for (const auto& attempt : attempts)
        text += fill_in(attempt) + '\n';
    test::write_file(layer_ + "/attempts.txt", text);
}

/// With one descriptor open that should not be.
Answers Stage::run_outside(const Words& command, const Words& attempts) const
{
    write_attempts(attempts);
    Answers answers;
    for (const auto* abi : {"32", "64"}) {
        auto words = command;
        for (const auto& word :
             {std::string("sh"), std::string("-c"),
              std::string("exec 5</etc/passwd; exec \"$0\" \"$@\""), layer_ + "/probe" + abi,
              std::string("--from"), layer_ + "/attempts.txt"})
            words.push_back(word);
        answers[abi] = test::ProbeReport(run(words).out);
    }
    return answers;
}

Answers Stage::without_sandbox(const Words& attempts)
{
    return run_outside({"systemd-run", "-q", "--collect", "--uid=left4me", "--wait", "--pipe"},
                       attempts);
}

Answers Stage::as_root(const Words& attempts)
{
    return run_outside({"unshare", "--mount", "--propagation", "private"}, attempts);
}

Answers Stage::start_and_read()
{
    constexpr auto limit = std::chrono::seconds(60);
    must(test::l4d2ctl({"stop", taken}));
    // Without the unit's own root systemd has made this in the host's, as root, to bind on.
    test::remove_all(std::format("{}/instances/{}/live", state, taken));
    for (const auto* abi : {"32", "64"})
        test::remove_all(std::format("{}/runtime/{}/upper/probe{}.txt", state, taken, abi));
    must(test::l4d2ctl({"start", "--no-wait", taken}));
    EXPECT_TRUE(test::eventually([] { return test::exists(merged() + "/probe64.txt"); }, limit));
    Answers answers;
    for (const auto* abi : {"32", "64"})
        answers[abi] = test::ProbeReport(test::read_file(std::format("{}/probe{}.txt", merged(), abi)));
    return answers;
}

Answers Stage::in_the_unit(const Words& attempts)
{
    write_attempts(attempts);
    test::remove_all(drop_in());
    must(run({"systemctl", "daemon-reload"}));
    return start_and_read();
}

Answers Stage::in_the_unit_with(const std::string& settings, const Words& attempts)
{
    write_attempts(attempts);
    test::write_file(drop_in(), std::format("[Service]\nExecStart=\nExecStart={}/probe64 {}\n{}",
                                            merged(), arguments(), settings));
    must(run({"systemctl", "daemon-reload"}));
    return start_and_read();
}

Answers Stage::without_packet_rules(const std::function<Answers()>& try_all)
{
    const test::NoPacketRules none;
    return try_all();
}

bool Stage::somebody_was_reached()
{
    bool any = false;
    for (const auto& listener : listeners_)
        any = listener->reached() || any;
    return any;
}

bool Stage::peer_plays()
{
    return test::game_answers(peer_port);
}

} // namespace left4me::escape
