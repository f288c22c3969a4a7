#include "counted_user.hpp"

#include <format>

namespace left4me::test {
namespace {

Words unit_of(const std::string& user, const Words& properties)
{
    Words words = {"systemd-run", "-q", "--collect", "--uid=" + user, "--property=PrivateUsers=yes"};
    for (const auto& property : properties)
        words.push_back("--property=" + property);
    return words;
}

} // namespace

const std::string counting = R"(
import ctypes, errno, fcntl, itertools, os, resource, select, signal, socket
libc = ctypes.CDLL(None, use_errno=True)
def name(): return errno.errorcode.get(ctypes.get_errno())
def fill(n, take):
    for i in range(n):
        try:
            if take() == -1: return f'{i} {name()}'
        except OSError as e: return f'{i} {errno.errorcode[e.errno]}'
    return f'{n} ok'
)";

void make_counted_users()
{
    output({"systemd-sysusers", "--inline", std::format("u {} {}", somebody, uid_of_somebody),
            std::format("u {} 64322", another)});
}

std::string said_by(const std::string& user, const std::string& script, const Words& properties)
{
    auto words = unit_of(user, properties);
    words.insert(words.end(), {"--wait", "--pipe", "python3", "-c", counting + script});
    return output(words);
}

Taken::Taken(const std::string& script, const Words& properties)
{
    auto words = unit_of(somebody, properties);
    words.insert(words.end(), {"--unit=" + unit_, "--service-type=notify", "python3", "-c",
                               counting + script +
                                   "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                                   "s.sendto(b'READY=1', os.environ['NOTIFY_SOCKET'])\n"
                                   "signal.pause()\n"});
    const auto started = run(words);
    EXPECT_EQ(started.status, 0) << started.err
                                 << run({"journalctl", "-n", "10", "--no-pager", "-u", unit_}).out;
}

Taken::~Taken()
{
    run({"systemctl", "stop", unit_});
}

} // namespace left4me::test
