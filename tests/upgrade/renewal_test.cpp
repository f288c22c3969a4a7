// From this release to the next one, and back: what listens stays, what serves is renewed, and
// who plays, builds or reads a log notices nothing.

#include "hosts_servers.hpp"
#include "next_package.hpp"
#include "support.hpp"
#include "web_client.hpp"

#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <regex>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;
using testing::Each;
using testing::HasSubstr;

const std::string database = state + "/web/left4me.db";
const std::string heard_file = "/run/left4me-test-followed";
const std::string answers_file = "/run/left4me-test-answers";
const std::string follower = "left4me-test-follower.service";
const std::string visitor = "left4me-test-visitor.service";

/// Which life of each of these units it is.
nlohmann::json lives_of(const Words& units)
{
    nlohmann::json lives;
    for (const auto& unit : units)
        lives[unit] = unit_property(unit, "InvocationID");
    return lives;
}

const Words listeners = {"left4me-web.socket", "left4me-broker.socket", "left4me-broker-logs.socket"};
const Words that_serve = {"left4me-web.service", "left4me-watch.service"};

std::string number_in(const std::string& pragma)
{
    return output({"python3", "-c",
                   std::format("import sqlite3; c = sqlite3.connect('{}', isolation_level=None); "
                               "print((c.execute('PRAGMA {}').fetchone() or [''])[0])",
                               database, pragma)});
}

/// The numbers of "line N." in a text, in their order.
std::vector<int> numbers_of_lines(const std::string& text)
{
    std::vector<int> numbers;
    const std::regex line("line ([0-9]+)\\.");
    for (auto at = std::sregex_iterator(text.begin(), text.end(), line); at != std::sregex_iterator();
         ++at)
        numbers.push_back(std::stoi((*at)[1]));
    return numbers;
}

/// One after the other, none lost and none twice.
void expect_no_gap(const std::vector<int>& numbers)
{
    ASSERT_FALSE(numbers.empty());
    for (std::size_t i = 1; i < numbers.size(); ++i)
        ASSERT_EQ(numbers[i], numbers[i - 1] + 1) << "the " << i << "th line of " << numbers.size();
}

/// A script that builds a layer until it is told to end, as a job.
class WaitingBuild {
public:
    WaitingBuild()
    {
        const auto request = std::format(
            "overlay\nbuild\n{}\n\necho waiting; until [ -e go ]; do sleep 0.1; done; mv go made",
            layer_);
        const auto started = run({"/usr/libexec/left4me/left4me-systemctl", "job-start", "layers", id_},
                                 std::format("{}\n{}", request.size(), request));
        EXPECT_EQ(started.status, 0) << started.err;
        EXPECT_TRUE(eventually([&] { return told("log").contains(" waiting\n"); })) << told("log");
    }
    ~WaitingBuild() { l4d2ctl({"overlay", "delete", layer_}); }
    WaitingBuild(const WaitingBuild&) = delete;
    WaitingBuild& operator=(const WaitingBuild&) = delete;

    [[nodiscard]] std::string life() const { return unit_property(unit_, "InvocationID"); }

    void expect_it_ends_well() const
    {
        for (const auto& copy : fs::directory_iterator(std::format("{}/builds/{}", state, layer_)))
            write_file(copy.path().string() + "/go", "made\n");
        EXPECT_TRUE(eventually([&] { return told("result").contains("status=0\n"); }))
            << told("result") << told("log");
        EXPECT_EQ(read_file(std::format("{}/overlays/{}/made", state, layer_)), "made\n");
    }

private:
    [[nodiscard]] std::string told(const std::string& file) const
    {
        return read_file(std::format("{}/jobs/{}/{}", state, id_, file));
    }

    std::string id_ = "990001";
    std::string layer_ = "upgrade-test/build";
    std::string unit_ = "left4me-job-layers@" + id_ + ".service";
};

struct Renewed : ServerTest {
    void SetUp() override
    {
        dpkg({"--install", package_in("/build")});
        ASSERT_EQ(admin.sign_in(browser).status, 303);
    }
    /// As the phases after this one have it.
    void TearDown() override
    {
        run({"systemctl", "stop", follower, visitor});
        for (const auto& file : {heard_file, answers_file})
            remove_all(file);
        dpkg({"--install", next_deb});
    }

    /// A server that says a line each tenth of a second.
    void play_lines()
    {
        initialize(spec(std::format(
            "query: none\noverlays: [{{path: {}}}]\n",
            make_game(
                "#!/bin/sh\ni=0\nwhile :; do i=$((i + 1)); echo \"line $i.\"; sleep 0.1; done\n"))));
        start();
        output({"systemd-run", "--quiet", "--collect", "--unit=" + follower, "sh", "-c",
                std::format("exec l4d2ctl logs {} -f </dev/null >{}", name, heard_file)});
        ASSERT_TRUE(eventually([] { return read_file(heard_file).contains("line 20."); }));
    }

    /// Somebody who asks the web interface again and again.
    static void visit()
    {
        output({"systemd-run", "--quiet", "--collect", "--unit=" + visitor, "sh", "-c",
                "while :; do curl --silent --output /dev/null --max-time 30 --write-out "
                "'%{http_code}\\n' " +
                    web_address + "/sign-in; done >" + answers_file});
        ASSERT_TRUE(eventually([] { return read_file(answers_file).contains('\n'); }));
    }

    WebUser admin{"root-of-all", true};
    Browser browser;
};

TEST_F(Renewed, WhatServesIsNewAndNobodyNotices)
{
    play_lines();
    visit();
    const WaitingBuild build;
    const auto job = build.life();
    const auto listening = lives_of(listeners);
    const auto serving = lives_of(that_serve);
    const auto game = pid();
    const auto events = "/servers/" + name + "/events";
    std::string begun;
    {
        const EventListener listener(browser, events);
        ASSERT_TRUE(eventually([&] { return listener.heard().contains("line 40."); }));
        dpkg({"--install", next_deb});
        EXPECT_TRUE(eventually([&] { return listener.has_ended(); })) << "by the old program still";
        begun = listener.heard();
        begun.resize(begun.rfind("\n\n") + 2);
    }
    EXPECT_EQ(lives_of(listeners), listening);
    for (const auto& unit : that_serve) {
        EXPECT_NE(lives_of({unit}).at(unit), serving.at(unit)) << unit;
        EXPECT_EQ(unit_property(unit, "ActiveState"), "active") << unit;
    }
    EXPECT_EQ(pid(), game);
    EXPECT_EQ(browser.get("/").status, 200) << "the session is as it was";
    EXPECT_THAT(lines_of(read_file(answers_file)), Each("200"));

    // As a browser goes on.
    const EventListener again(browser, events, {"--header", "Last-Event-ID: " + last_id_in(begun)});
    const auto last = numbers_of_lines(read_file(heard_file)).back();
    const auto later = std::format("line {}.", last + 20);
    EXPECT_TRUE(eventually([&] { return again.heard().contains(later); }, std::chrono::seconds(30)));
    EXPECT_TRUE(eventually([&] { return read_file(heard_file).contains(later); }));
    expect_no_gap(numbers_of_lines(begun + again.heard()));
    expect_no_gap(numbers_of_lines(read_file(heard_file)));
    EXPECT_EQ(build.life(), job);
    build.expect_it_ends_well();
}

/// The next release may have brought the database to a version that this one does not know.
TEST_F(Renewed, ThisReleaseSaysAClearWordOfADatabaseOfTheNextOne)
{
    dpkg({"--install", next_deb});
    ASSERT_EQ(browser.get("/").status, 200);
    const auto version = number_in("user_version");
    (void)number_in("user_version = 99");
    const auto begun = output({"date", "+%F %T"});
    const auto back = run({"env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "--force-confold",
                           "--install", package_in("/build")});
    EXPECT_EQ(back.status, 0) << "servers play with or without it: " << back.err;
    EXPECT_THAT(back.err, HasSubstr("left4me: the web interface does not run"));
    EXPECT_THAT(
        run({"journalctl", "--no-pager", "--since", begun, "-u", "left4me-web.service"}).out,
        HasSubstr("is of a newer left4me (version 99, this one knows " + version + "): install that"));
    EXPECT_EQ(number_in("user_version"), "99") << "left as it is";

    // Once that is installed, all is there again.
    (void)number_in("user_version = " + version);
    dpkg({"--install", next_deb});
    EXPECT_TRUE(eventually([&] { return browser.get("/").status == 200; }));
    for (const auto& unit : listeners)
        EXPECT_EQ(unit_property(unit, "ActiveState"), "active") << unit;
}

} // namespace
} // namespace left4me::test
