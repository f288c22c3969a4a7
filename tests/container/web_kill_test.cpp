// What pages ask for while programs are killed, at any moment: nothing is lost, and nothing stays half
// done.

#include "script.hpp"
#include "web_client.hpp"

#include <array>
#include <chrono>
#include <format>
#include <functional>
#include <gmock/gmock.h>
#include <thread>

namespace left4me::test {
namespace {

using std::chrono_literals::operator""ms;
using testing::HasSubstr;

/// From the answer to a form until the kill: before root hears of the job, while it begins, and while it
/// is at work. What is later finds it done.
constexpr std::array moments = {0ms, 30ms, 80ms, 200ms, 500ms};

struct WebKilled : ServerTest {
    static void SetUpTestSuite()
    {
        ServerTest::SetUpTestSuite();
        output({"systemctl", "start", "left4me-web.socket"});
    }
    WebKilled()
    {
        EXPECT_EQ(root.sign_in(browser).status, 303);
        initialize(spec());
    }
    ~WebKilled() override { (void)l4d2ctl({"overlay", "delete", layer}); }

    /// What a form leads to, or its page names: a job's page. None where there is nothing to ask of any
    /// more.
    [[nodiscard]] std::string ask(const std::string& form, const std::string& page, const Words& fields)
    {
        const auto answer = browser.submit_to(form, page, fields);
        if (answer.status != 303)
            return "";
        const auto job = job_in(answer.head);
        return job.empty() ? job_in(browser.get("/jobs").body) : job;
    }
    [[nodiscard]] std::string act(const std::string& word)
    {
        return ask("/servers/" + name + "/act", "/servers/" + name, {"act=" + word});
    }
    [[nodiscard]] std::string build()
    {
        return ask("/new-layer", "/new-layer",
                   {"name=" + layer, "script=echo half > made; sleep 0.3; echo whole > made"});
    }

    [[nodiscard]] std::string end_of(const std::string& job)
    {
        return ended(browser, job, std::chrono::seconds(60));
    }

    [[nodiscard]] bool runs() const { return unit_property(server_unit(), "ActiveState") == "active"; }

    using ServerTest::initialize;
    using ServerTest::instance;
    using ServerTest::name;
    using ServerTest::pid;
    using ServerTest::runtime;
    using ServerTest::spec;

    WebUser root{"root", true};
    Browser browser;
    std::string layer = "web-test/killed";
    std::string before; ///< the process of its game
};

/// A job, and what was there before it and is there after it.
struct Work {
    const char* name;
    const char* unit; ///< of the kind of its jobs
    std::function<void(WebKilled&)> prepare;
    std::function<std::string(WebKilled&)> ask;
    std::function<bool(WebKilled&)> is_done;
};

struct EachWork : WebKilled, testing::WithParamInterface<Work> {
    /// Asks for it anew for each moment, kills then what is said, and has the test look: at the job's
    /// page as it ended.
    void at_each_moment(const std::function<void(const std::string& job)>& kill,
                        const std::function<void(const std::string& end)>& look)
    {
        const auto& work = GetParam();
        for (const auto moment : moments) {
            SCOPED_TRACE(moment.count());
            work.prepare(*this);
            const auto job = work.ask(*this);
            ASSERT_NE(job, "");
            std::this_thread::sleep_for(moment);
            kill(job.substr(job.rfind('/') + 1));
            look(end_of(job));
            EXPECT_TRUE(work.is_done(*this));
            EXPECT_TRUE(eventually([] { return traces_of_builds().empty(); })) << traces_of_builds();
        }
    }
};

TEST_P(EachWork, IsDoneThoughTheProgramThatAskedForItIsKilled)
{
    at_each_moment(
        [](const std::string&) {
            run({"systemctl", "kill", "--signal=KILL", "left4me-web.service"});
            output({"systemctl", "restart", "left4me-web.service"});
        },
        [](const std::string& end) { EXPECT_THAT(end, HasSubstr(">done</span>")); });
}

TEST_P(EachWork, IsAskedForAgainWhereItsOwnProgramIsKilled)
{
    at_each_moment(
        [](const std::string& job) {
            run({"systemctl", "kill", "--signal=KILL",
                 std::format("left4me-job-{}@{}.service", GetParam().unit, job)});
        },
        [&](const std::string& end) {
            if (!end.contains(">failed</span>"))
                return;
            EXPECT_THAT(end, HasSubstr("it was ended before it was done"));
            if (const auto again = GetParam().ask(*this); !again.empty())
                EXPECT_THAT(end_of(again), HasSubstr(">done</span>"));
        });
}

void make_it(WebKilled& test, bool running)
{
    if (!exists(test.instance()))
        test.initialize(test.spec());
    EXPECT_EQ(l4d2ctl({running ? "start" : "stop", test.name}).status, 0);
    test.before = test.pid();
}

INSTANTIATE_TEST_SUITE_P(
    Of, EachWork,
    testing::Values(
        Work{"Start", "servers", [](auto& test) { make_it(test, false); },
             [](auto& test) { return test.act("start"); }, [](auto& test) { return test.runs(); }},
        Work{"Stop", "servers", [](auto& test) { make_it(test, true); },
             [](auto& test) { return test.act("stop"); }, [](auto& test) { return !test.runs(); }},
        Work{"Restart", "servers", [](auto& test) { make_it(test, true); },
             [](auto& test) { return test.act("restart"); },
             [](auto& test) { return test.runs() && test.pid() != test.before; }},
        Work{"Delete", "servers", [](auto& test) { make_it(test, true); },
             [](auto& test) {
                 return test.ask("/servers/" + test.name + "/delete", "/servers/" + test.name,
                                 {"act=delete", "name=" + test.name});
             },
             [](auto& test) { return !exists(test.instance()) && !exists(test.runtime()); }},
        Work{"Build", "layers", [](auto& test) { (void)l4d2ctl({"overlay", "delete", test.layer}); },
             [](auto& test) { return test.build(); },
             [](auto& test) {
                 return read_file(std::format("{}/overlays/{}/made", state, test.layer)) == "whole\n";
             }}),
    [](const auto& row) { return row.param.name; });

} // namespace
} // namespace left4me::test
