// Who is charged for what the kernel counts for users, when systemd makes a unit's user
// namespace (PrivateUsers=): the table in docs/security.md, measured. Each takes a little, and
// looks at the count or at a limit of its own that is as small: root here is the machine's
// root, whose limits are everybody's. By a user that nobody else is.

#include "counted_user.hpp"

#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::HasSubstr;

struct UserCounters : testing::Test {
    static void SetUpTestSuite() { make_counted_users(); }
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

// --- up the chain of namespaces ----------------------------------------------------

/// One of the kernel's counters. limit: how six of them are allowed; take: one more, or -1.
struct Counter {
    const char* name;
    const char* limit;
    const char* take;
    const char* said = "unit 6 root 0 user 6";
};

void PrintTo(const Counter& counter, std::ostream* out)
{
    *out << counter.name;
}

/// In a namespace that is a machine of its own, with limits of its own: as systemd does it, its
/// root makes the unit's, in which the user takes all that is allowed. Not by root of the host,
/// who is let off some of the limits.
std::string with_limit(const Counter& counter)
{
    const auto script = std::format(
        R"(
def allow(what, n=6): open('/proc/sys/user/' + what, 'w').write(str(n))
def files(): # of all, one more each time
    for number in itertools.count(): yield os.memfd_create('left4me')
more = files()
def own(make, of={{}}): # of this process
    if os.getpid() not in of: of[os.getpid()] = make()
    return of[os.getpid()]
def stays(act=lambda: 0):
    r, w = os.pipe()
    if os.fork() == 0:
        got = act()
        libc.prctl(1, signal.SIGKILL)
        os.write(w, b'y' if got >= 0 else b'n')
        signal.pause()
    return 0 if os.read(r, 1) == b'y' else -1
def new(namespace): return stays(lambda: libc.unshare(os.CLONE_NEWUSER | namespace))
take = {1}
{0}
def can(n): return fill(n, take).split()[0]
def in_child(act):
    r, w = os.pipe(); go_r, go_w = os.pipe(); child = os.fork()
    if child == 0:
        libc.prctl(1, signal.SIGKILL)
        act(); os.close(r)
        os.write(w, b'x'); os.read(go_r, 1)
        os.setresgid(1000, 1000, 1000); os.setresuid(1000, 1000, 1000)
        libc.prctl(1, signal.SIGKILL)
        os.write(w, can(6).encode()); signal.pause()
    os.read(r, 1)
    return child, r, go_w
def ask(process):
    os.write(process[2], b'x'); return int(os.read(process[1], 9))
unit = in_child(lambda: os.unshare(os.CLONE_NEWUSER))
for ids in 'uid_map', 'gid_map':
    open(f'/proc/{{unit[0]}}/{{ids}}', 'w').write('0 0 1\n1000 1000 1')
same = in_child(lambda: None)
print(f'unit {{ask(unit)}} root {{can(1)}} user {{ask(same)}}')
)",
        counter.limit, counter.take);
    return output({"unshare", "--user", "--map-users=300000,0,65536", "--map-groups=300000,0,65536",
                   "--setuid", "0", "--setgid", "0", "python3", "-c", counting + script});
}

struct RootsCounter : testing::TestWithParam<Counter> {};

TEST_P(RootsCounter, IsChargedForWhatAUnitTakes)
{
    EXPECT_EQ(with_limit(GetParam()), GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(
    Of, RootsCounter,
    testing::Values(
        Counter{"InotifyInstances", "allow('max_inotify_instances')", "lambda: libc.inotify_init1(0)"},
        Counter{"InotifyWatches", "allow('max_inotify_watches'); group = lambda: libc.inotify_init1(0)",
                "lambda: libc.inotify_add_watch(own(group), b'/proc/self/fd/%d' % next(more), 2)"},
        Counter{"FanotifyGroups", "allow('max_fanotify_groups')",
                "lambda: libc.fanotify_init(0x200, 0)"},
        Counter{"FanotifyMarks",
                "allow('max_fanotify_marks'); group = lambda: libc.fanotify_init(0x200, 0)",
                "lambda: libc.fanotify_mark(own(group), 1, ctypes.c_uint64(2), -100,"
                " b'/proc/self/fd/%d' % next(more))"},
        // The unit's own is one.
        Counter{"UserNamespaces", "allow('max_user_namespaces')", "lambda: new(0)",
                "unit 5 root 0 user 6"},
        Counter{"PidNamespaces", "allow('max_pid_namespaces')", "lambda: new(os.CLONE_NEWPID)"},
        Counter{"NetNamespaces", "allow('max_net_namespaces')", "lambda: new(os.CLONE_NEWNET)"},
        Counter{"MountNamespaces", "allow('max_mnt_namespaces')", "lambda: new(os.CLONE_NEWNS)"},
        Counter{"IpcNamespaces", "allow('max_ipc_namespaces')", "lambda: new(os.CLONE_NEWIPC)"},
        Counter{"UtsNamespaces", "allow('max_uts_namespaces')", "lambda: new(os.CLONE_NEWUTS)"},
        Counter{"CgroupNamespaces", "allow('max_cgroup_namespaces')", "lambda: new(os.CLONE_NEWCGROUP)"},
        Counter{"TimeNamespaces", "allow('max_time_namespaces')", "lambda: new(os.CLONE_NEWTIME)"},
        // Those that are asked and who asks are three.
        Counter{"Processes", "resource.setrlimit(resource.RLIMIT_NPROC, (9, 9))", "stays"},
        Counter{
            "LockedSharedMemory",
            "os.unshare(os.CLONE_NEWIPC); resource.setrlimit(resource.RLIMIT_MEMLOCK, (24576, 24576))",
            "lambda: libc.shmctl(libc.shmget(0, 4096, 0o1600), 11, None)"}), // SHM_LOCK
    [](const auto& counter) { return counter.param.name; });

// --- the user's alone ----------------------------------------------------------------

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
            run({"prlimit", "--msgqueue=120000", "python3", "-c", counting + take, "/left4me-of-root"});
        run({"python3", "-c", counting + "libc.mq_unlink(b'/left4me-of-root')"});
        return done;
    };
    EXPECT_EQ(by_root().status, 0);
    {
        const Taken taken("assert libc.mq_open(b'/left4me-of-unit', 0o102, 0o600, None) >= 0, name()\n");
        EXPECT_THAT(by_root().err, HasSubstr("EMFILE"));
    }
    run({"python3", "-c", counting + "libc.mq_unlink(b'/left4me-of-unit')"});
    EXPECT_EQ(by_root().status, 0);
}

TEST_F(UserCounters, PagesOfPipesAreSharedByTheUsersUnits)
{
    const std::string size = "r, w = os.pipe(); print(fcntl.fcntl(r, 1032))\n"; // F_GETPIPE_SZ
    const auto whole = said_by(somebody, size);
    const Taken taken("p = [os.pipe() for i in range(1030)]\n", {"LimitNOFILE=4096"});
    EXPECT_LT(std::stoi(said_by(somebody, size)), std::stoi(whole));
    EXPECT_EQ(said_by(another, size), whole);
    EXPECT_EQ(output({"python3", "-c", counting + size}), whole);
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

/// Zero-copy sends, of which none is acknowledged.
TEST_F(UserCounters, PagesThatSendsPinAreSharedByTheUsersUnits)
{
    const Words little = {"LimitMEMLOCK=64K"};
    const std::string send = R"(
door = socket.socket()
door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
door.bind(('127.0.0.1', 0)); door.listen()
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 100000)
s.connect(door.getsockname())
s.setsockopt(socket.SOL_SOCKET, 60, 1) # SO_ZEROCOPY
s.setblocking(False)
s.send(b'x' * 16384)
def send(): s.send(b'x' * 4096, 0x4000000) # MSG_ZEROCOPY
)";
    const auto whole = send + "print(fill(9, send))\n"; // each is counted as three pages
    EXPECT_EQ(said_by(somebody, whole, little), "5 ENOBUFS");
    const Taken taken(send + "assert fill(4, send) == '4 ok'\n", little);
    EXPECT_EQ(said_by(somebody, whole, little), "1 ENOBUFS");
    EXPECT_EQ(said_by(another, whole, little), "5 ENOBUFS");
}

} // namespace
} // namespace left4me::test
