// The web interface, against the same page as Flask and gunicorn serve it (web_by_flask.py), and
// with connections that are held open (web_load.py).

#include "bench_server.hpp"
#include "benches.hpp"
#include "web_client.hpp"

#include <chrono>
#include <csignal>
#include <deque>
#include <fcntl.h>
#include <format>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace left4me::bench {
namespace {

const std::string web_service = "left4me-web.service";
const std::string flask_unit = "left4me-bench-flask.service";
const std::string flask_address = "http://127.0.0.1:8010";
const std::string flask_database = "/run/left4me-bench-flask/bench.db";
constexpr std::size_t streams_of_a_user = 16;

/// Flask by gunicorn, until this is gone.
class Flask {
public:
    Flask()
    {
        const auto script = test::tests_dir + "/web_by_flask.py";
        test::output(
            {"systemd-run", "--quiet", "--collect", "--unit=" + flask_unit, "--property=User=left4me",
             "--property=RuntimeDirectory=left4me-bench-flask",
             "--setenv=BENCH_DATABASE=" + flask_database, "--setenv=PYTHONPATH=" + test::tests_dir,
             "--setenv=PYTHONDONTWRITEBYTECODE=1", "sh", "-c",
             "python3 " + script +
                 " && exec gunicorn --workers 1 --threads 32 --bind 127.0.0.1:8010 web_by_flask:app"});
        if (!test::eventually(
                [] { return page(flask_address, "session=bench").contains("<h1>Servers"); },
                std::chrono::seconds(60)))
            throw Failure("Flask does not serve the page");
    }
    ~Flask() { test::run({"systemctl", "stop", flask_unit}); }
    Flask(const Flask&) = delete;
    Flask& operator=(const Flask&) = delete;

    static std::string page(const std::string& address, const std::string& cookie)
    {
        return test::run({"curl", "--silent", "--cookie", cookie, address + "/"}).out;
    }
};

/// What wrk found.
struct Load {
    double requests; ///< a second
    double p99;      ///< milliseconds
};

Load load(const std::string& address, const std::string& cookie, bool quick)
{
    const auto text = test::output({"wrk", "-t1", "-c16", quick ? "-d2s" : "-d5s", "--latency", "-H",
                                    "Cookie: " + cookie, address + "/"});
    const auto value_behind = [&](const std::string& label) {
        const auto at = text.find(label);
        if (at == std::string::npos || text.contains("Non-2xx"))
            throw Failure("wrk got no pages:\n" + text);
        return text.substr(at + label.size());
    };
    // Not the one of a column, as in 97.99%.
    const auto slowest = value_behind(" 99%");
    std::size_t digits = 0;
    const auto number = std::stod(slowest, &digits);
    const auto unit = slowest.substr(digits, 2);
    const double in_ms = unit.starts_with("us") ? 1e-3 : unit.starts_with("s") ? 1e3 : 1;
    return {.requests = std::stod(value_behind("Requests/sec:")), .p99 = number * in_ms};
}

/// web_load.py, which holds connections until this is gone.
class Held {
public:
    explicit Held(const Words& words)
    {
        int input[2];
        int output[2];
        if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0)
            throw Failure("no pipe");
        Words command = {"python3", test::tests_dir + "/web_load.py"};
        command.insert(command.end(), words.begin(), words.end());
        std::vector<char*> argv;
        for (const auto& word : command)
            argv.push_back(const_cast<char*>(word.c_str()));
        argv.push_back(nullptr);
        child_ = fork();
        if (child_ == 0) {
            dup2(input[0], STDIN_FILENO);
            dup2(output[1], STDOUT_FILENO);
            execvp(argv[0], argv.data());
            _exit(127);
        }
        close(input[0]);
        close(output[1]);
        input_ = input[1];
        output_ = fdopen(output[0], "r");
        if (!next_line().starts_with("open "))
            throw Failure("the connections were not all opened");
    }
    ~Held()
    {
        close(input_);
        int status = 0;
        waitpid(child_, &status, 0);
        (void)fclose(output_);
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

    std::string next_line()
    {
        std::string line(256, '\0');
        return fgets(line.data(), static_cast<int>(line.size()), output_) == nullptr ? "" : line;
    }

private:
    pid_t child_ = -1;
    int input_ = -1;
    FILE* output_ = nullptr;
};

/// A user, signed in.
struct SignedIn {
    SignedIn(const std::string& name, bool admin) : user(name, admin)
    {
        if (user.sign_in(browser).status != 303)
            throw Failure("cannot sign in");
    }
    [[nodiscard]] std::string cookie() const { return browser.cookie("left4me"); }

    test::WebUser user;
    test::Browser browser;
};

void held_streams(std::deque<SignedIn>& users, bool quick, Report& report)
{
    constexpr std::size_t streams = 500;
    Words words = {"streams", std::to_string(streams)};
    while (users.size() < streams / streams_of_a_user + 2)
        users.emplace_back(std::format("bench-{}", users.size()), false);
    const auto cookie = users.front().cookie();
    for (auto user = std::next(users.begin()); user != users.end(); ++user)
        words.push_back(user->cookie());
    const auto alone = [&] { return load(test::web_address, cookie, quick).requests; };
    alone();
    const auto before = memory_of_unit(web_service);
    Pairs pairs;
    for (int i = 0; i < (quick ? 2 : 5); ++i) {
        pairs.theirs.push_back(alone());
        const Held held(words);
        if (i == 0)
            report.measure(std::format("memory of {} idle streams more", streams), "MiB",
                           {memory_of_unit(web_service) - before}, at_most(8));
        pairs.ours.push_back(alone());
    }
    report.compare(std::format("requests with {} streams open, against none", streams), "a second",
                   pairs, at_least(0.8));
}

void slow_senders(const std::string& cookie, Report& report)
{
    constexpr std::size_t count = 700;
    Held held({"drip", std::to_string(count)});
    // One that takes the program's own time alone: once a second that of all servers asks the host.
    Samples pages;
    for (int i = 0; i < 50; ++i)
        pages.push_back(
            std::stod(test::output({"curl", "--silent", "--output", "/dev/null", "--cookie", cookie,
                                    "--write-out", "%{time_total}", test::web_address + "/account"})) *
            1e3);
    report.measure(std::format("a page while {} send a byte a second", count), "ms", pages, at_most(20));
    const auto last = held.next_line();
    report.measure("until the last of them was cut", "s", {std::stod(last.substr(last.find(' ')))},
                   at_most(20));
}

} // namespace

void web_against_flask(const Rounds& rounds, Report& report)
{
    std::deque<BenchServer> servers;
    for (std::size_t i = 0; i < 20; ++i)
        servers.emplace_back(std::format("bench-web-{}", i), 1);
    test::output({"systemctl", "restart", web_service});
    std::deque<SignedIn> users;
    const auto cookie = users.emplace_back("bench", true).cookie();
    const Flask flask;
    const auto ours = Flask::page(test::web_address, cookie);
    const auto theirs = Flask::page(flask_address, "session=bench");
    const auto at_rest = memory_of_unit(web_service);
    report.measure("size of the page of 20 servers", "bytes", {static_cast<double>(ours.size())},
                   at_most(30000));
    if (ours.size() > theirs.size() * 11 / 10 || theirs.size() > ours.size() * 11 / 10)
        throw Failure(std::format("the two pages differ: {} and {} bytes", ours.size(), theirs.size()));

    Pairs requests;
    Pairs slowest;
    for (int i = 0; i < (rounds.quick ? 2 : 5); ++i) {
        const auto by_flask = load(flask_address, "session=bench", rounds.quick);
        const auto by_us = load(test::web_address, cookie, rounds.quick);
        requests.ours.push_back(by_us.requests);
        requests.theirs.push_back(by_flask.requests);
        slowest.ours.push_back(by_us.p99);
        slowest.theirs.push_back(by_flask.p99);
    }
    report.compare("pages of the web interface, against Flask", "a second", requests, at_least(8));
    report.compare("  the slowest of a hundred", "ms", slowest, at_most(1.0 / 3));
    report.compare("  memory", "MiB", {{memory_of_unit(web_service)}, {memory_of_unit(flask_unit)}},
                   at_most(0.3));
    held_streams(users, rounds.quick, report);
    slow_senders(cookie, report);
    // Each round above asks for pages for seconds on end: more than a day of some friends' looking.
    report.measure("memory more after all these pages, streams and senders", "MiB",
                   {memory_of_unit(web_service) - at_rest}, at_most(8));
}

} // namespace left4me::bench
