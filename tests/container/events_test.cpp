// Whoever wants to be told: scripts in /etc/left4me/events.d, run in a unit of their own.

#include "support.hpp"

#include <arpa/inet.h>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

namespace left4me::test {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string scripts = "/etc/left4me/events.d";
const std::string credential = "/etc/credstore/left4me.webhook";
const std::string example = "/usr/share/doc/left4me/examples/event-webhook";

struct Events : ServerTest {
    ~Events() override
    {
        remove_all(scripts + "/told");
        remove_all(credential);
    }

    static void put_script(const std::string& text)
    {
        write_file(scripts + "/told", "#!/bin/sh\n" + text);
        std::filesystem::permissions(scripts + "/told", std::filesystem::perms(0755));
    }

    static std::string told(const std::string& event)
    {
        return run({"journalctl", "--output=cat", std::format("--unit=left4me-event@{}.service", event)})
            .out;
    }
    static bool is_told(const std::string& event, const std::string& text)
    {
        return eventually([&] { return told(event).contains(text); }, seconds(30));
    }
};

TEST_F(Events, OfACrashAreToldOnceInTenMinutes)
{
    put_script("echo \"told of $1\"\n");
    start_with();
    (void)rcon("crash");
    EXPECT_TRUE(is_told("crashed:" + name, "told of crashed:" + name));
    ASSERT_TRUE(
        eventually([&] { return unit_property(server_unit(), "NRestarts") == "1"; }, seconds(30)));
    ASSERT_TRUE(game_is_ready());
    (void)rcon("crash");
    ASSERT_TRUE(
        eventually([&] { return unit_property(server_unit(), "NRestarts") == "2"; }, seconds(30)));
    ASSERT_TRUE(game_is_ready());
    EXPECT_THAT(told("crashed:" + name), Not(AllOf(HasSubstr("told of crashed"),
                                                   testing::ContainsRegex("told of.*\n.*told of"))));

    // A stop is no crash.
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_THAT(told("given-up:" + name), Not(HasSubstr("told of")));
}

TEST_F(Events, OfOneThatIsGivenUpAreTold)
{
    put_script("echo \"told of $1\"\n");
    drop_in("50-fast", "RestartSec=100ms\n[Unit]\nStartLimitBurst=2\nStartLimitIntervalSec=60s\n");
    output({"systemctl", "daemon-reload"});
    start_with();
    for (int i = 0; i < 2; ++i) {
        (void)rcon("crash");
        (void)eventually([&] { return game_is_ready(); }, seconds(5));
    }
    EXPECT_TRUE(is_told("given-up:" + name, "told of given-up:" + name));
}

/// As many directives as there are things that a script has no need of.
TEST_F(Events, ScriptsSeeTheirCredentialAndNothingOfLeft4mes)
{
    std::filesystem::create_directories("/etc/credstore");
    write_file(credential, "sesame");
    put_script("cat \"$CREDENTIALS_DIRECTORY/left4me.webhook\"; echo\n"
               "ls /var/lib/left4me /run/left4me 2>&1 | sed 's/^/ls: /'\n"
               "cat /etc/left4me/web.env 2>&1 | sed 's/^/cat: /'\n"
               "echo \"user $(id -un)\"\n");
    output({"systemctl", "start", "left4me-event@hung:look.service"});
    EXPECT_THAT(told("hung:look"),
                AllOf(HasSubstr("sesame\n"), HasSubstr("ls: ls: cannot open directory"),
                      HasSubstr("cat: cat: /etc/left4me/web.env: Permission denied"),
                      Not(HasSubstr("user root")), Not(HasSubstr("user left4me\n"))));
}

TEST_F(Events, AFailedScriptLeavesNothingBehind)
{
    put_script("echo failing; exit 3\n");
    EXPECT_NE(run({"systemctl", "start", "left4me-event@hung:fails.service"}).status, 0);
    EXPECT_THAT(told("hung:fails"), HasSubstr("failing"));
    EXPECT_THAT(run({"systemctl", "--failed", "--no-legend"}).out, Not(HasSubstr("left4me-event")));
    remove_all(scripts + "/told");
    output({"systemctl", "start", "left4me-event@hung:fails.service"}); // no script: nothing to do
}

/// What comes of one connection to a port of this host.
std::string answer_one_request(int listener)
{
    const int connection = accept(listener, nullptr, nullptr);
    std::string request;
    std::array<char, 4096> part = {};
    while (!request.contains("\"content\"")) {
        const auto size = recv(connection, part.data(), part.size(), 0);
        if (size <= 0)
            break;
        request.append(part.data(), static_cast<std::size_t>(size));
    }
    const std::string_view answer = "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";
    (void)send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    close(connection);
    return request;
}

TEST_F(Events, TheExamplePostsToAWebhook)
{
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(listen(listener, 1), 0);
    socklen_t size = sizeof address;
    ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);

    std::filesystem::create_directories("/etc/credstore");
    write_file(credential, std::format("http://127.0.0.1:{}/hook/secret", ntohs(address.sin_port)));
    output({"install", "-m", "0755", example, scripts + "/told"});
    output({"systemctl", "start", "--no-block", "left4me-event@hung:coop1.service"});
    const auto request = answer_one_request(listener);
    close(listener);
    EXPECT_THAT(request, AllOf(HasSubstr("POST /hook/secret"),
                               HasSubstr("Server coop1 no longer answered, and is restarted.")));
}

/// The state's file system runs full: it is told, histories have gaps, and all else goes on.
TEST_F(Events, OfADiskThatIsFullAreTold)
{
    put_script("echo \"told of $1\"\n");
    start_with();
    const auto place = state + "/history";
    output({"mount", "-t", "tmpfs", "-o", "size=2m,mode=0750,uid=left4me,gid=left4me", "small", place});
    run({"dd", "if=/dev/zero", "of=" + place + "/big", "bs=64k"});
    output({"systemctl", "restart", "left4me-watch.service"});
    EXPECT_TRUE(eventually([&] { return told("disk-low:host").contains("told of disk-low:host"); },
                           seconds(100)));
    const auto log = run({"journalctl", "--unit=left4me-watch.service", "--output=cat"}).out;
    EXPECT_THAT(log, HasSubstr("histories of servers have gaps from here on"));
    EXPECT_TRUE(eventually([&] { return status()["answers"] == "answers"; }, seconds(30)));
    output({"systemctl", "stop", "left4me-watch.service"});
    output({"umount", place});
    output({"systemctl", "start", "left4me-watch.service"});
}

} // namespace
} // namespace left4me::test
