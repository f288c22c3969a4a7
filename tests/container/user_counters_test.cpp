// Who is charged for what the kernel counts for users, when systemd makes a unit's user
// namespace (PrivateUsers=): the table in docs/security.md, measured. Each takes a little, and
// looks at the count or at a limit of its own that is as small: root here is the machine's
// root, whose limits are everybody's. By a user that nobody else is.

#include "support.hpp"

#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::HasSubstr;

const std::string somebody = "left4me-counted";
const std::string another = "left4me-other";
constexpr auto uid_of_somebody = "64321";

struct UserCounters : testing::Test {
    static void SetUpTestSuite()
    {
        output({"systemd-sysusers", "--inline", std::format("u {} {}", somebody, uid_of_somebody),
                std::format("u {} 64322", another)});
    }
};

/// Of Python, for what its own modules do not have.
const std::string libc = "import ctypes, fcntl, os, signal, socket\n"
                         "libc = ctypes.CDLL(None, use_errno=True)\n"
                         "def name(): return __import__('errno').errorcode[ctypes.get_errno()]\n";

Words unit_of(const std::string& user, const Words& properties)
{
    Words words = {"systemd-run", "-q", "--collect", "--uid=" + user, "--property=PrivateUsers=yes"};
    for (const auto& property : properties)
        words.push_back("--property=" + property);
    return words;
}

/// What a unit of that user, with a user namespace of its own, says.
std::string said_by(const std::string& user, const std::string& script, const Words& properties = {})
{
    auto words = unit_of(user, properties);
    words.insert(words.end(), {"--wait", "--pipe", "python3", "-c", libc + script});
    return output(words);
}

/// A unit that has taken something until this ends.
class Taken {
public:
    explicit Taken(const std::string& script, const Words& properties = {})
    {
        auto words = unit_of(somebody, properties);
        words.insert(words.end(), {"--unit=" + unit_, "--service-type=notify", "python3", "-c",
                                   libc + script +
                                       "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                                       "s.sendto(b'READY=1', os.environ['NOTIFY_SOCKET'])\n"
                                       "signal.pause()\n"});
        const auto started = run(words);
        EXPECT_EQ(started.status, 0)
            << started.err << run({"journalctl", "-n", "10", "--no-pager", "-u", unit_}).out;
    }
    ~Taken() { run({"systemctl", "stop", unit_}); }
    Taken(const Taken&) = delete;
    Taken& operator=(const Taken&) = delete;

private:
    std::string unit_ = "left4me-taken.service";
};

/// Pending signals of the user that the words become, as the kernel counts them.
int pending_signals(const Words& as)
{
    auto words = as;
    words.insert(words.end(),
                 {"sed", "-n", "s|^SigQ:[^0-9]*\\([0-9]*\\)/.*|\\1|p", "/proc/self/status"});
    return std::stoi(output(words));
}

TEST_F(UserCounters, PendingSignalsAreRootsToo)
{
    constexpr int timers = 60;
    const Words as_somebody = {"setpriv", "--reuid=" + somebody, "--clear-groups"};
    const auto of_root = pending_signals({});
    const auto of_user = pending_signals(as_somebody);
    const Taken taken(
        std::format("t = [ctypes.c_void_p() for i in range({})]\n"
                    "for one in t: assert libc.timer_create(1, None, ctypes.byref(one)) == 0\n",
                    timers));
    EXPECT_GE(pending_signals({}), of_root + timers / 2); // others of root's come and go
    EXPECT_EQ(pending_signals(as_somebody), of_user);
}

/// In a namespace that is a machine of its own, with limits of its own: as systemd does it, its
/// root makes the unit's.
std::string with_limit(const std::string& limit, const std::string& take)
{
    const std::string script =
        "limit, take = 6, " + take +
        "\n"
        "open('/proc/sys/user/" +
        limit +
        "', 'w').write(str(limit))\n"
        "def can(n):\n"
        "    got = 0\n"
        "    while got < n and take() >= 0: got += 1\n"
        "    return got\n"
        "def in_child(act):\n"
        "    r, w = os.pipe(); go_r, go_w = os.pipe(); child = os.fork()\n"
        "    if child == 0:\n"
        "        act(); os.close(r)\n"
        "        os.write(w, b'x'); os.read(go_r, 1)\n"
        "        os.write(w, str(can(limit)).encode()); os.read(go_r, 1); os._exit(0)\n"
        "    os.read(r, 1)\n"
        "    return child, r, go_w\n"
        "def user(): os.setresuid(1000, 1000, 1000)\n"
        "def ask(process):\n"
        "    os.write(process[2], b'x'); return int(os.read(process[1], 9))\n"
        "child = in_child(lambda: os.unshare(os.CLONE_NEWUSER))\n"
        "open(f'/proc/{child[0]}/uid_map', 'w').write('0 0 1\\n1000 1000 1')\n"
        "same = in_child(user)\n"
        "print(f'unit {ask(child)} root {can(1)} user {ask(same)}')\n"
        "os.write(child[2], b'x'); os.write(same[2], b'x')\n";
    return output({"unshare", "--user", "--map-users=0,0,65536", "--map-groups=0,0,65536", "--setuid",
                   "0", "--setgid", "0", "python3", "-c", libc + script});
}

TEST_F(UserCounters, InotifyInstancesAreRootsToo)
{
    EXPECT_EQ(with_limit("max_inotify_instances", "lambda: libc.inotify_init1(0)"),
              "unit 6 root 0 user 6");
}

TEST_F(UserCounters, KeysAreTheUsersOwn)
{
    // "UID: USAGE KEYS/INSTANTIATED …", of each user that has any
    const auto keys_of = [](const std::string& user) {
        const auto line = "s|^ *" + user + ": *[0-9]* \\([0-9]*\\)/.*|\\1|p";
        const auto keys = output({"sed", "-n", line, "/proc/key-users"});
        return keys.empty() ? 0 : std::stoi(keys);
    };
    constexpr int keys = 40;
    const auto of_root = keys_of("0");
    const Taken taken(std::format("for i in range({}):\n"
                                  "    assert libc.syscall(248, b'user', b'k%d' % i, b'x', 1, -2) > 0\n",
                                  keys));
    EXPECT_GE(keys_of(uid_of_somebody), keys);
    EXPECT_LT(keys_of("0"), of_root + keys / 2); // others of root's come and go
}

TEST_F(UserCounters, MessageQueuesAreRootsToo)
{
    const std::string take =
        "import sys\nassert libc.mq_open(sys.argv[1].encode(), 0o102, 0o600, None) >= 0, name()\n";
    const auto by_root = [&] {
        auto done =
            run({"prlimit", "--msgqueue=120000", "python3", "-c", libc + take, "/left4me-of-root"});
        run({"python3", "-c", libc + "libc.mq_unlink(b'/left4me-of-root')"});
        return done;
    };
    EXPECT_EQ(by_root().status, 0);
    {
        const Taken taken("assert libc.mq_open(b'/left4me-of-unit', 0o102, 0o600, None) >= 0, name()\n");
        EXPECT_THAT(by_root().err, HasSubstr("EMFILE"));
    }
    run({"python3", "-c", libc + "libc.mq_unlink(b'/left4me-of-unit')"});
    EXPECT_EQ(by_root().status, 0);
}

TEST_F(UserCounters, PagesOfPipesAreSharedByTheUsersUnits)
{
    const std::string size = "r, w = os.pipe(); print(fcntl.fcntl(r, 1032))\n"; // F_GETPIPE_SZ
    const auto whole = said_by(somebody, size);
    const Taken taken("p = [os.pipe() for i in range(1030)]\n", {"LimitNOFILE=4096"});
    EXPECT_LT(std::stoi(said_by(somebody, size)), std::stoi(whole));
    EXPECT_EQ(said_by(another, size), whole);
    EXPECT_EQ(output({"python3", "-c", libc + size}), whole);
}

TEST_F(UserCounters, DescriptorsOnTheirWayAreSharedByTheUsersUnits)
{
    const Words few = {"LimitNOFILE=64"};
    const std::string send = "a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                             "def send(n):\n"
                             "    try: socket.send_fds(a, [b'x'], [0] * n); return 'sent'\n"
                             "    except OSError as e: return __import__('errno').errorcode[e.errno]\n";
    const std::string one = send + "print(send(1))\n";
    EXPECT_EQ(said_by(somebody, one, few), "sent");
    const Taken taken(send + "assert send(100) == 'sent'\n", few);
    EXPECT_EQ(said_by(somebody, one, few), "ETOOMANYREFS");
    EXPECT_EQ(said_by(another, one, few), "sent");
}

} // namespace
} // namespace left4me::test
