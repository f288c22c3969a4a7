#include "support.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <ranges>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr auto longest_run = std::chrono::seconds(60);

/// Where all takes longer, on an emulated CPU, all limits are that many times as long.
int patience()
{
    const char* times = std::getenv("TEST_PATIENCE");
    return times == nullptr ? 1 : std::max(1, std::atoi(times));
}

struct Pipe {
    std::array<int, 2> ends = {-1, -1};
    Pipe()
    {
        if (pipe2(ends.data(), O_CLOEXEC) != 0)
            throw std::system_error(errno, std::generic_category(), "pipe");
    }
    ~Pipe()
    {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_end(std::size_t end)
    {
        if (ends.at(end) >= 0)
            close(std::exchange(ends.at(end), -1));
    }
};

[[noreturn]] void become(const Words& command, const Pipe& in, const Pipe& out, const Pipe& err)
{
    // A closed pipe would tell a helper that its caller is gone; /dev/null does not.
    dup2(in.ends[0] >= 0 ? in.ends[0] : open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    dup2(out.ends[1], STDOUT_FILENO);
    dup2(err.ends[1], STDERR_FILENO);
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGPIPE, SIG_DFL);
    std::vector<char*> argv;
    for (const auto& word : command)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    execvp(argv.front(), argv.data());
    _exit(127);
}

/// Feeds input and collects both outputs until all ends are closed or time is up.
bool exchange(const std::string& input, Pipe& in, Pipe& out, Pipe& err, Outcome& outcome,
              Clock::time_point deadline)
{
    std::size_t fed = 0;
    while (out.ends[0] >= 0 || err.ends[0] >= 0) {
        if (fed == input.size())
            in.close_end(1);
        std::array<pollfd, 3> ends = {
            {{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}, {in.ends[1], POLLOUT, 0}}};
        constexpr int tick_ms = 100;
        poll(ends.data(), ends.size(), tick_ms);
        if (Clock::now() > deadline)
            return false;
        if (ends[2].revents != 0) {
            const auto put = write(in.ends[1], input.data() + fed, input.size() - fed);
            fed = put > 0 ? fed + static_cast<std::size_t>(put) : input.size();
        }
        for (auto [pipe, text, end] :
             {std::tuple(&out, &outcome.out, &ends[0]), std::tuple(&err, &outcome.err, &ends[1])}) {
            if (end->revents == 0)
                continue;
            std::array<char, 65536> buffer = {};
            const auto got = read(pipe->ends[0], buffer.data(), buffer.size());
            if (got > 0)
                text->append(buffer.data(), static_cast<std::size_t>(got));
            else
                pipe->close_end(0);
        }
    }
    return true;
}

std::string instance_name_of_test()
{
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::format("{}-{}", info->test_suite_name(), info->name());
    for (auto& c : name)
        c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? static_cast<char>(std::tolower(c)) : '-';
    constexpr std::size_t longest = 60;
    return name.substr(0, longest);
}

std::uint16_t next_port()
{
    static std::uint16_t port = 27100;
    return port++;
}

} // namespace

Outcome run(const Words& command, const std::string& input)
{
    std::signal(SIGPIPE, SIG_IGN);
    const auto begin = Clock::now();
    Pipe in;
    Pipe out;
    Pipe err;
    if (input.empty())
        in.close_end(0);
    const pid_t child = fork();
    if (child == 0)
        become(command, in, out, err);
    in.close_end(0);
    out.close_end(1);
    err.close_end(1);
    Outcome outcome = {};
    if (!exchange(input, in, out, err, outcome, begin + patience() * longest_run)) {
        ADD_FAILURE() << "still running after its time: " << testing::PrintToString(command);
        kill(child, SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    outcome.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    return outcome;
}

Outcome run_as_left4me(const Words& command)
{
    Words words = {"runuser", "-u", "left4me", "--"};
    words.insert(words.end(), command.begin(), command.end());
    return run(words);
}

Outcome l4d2ctl(const Words& arguments, const std::string& input)
{
    Words words = {"l4d2ctl"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return run(words, input);
}

std::string output(const Words& command)
{
    auto outcome = run(command);
    EXPECT_EQ(outcome.status, 0) << testing::PrintToString(command) << ": " << outcome.err;
    if (outcome.out.ends_with('\n'))
        outcome.out.pop_back();
    return outcome.out;
}

bool eventually(const std::function<bool()>& holds, std::chrono::milliseconds limit)
{
    const auto deadline = Clock::now() + patience() * limit;
    constexpr auto pause = std::chrono::milliseconds(20);
    while (!holds()) {
        if (Clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(pause);
    }
    return true;
}

std::string read_file(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, std::string_view text)
{
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    ASSERT_TRUE(file.flush().good()) << "cannot write " << path;
}

void remove_all(const std::string& path)
{
    std::error_code problem;
    fs::remove_all(path, problem);
}

bool exists(const std::string& path)
{
    std::error_code problem;
    return fs::symlink_status(path, problem).type() != fs::file_type::not_found;
}

std::vector<std::string> files_below(const std::string& path)
{
    std::vector<std::string> files;
    std::error_code problem;
    for (const auto& entry : fs::recursive_directory_iterator(path, problem))
        files.push_back(fs::relative(entry.path(), path).string());
    std::ranges::sort(files);
    return files;
}

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::string unit_property(const std::string& unit, const std::string& property)
{
    return output({"systemctl", "show", "--value", "--property=" + property, unit});
}

std::string mount_line(const std::string& name)
{
    std::istringstream table(read_file("/proc/1/mountinfo"));
    const auto target = std::format(" {}/runtime/{}/merged ", state, name);
    for (std::string line; std::getline(table, line);)
        if (line.contains(target))
            return line;
    return "";
}

bool game_answers(int port)
{
    return eventually([&] {
        const auto answer =
            run({"quakestat", "-raw", "|", "-a2s", std::format("127.0.0.1:{}", port)}).out;
        return answer.starts_with("A2S|") && !answer.contains("|DOWN") && !answer.contains("|TIMEOUT");
    });
}

std::string ask_rcon(std::uint16_t port, const std::string& command)
{
    auto answer =
        run({"rconclt", "-t", "5", std::format("{}@127.0.0.1:{}", rcon_password, port), command}).out;
    while (answer.ends_with('\n'))
        answer.pop_back();
    return answer;
}

void install_stand_in()
{
    ASSERT_EQ(run({tests_dir + "/stand_in/install"}).status, 0);
}

ServerTest::ServerTest() : name(instance_name_of_test()), port(next_port())
{
}

ServerTest::ServerTest(std::string resident, std::uint16_t its_port)
    : name(std::move(resident)), port(its_port), resident_(true)
{
}

ServerTest::~ServerTest()
{
    if (HasFailure())
        std::fputs(run({"journalctl", "--no-pager", "-n", "40", "-u", "left4me-*@" + name + ".service"})
                       .out.c_str(),
                   stderr);
    if (!resident_) {
        EXPECT_EQ(l4d2ctl({"delete", name}).status, 0) << "clearing away " << name;
    }
    if (exists(drop_ins())) {
        remove_all(drop_ins());
        run({"systemctl", "daemon-reload"});
    }
    for (const auto& layer : layers_)
        remove_all(state + "/overlays/" + layer);
}

std::string ServerTest::spec(const std::string& rest) const
{
    return std::format("port: {}\n{}", port, rest);
}

void ServerTest::initialize(const std::string& text)
{
    const auto done = l4d2ctl({"initialize", name, "-f", "-"}, text);
    ASSERT_EQ(done.status, 0) << done.err;
}

void ServerTest::start()
{
    const auto done = l4d2ctl({"start", "--no-wait", name});
    ASSERT_EQ(done.status, 0) << done.err;
}

void ServerTest::start_with(const std::string& spec_rest)
{
    initialize(spec(spec_rest.contains("config:") ? spec_rest
                                                  : std::format("{}config: ['rcon_password \"{}\"']\n",
                                                                spec_rest, rcon_password)));
    const auto done = l4d2ctl({"start", name});
    ASSERT_EQ(done.status, 0) << done.err;
}

bool ServerTest::game_is_ready() const
{
    return game_answers(port);
}

std::string ServerTest::make_layer(const std::string& suffix)
{
    const auto ref = name + "-" + suffix;
    fs::create_directories(state + "/overlays/" + ref);
    layers_.push_back(ref);
    return ref;
}

std::string ServerTest::make_game(const std::string& script)
{
    const auto ref = make_layer("script");
    const auto game = state + "/overlays/" + ref + "/srcds_linux";
    write_file(game, script);
    output({"chmod", "755", game});
    return ref;
}

void ServerTest::drop_in(const std::string& file, const std::string& settings) const
{
    write_file(std::format("{}/{}.conf", drop_ins(), file), "[Service]\n" + settings);
    ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
}

std::vector<std::string> ServerTest::reported(const std::string& key) const
{
    std::vector<std::string> values;
    std::istringstream report(read_file(merged() + "/left4dead2/stand_in_report.txt"));
    for (std::string line; std::getline(report, line);)
        if (line.starts_with(key + "="))
            values.push_back(line.substr(key.size() + 1));
    return values;
}

std::string ServerTest::rcon(const std::string& command) const
{
    return ask_rcon(port, command);
}

nlohmann::json ServerTest::status() const
{
    constexpr int not_running = 3;
    const auto told = run({"l4d2ctl", "status", name, "--json"});
    EXPECT_TRUE(told.status == 0 || told.status == not_running) << told.err;
    return nlohmann::json::parse(told.out);
}

} // namespace left4me::test
