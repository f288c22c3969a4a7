// From an empty host to a server with three kinds of layers, by the commands and files of
// docs/operators.md as they stand there. Only who answers is the tests' own: steamcmd, the
// workshop, and the site of the script's download.

#include "guide.hpp"
#include "neighbour.hpp"
#include "support.hpp"

#include <csignal>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <regex>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me::test {
namespace {

using testing::HasSubstr;

const std::string place = "/tmp/left4me-walk";
const std::string host_env = "/etc/left4me/host.env";
constexpr int workshop_port = 26998;
constexpr int site_port = 8080;

pid_t start_process(const Words& command)
{
    std::vector<char*> argv;
    for (const auto& word : command)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const auto child = fork();
    if (child == 0) {
        execvp(argv.front(), argv.data());
        _exit(127);
    }
    return child;
}

struct Walk : ServerTest {
    void SetUp() override
    {
        ASSERT_EQ(run({"mount", "-t", "tmpfs", "-o", "size=64M,mode=0755", "walk-test", state}).status,
                  0);
        mounted_ = true;
        ASSERT_EQ(run({"systemd-tmpfiles", "--create", "left4me.conf"}).status, 0);
        for (const auto& directory : {place, steam, workshop}) {
            remove_all(directory);
            std::filesystem::create_directory(directory);
            std::filesystem::permissions(directory, std::filesystem::perms::all);
        }
        write_file(steam + "/behaviour", R"({"build": 1})");
        write_file(workshop + "/world", R"({"items": {"1234567890": {"file": "item"}}})");
        settings_ = read_file(host_env);
        write_file(host_env, std::format("LEFT4ME_STEAMCMD={}/stand_in/steamcmd\n"
                                         "LEFT4ME_WORKSHOP_API=http://127.0.0.1:{}\n",
                                         tests_dir, workshop_port));
        servers_.push_back(
            start_process({tests_dir + "/stand_in/workshop_server", std::to_string(workshop_port)}));
        write_file(place + "/site/maps/tour.vpk", "tour");
        neighbour_.there([&] {
            servers_.push_back(
                start_process({"python3", "-m", "http.server", "--bind", player_address, "--directory",
                               place + "/site", std::to_string(site_port)}));
        });
        ASSERT_TRUE(eventually([] {
            return run({"bash", "-c",
                        std::format("exec 3<>/dev/tcp/{}/{} 4<>/dev/tcp/127.0.0.1/{}", player_address,
                                    site_port, workshop_port)})
                       .status == 0;
        }));
    }

    void TearDown() override
    {
        for (const auto server : servers_) {
            kill(server, SIGKILL);
            waitpid(server, nullptr, 0);
        }
        if (!mounted_)
            return;
        write_file(host_env, settings_);
        EXPECT_EQ(l4d2ctl({"delete", name}).status, 0);
        EXPECT_EQ(run({"umount", state}).status, 0);
        for (const auto& directory : {place, steam, workshop})
            remove_all(directory);
    }

    /// With the places of the internet, the name and the port that are the tests' own.
    [[nodiscard]] std::string here(std::string text) const
    {
        const std::vector<std::pair<std::string, std::string>> changes = {
            {"https://example.org", std::format("http://{}:{}", player_address, site_port)},
            {"coop1", name},
            {"27015", std::to_string(port)},
        };
        for (const auto& [from, to] : changes)
            text = std::regex_replace(text, std::regex(from), to);
        return text;
    }

    inline static const std::string steam = "/tmp/left4me-steam";       // where the stand-ins
    inline static const std::string workshop = "/tmp/left4me-workshop"; // look for theirs

private:
    Neighbour neighbour_;
    std::vector<pid_t> servers_;
    std::string settings_;
    bool mounted_ = false;
};

TEST_F(Walk, ANewUserGetsAServerByTheDocumentedCommands)
{
    // What the user has.
    write_file(place + "/in/left4dead2/cfg/confogl.cfg", "confogl");
    output({"bsdtar", "-C", place + "/in", "-acf", place + "/confogl.zip", "left4dead2"});

    std::size_t commands = 0;
    for (const auto& block : blocks_of("A first server")) {
        if (!block.file.empty()) {
            write_file(place + "/" + block.file, here(block.text));
            continue;
        }
        for (const auto& line : lines_of(here(block.text))) {
            SCOPED_TRACE(line);
            const auto done = run({"sh", "-c", std::format("cd {} && {}", place, line)});
            ASSERT_EQ(done.status, 0) << done.out << done.err;
            ++commands;
        }
    }
    EXPECT_EQ(commands, 8U);

    ASSERT_TRUE(game_is_ready());
    const auto seen = [&](const std::string& file) {
        return run({"nsenter", "-t", pid(), "-m", "cat", merged() + "/left4dead2/" + file}).out;
    };
    EXPECT_EQ(seen("addons/tour.vpk"), "tour");
    EXPECT_EQ(seen("cfg/confogl.cfg"), "confogl");
    EXPECT_THAT(seen("addons/1234567890.vpk"), HasSubstr("item"));
    EXPECT_THAT(seen("cfg/server.cfg"), HasSubstr("hostname \"my server\""));
}

} // namespace
} // namespace left4me::test
