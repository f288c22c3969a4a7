#include "held_ports.hpp"
#include "next_package.hpp"
#include "script.hpp"
#include "support.hpp"
#include "tracer.hpp"
#include "web_unit.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/// Long actions as units: left4me-systemctl job-start and job-stop, and what a job leaves.
namespace left4me::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr int ok = 0;
constexpr int usage = 64;
constexpr int bad_data = 65;
constexpr int not_found = 66;
constexpr int busy = 75;

const std::string helper = "/usr/libexec/left4me/left4me-systemctl";
const std::string requests = "/run/left4me/jobs";
const std::string jobs = state + "/jobs";
const std::string said = "/run/left4me-jobs-test"; ///< by what runs in the place of a job

struct Jobs : ServerTest {
    ~Jobs() override
    {
        remove_all(said);
        for (const auto& drop_in : drop_ins_)
            remove_all(drop_in);
        if (!drop_ins_.empty())
            run({"systemctl", "daemon-reload"});
    }

    /// A number that no job has had: those of tests before stay.
    static std::string next_id()
    {
        std::uint64_t last = 0;
        for (const auto& entry : fs::directory_iterator(jobs))
            last = std::max<std::uint64_t>(last, std::stoull(entry.path().filename().string()));
        return std::to_string(last + 1);
    }

    static std::string unit_of(const std::string& kind, const std::string& id)
    {
        return std::format("left4me-job-{}@{}.service", kind, id);
    }

    static Outcome job_start(const std::string& kind, const std::string& id, const std::string& request)
    {
        return run({helper, "job-start", kind, id}, std::format("{}\n{}", request.size(), request));
    }

    /// Until it is down; its result.
    static std::string done(const std::string& kind, const std::string& id)
    {
        EXPECT_TRUE(eventually([&] { return is_down(kind, id); })) << kind << ' ' << id;
        return read_file(jobs + "/" + id + "/result");
    }
    static std::string done_with(const std::string& kind, const std::string& id,
                                 const std::string& request)
    {
        const auto started = job_start(kind, id, request);
        EXPECT_EQ(started.status, ok) << started.err;
        return done(kind, id);
    }

    static bool is_down(const std::string& kind, const std::string& id)
    {
        const auto now = unit_property(unit_of(kind, id), "ActiveState");
        return now == "inactive" || now == "failed";
    }

    static std::string log_of(const std::string& id) { return read_file(jobs + "/" + id + "/log"); }

    /// One that waits for the ports, and so goes on until it is told to end.
    std::string begin_waiting()
    {
        auto id = next_id();
        const auto started = job_start("servers", id, std::format("initialize\n{}\n\n{}", name, spec()));
        EXPECT_EQ(started.status, ok) << started.err;
        EXPECT_TRUE(eventually([&] { return log_of(id).contains("waiting for the table of ports"); }))
            << log_of(id);
        return id;
    }

    /// Of one job's unit alone.
    void change_unit(const std::string& kind, const std::string& id, const std::string& settings)
    {
        const auto folder = std::format("/run/systemd/system/{}.d", unit_of(kind, id));
        drop_ins_.push_back(folder);
        write_file(folder + "/50-test.conf", "[Service]\n" + settings);
        EXPECT_EQ(run({"systemctl", "daemon-reload"}).status, ok);
    }

    static std::string owner_and_mode(const std::string& path)
    {
        return output({"stat", "--format=%U:%G %a %F", path});
    }

private:
    Words drop_ins_;
};

TEST_F(Jobs, RunAVerbAndLeaveItsLogAndItsResult)
{
    const auto id = next_id();
    const auto layer = "jobs-test/" + id;
    const auto result = done_with("layers", id, std::format("overlay\ncreate\n{}\n", layer));
    EXPECT_THAT(result, ContainsRegex("^status=0\nerror=\nbegan=[0-9TZ:-]+\nended=[0-9TZ:-]+\n$"));
    EXPECT_THAT(log_of(id), ContainsRegex("^[0-9-]+T[0-9:]+Z " + layer + ": published as version 1\n$"));
    EXPECT_TRUE(exists(state + "/overlays/" + layer));
    EXPECT_EQ(owner_and_mode(jobs + "/" + id), "left4me:left4me 700 directory");
    for (const auto* file : {"log", "result"})
        EXPECT_EQ(owner_and_mode(std::format("{}/{}/{}", jobs, id, file)),
                  "left4me:left4me 600 regular file");
    EXPECT_EQ(done_with("layers", next_id(), std::format("overlay\ndelete\n{}\n", layer)).substr(0, 9),
              "status=0\n");
    EXPECT_FALSE(exists(state + "/overlays/" + layer));
}

TEST_F(Jobs, GiveAVerbTheFileOfTheirRequest)
{
    const auto text = spec("config: ['hostname \"a job made it\"']\n");
    const auto result = done_with("servers", next_id(), std::format("initialize\n{}\n\n{}", name, text));
    EXPECT_THAT(result, HasSubstr("status=0\n"));
    EXPECT_EQ(read_file(instance() + "/spec.yaml"), text);
    const auto id = next_id();
    const auto refused = done_with("servers", id, std::format("initialize\n{}\n\nport: x\n", name));
    EXPECT_THAT(refused, AllOf(HasSubstr("status=65\n"), HasSubstr("error=standard input:1: ")));
    EXPECT_THAT(log_of(id), HasSubstr("l4d2ctl: standard input:1: "));
    EXPECT_EQ(read_file(instance() + "/spec.yaml"), text);
}

/// Nobody has to reset what has failed, and the host is not degraded by it.
TEST_F(Jobs, ThatFailLeaveNoFailedUnit)
{
    const auto id = next_id();
    const auto result = done_with("layers", id, "overlay\ndelete\njobs-test/none\n");
    EXPECT_THAT(result, AllOf(HasSubstr("status=66\n"), HasSubstr("jobs-test/none")));
    EXPECT_TRUE(eventually([&] {
        return run({"systemctl", "list-units", "--all", "--plain", "--no-legend", "left4me-job-*"})
                   .out == "";
    }));
}

TEST_F(Jobs, RunOnce)
{
    const auto id = next_id();
    const auto request = std::format("overlay\ncreate\njobs-test/{}\n", id);
    ASSERT_THAT(done_with("layers", id, request), HasSubstr("status=0\n"));
    const auto log = log_of(id);
    const auto again = job_start("layers", id, request);
    EXPECT_EQ(again.status, busy);
    EXPECT_THAT(again.err, HasSubstr(std::format("job {} ended with status 0", id)));
    EXPECT_EQ(job_start("servers", id, "stop\ncoop1\n").status, busy); // of any kind
    EXPECT_EQ(log_of(id), log);
    // Also when /run is a new one.
    remove_all(requests + "/" + id);
    EXPECT_EQ(job_start("layers", id, request).status, busy);
    EXPECT_THAT(done_with("layers", next_id(), std::format("overlay\ndelete\njobs-test/{}\n", id)),
                HasSubstr("status=0\n"));
}

TEST_F(Jobs, AreNotStartedByARequestThatTheirKindMayNotRun)
{
    const auto id = next_id();
    for (const auto& [kind, request] :
         {std::pair("servers", "overlay\ncreate\na\n"),
          std::pair("layers", "overlay\nimport\na\n/etc\n"),
          std::pair("layers", "overlay\nbuild\na\n--file=/etc/shadow\n\nx"),
          std::pair("steam", "update\n--new-login\n"), std::pair("servers", "start\n../x\n")})
        EXPECT_EQ(job_start(kind, id, request).status, bad_data) << request;
    EXPECT_EQ(run({helper, "job-start", "web", id}, "5\nstop\n").status, usage);
    EXPECT_EQ(run({helper, "job-start", "servers", "../" + id}, "5\nstop\n").status, usage);
    EXPECT_EQ(run({helper, "job-start", "servers", id}, "9\nstop\n").status, bad_data);
    EXPECT_EQ(run({helper, "job-start", "servers", id}, "9999999\nstop\n").status, bad_data);
    EXPECT_FALSE(exists(jobs + "/" + id));
    EXPECT_FALSE(exists(requests + "/" + id));
    EXPECT_EQ(run({helper, "job-stop", "servers", id}).status, not_found);
}

TEST_F(Jobs, AreNotForUser)
{
    EXPECT_NE(run_as_left4me({helper, "job-start", "servers", next_id()}).status, ok);
    for (const auto* verb : {"job-start", "job-stop", "job-forget"})
        EXPECT_NE(run_as_left4me({"sudo", "-n", helper, verb, "servers", "1"}).status, ok) << verb;
}

TEST_F(Jobs, AreEndedByAStopWhereEverythingIsWhole)
{
    const HeldPorts held;
    // Several: systemd may or may not wait for the first process of a pid namespace.
    for (int i = 0; i < 5; ++i) {
        const auto id = begin_waiting();
        const auto stopped = run({helper, "job-stop", "servers", id});
        EXPECT_EQ(stopped.status, ok) << stopped.err;
        EXPECT_TRUE(is_down("servers", id));
        EXPECT_THAT(read_file(jobs + "/" + id + "/result"),
                    AllOf(HasSubstr("status=130\n"), HasSubstr("error=cancelled\n")));
        EXPECT_FALSE(exists(instance()));
        EXPECT_EQ(run({helper, "job-stop", "servers", id}).status, ok); // it is down
    }
}

TEST_F(Jobs, AreForgottenWithAllThatTheyLeftWhenTheyAreDown)
{
    const auto ended = next_id();
    (void)done_with("layers", ended, "overlay\ndelete\njobs-test/none\n");
    // Whatever user left4me has put there.
    const auto place = jobs + "/" + ended;
    ASSERT_EQ(run_as_left4me({"ln", "-s", "/etc/hostname", place + "/link"}).status, ok);
    ASSERT_EQ(run_as_left4me({"mkdir", "-p", place + "/a/b"}).status, ok);
    const HeldPorts held;
    const auto waiting = begin_waiting();
    for (const auto* kind : {"servers", "layers"}) {
        const auto refused = run({helper, "job-forget", kind, waiting});
        EXPECT_EQ(refused.status, busy);
        EXPECT_THAT(refused.err, HasSubstr(std::format("job {} is not down", waiting)));
    }
    const auto forgotten = run({helper, "job-forget", "servers", ended});
    EXPECT_EQ(forgotten.status, ok) << forgotten.err;
    EXPECT_TRUE(eventually([&] { return !exists(place); }));
    EXPECT_FALSE(exists(requests + "/" + ended));
    EXPECT_TRUE(exists("/etc/hostname"));
    EXPECT_THAT(log_of(waiting), HasSubstr("waiting for the table of ports"));
    EXPECT_TRUE(exists(requests + "/" + waiting));
    EXPECT_EQ(run({helper, "job-forget", "servers", ended}).status, ok) << "it has left nothing";
    EXPECT_EQ(run({helper, "job-stop", "servers", waiting}).status, ok);
}

TEST_F(Jobs, ThatAreKilledHaveALogAndNoResult)
{
    const HeldPorts held;
    const auto id = begin_waiting();
    const auto request = job_start("servers", id, "stop\ncoop1\n");
    EXPECT_THAT(request.err, HasSubstr(std::format("job {} runs already", id)));
    EXPECT_EQ(run({"systemctl", "kill", "--signal=KILL", unit_of("servers", id)}).status, ok);
    EXPECT_EQ(done("servers", id), "");
    EXPECT_THAT(log_of(id), HasSubstr("waiting for the table of ports"));
    const auto again = job_start("servers", id, "stop\ncoop1\n");
    EXPECT_EQ(again.status, busy);
    EXPECT_THAT(again.err, HasSubstr("was ended before it was done: it has a log and no result"));
    EXPECT_FALSE(exists(instance()));
}

/// Whose request is still there after a job is taken away by the next one, and no other.
TEST_F(Jobs, LoseTheirRequestsWhenTheyAreDown)
{
    const HeldPorts held;
    const auto waiting = begin_waiting();
    const auto ended = next_id();
    (void)done_with("layers", ended, "overlay\ndelete\njobs-test/none\n");
    EXPECT_EQ(owner_and_mode(requests + "/" + ended), "root:root 644 regular file");
    write_file(requests + "/.77.new", "half");
    (void)done_with("layers", next_id(), "overlay\ndelete\njobs-test/none\n");
    EXPECT_FALSE(exists(requests + "/" + ended));
    EXPECT_FALSE(exists(requests + "/.77.new"));
    EXPECT_TRUE(exists(requests + "/" + waiting));
    EXPECT_EQ(run({helper, "job-stop", "servers", waiting}).status, ok);
}

TEST_F(Jobs, GoOnWhenSystemdIsExecutedAnewAndItsFilesAreReadAgain)
{
    std::string id;
    std::string process;
    {
        const HeldPorts held;
        id = begin_waiting();
        process = unit_property(unit_of("servers", id), "MainPID");
        EXPECT_EQ(run({"systemctl", "daemon-reexec"}).status, ok);
        EXPECT_EQ(run({"systemctl", "daemon-reload"}).status, ok);
        EXPECT_EQ(unit_property(unit_of("servers", id), "MainPID"), process);
    }
    EXPECT_THAT(done("servers", id), HasSubstr("status=0\n"));
    EXPECT_TRUE(exists(instance()));
}

/// Systemd has to hear of each start before its end: see left4me-script-sandbox.
TEST_F(Jobs, OfAMomentAreStartedAllTheSame)
{
    for (int i = 0; i < 30; ++i)
        EXPECT_THAT(done_with("layers", next_id(), "overlay\ndelete\njobs-test/none\n"),
                    HasSubstr("status=66\n"));
}

// --- jobs that have root do something ----------------------------------------------------

TEST_F(Jobs, StartRestartStopAndDeleteAServer)
{
    initialize(spec());
    const auto server_job = [&](const std::string& verb) {
        const auto id = next_id();
        EXPECT_THAT(done_with("servers", id, std::format("{}\n{}\n", verb, name)),
                    HasSubstr("status=0\n"))
            << verb << log_of(id);
        return log_of(id);
    };
    // A job asks no game anything: it has no network.
    EXPECT_THAT(server_job("start"),
                AllOf(HasSubstr(name + ": started\n"),
                      HasSubstr(std::format("{}: has its port, {}\n", name, port))));
    EXPECT_TRUE(game_is_ready());
    EXPECT_THAT(server_job("start"), HasSubstr("it runs already"));
    const auto process = pid();
    EXPECT_THAT(server_job("restart"), HasSubstr(name + ": restarted\n"));
    EXPECT_NE(pid(), process);
    EXPECT_THAT(server_job("stop"), HasSubstr(name + ": stopped\n"));
    EXPECT_EQ(unit_property(server_unit(), "ActiveState"), "inactive");
    EXPECT_EQ(mount_line(name), "");
    EXPECT_THAT(server_job("delete"), HasSubstr(name + ": deleted\n"));
    EXPECT_FALSE(exists(instance()));
    EXPECT_FALSE(exists(runtime()));
}

/// A port that somebody has is seen from a job, and a game that ends shows its last lines.
TEST_F(Jobs, SeeTheHostsPortsAndTheGamesLastLines)
{
    initialize(spec());
    {
        const Outcome taken = run({"sh", "-c",
                                   std::format("exec python3 -c 'import socket, time; s = "
                                               "socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
                                               "s.bind((\"0.0.0.0\", {})); time.sleep(600)' "
                                               ">/dev/null 2>&1 & echo $!",
                                               port)});
        EXPECT_TRUE(eventually(
            [&] { return run({"ss", "-lnu", std::format("sport = {}", port)}).out.contains(":"); }));
        const auto id = next_id();
        EXPECT_THAT(done_with("servers", id, std::format("start\n{}\n", name)),
                    AllOf(HasSubstr("status=71\n"), HasSubstr("is taken by another program")));
        run({"kill", lines_of(taken.out).at(0)});
    }
    const auto layer = make_game("#!/bin/sh\necho the game says why\nexit 3\n");
    initialize(spec(std::format("overlays: [{{path: '{}'}}]\n", layer)));
    const auto id = next_id();
    EXPECT_THAT(done_with("servers", id, std::format("start\n{}\n", name)), HasSubstr("status=71\n"));
    EXPECT_THAT(log_of(id), AllOf(HasSubstr("its last lines:"), HasSubstr("the game says why")));
}

/// In the place of a job's program: asks the broker, as the main process or as a child of it.
struct JobCalls : Jobs {
    std::string answer(const std::string& kind, const std::string& request, const std::string& words)
    {
        const auto id = next_id();
        write_file(requests + "/" + id, request);
        remove_all(said);
        change_unit(kind, id,
                    std::format("Type=oneshot\nRuntimeMaxSec=infinity\nExecStart=\n"
                                "ExecStart=/run/left4me-tests/asker {}\n"
                                "BindReadOnlyPaths={}:/run/left4me-tests -/run/left4me/broker\n"
                                "StandardOutput=truncate:{}\nStandardError=inherit\n",
                                words, tests_dir, said));
        EXPECT_EQ(run({"systemctl", "start", "left4me-broker.socket"}).status, ok);
        (void)run({"systemctl", "start", unit_of(kind, id)});
        return read_file(said);
    }

    const std::string socket = "/run/left4me/broker ";
    const std::string refused = "answer: refused ";
};

TEST_F(JobCalls, AreThoseThatTheRequestNames)
{
    initialize(spec());
    const auto stop = std::format("stop\n{}\n", name);
    const auto disable = std::format("left4me-systemctl,disable,{},", name);
    EXPECT_THAT(answer("servers", stop, socket + disable),
                AllOf(HasSubstr("answer: "), Not(HasSubstr(refused))));
    for (const auto& other :
         {std::format("left4me-systemctl,enable,{},", name), std::string("left4me-systemctl,disable,x,"),
          std::format("left4me-systemctl,purge,{},", name), std::string("left4me-systemctl,fetch,"),
          std::string("left4me-systemctl,job-start,servers,1,"),
          std::string("left4me-systemctl,job-stop,servers,1,"),
          std::string("left4me-script-sandbox,standard,k3x9,")})
        EXPECT_THAT(answer("servers", stop, socket + other), HasSubstr(refused)) << other;
}

/// W7: what a job starts, as a parser of a stranger's data, is not the job.
TEST_F(JobCalls, AreNotAChilds)
{
    const auto disable = std::format("left4me-systemctl,disable,{},", name);
    const auto said = answer("servers", std::format("stop\n{}\n", name), "--child " + socket + disable);
    EXPECT_THAT(said, AllOf(HasSubstr("asked"), Not(HasSubstr("answer: "))));
}

TEST_F(JobCalls, AreNoneOfTheWorkshops)
{
    for (const auto* words : {"left4me-systemctl,disable,x,", "left4me-script-sandbox,standard,k3x9,"})
        EXPECT_THAT(answer("workshop", "workshop\nrefresh\n", socket + words), HasSubstr(refused));
}

/// What root wrote is no request of that kind: then there is nothing to ask for.
TEST_F(JobCalls, AreNoneWithoutARequestThatHolds)
{
    const auto disable = std::format("left4me-systemctl,disable,{},", name);
    for (const auto& request :
         {std::string("x"), std::string("overlay\nrefresh\n"), std::format("disable\n{}\n", name)})
        EXPECT_THAT(answer("servers", request, socket + disable),
                    AllOf(HasSubstr("asked"), Not(HasSubstr("answer: "))))
            << request;
}

struct JobBuilds : Jobs {
    ~JobBuilds() override { (void)l4d2ctl({"overlay", "delete", layer}); }

    [[nodiscard]] std::string request(const std::string& script, const std::string& options = "") const
    {
        return std::format("overlay\nbuild\n{}\n{}\n{}", layer, options, script);
    }

    [[nodiscard]] std::string begin_sleeping() const
    {
        auto id = next_id();
        EXPECT_EQ(job_start("layers", id, request("echo half > half; echo sleeping; sleep 1000")).status,
                  ok);
        EXPECT_TRUE(eventually([&] { return log_of(id).contains(" sleeping\n"); })) << log_of(id);
        return id;
    }

    [[nodiscard]] std::string file(const std::string& its_name) const
    {
        return std::format("{}/overlays/{}/{}", state, layer, its_name);
    }

    void expect_nothing_half() const
    {
        EXPECT_TRUE(eventually([] { return traces_of_builds().empty(); })) << traces_of_builds();
        EXPECT_FALSE(exists(file("half")));
        EXPECT_EQ(l4d2ctl({"overlay", "create", layer}).status, ok);
    }

    const std::string layer = "jobs-test/build";
};

TEST_F(JobBuilds, ChangeALayerByTheScriptOfTheirRequest)
{
    const auto id = next_id();
    const auto result = done_with("layers", id, request("echo made > made\necho building\n"));
    EXPECT_THAT(result, HasSubstr("status=0\n")) << log_of(id);
    EXPECT_THAT(log_of(id), AllOf(ContainsRegex("Z building\n"), HasSubstr("version 1 is published")));
    EXPECT_EQ(read_file(file("made")), "made\n");
    const auto bad = next_id();
    EXPECT_THAT(done_with("layers", bad, request("echo half > half\nexit 3\n")),
                AllOf(HasSubstr("error="), Not(HasSubstr("status=0\n"))));
    EXPECT_FALSE(exists(file("half")));
    EXPECT_EQ(traces_of_builds(), "");
    // A daily one, which is made anew by what it keeps.
    EXPECT_THAT(done_with("layers", next_id(), request("date +%N > made\n", "--daily\n")),
                HasSubstr("status=0\n"));
    const auto made = read_file(file("made"));
    EXPECT_THAT(done_with("layers", next_id(), std::format("overlay\nrefresh\n{}\n", layer)),
                HasSubstr("status=0\n"));
    EXPECT_NE(read_file(file("made")), made);
}

TEST_F(JobBuilds, StoppedInTheMiddleLeaveTheLayerAsItWas)
{
    const auto id = begin_sleeping();
    const auto stopped = run({helper, "job-stop", "layers", id});
    EXPECT_EQ(stopped.status, ok) << stopped.err;
    EXPECT_THAT(read_file(jobs + "/" + id + "/result"), HasSubstr("status=130\n"));
    expect_nothing_half();
}

TEST_F(JobBuilds, KilledInTheMiddleLeaveTheLayerAsItWas)
{
    const auto id = begin_sleeping();
    EXPECT_EQ(run({"systemctl", "kill", "--signal=KILL", unit_of("layers", id)}).status, ok);
    EXPECT_EQ(done("layers", id), "");
    expect_nothing_half();
}

/// By the broker, as the web program asks for them, and beyond its end.
TEST_F(JobBuilds, AskedForByTheWebsUnitOutliveItsMainProcess)
{
    const WebComposition composition;
    const auto id = next_id();
    const auto text = request("echo sleeping; until [ -e go ]; do sleep 0.1; done; mv go made");
    output(left_in_unit(web_unit, {},
                        {asker, "--input", std::format("{}\n{}", text.size(), text), "--stay", calls,
                         std::format("left4me-systemctl,job-start,layers,{},", id)}));
    EXPECT_TRUE(eventually([&] { return log_of(id).contains(" sleeping\n"); })) << log_of(id);
    const auto process = unit_property(unit_of("layers", id), "MainPID");
    output({"systemctl", "kill", "--signal=KILL", web_unit});
    EXPECT_TRUE(eventually([] { return unit_property(web_unit, "ActiveState") != "active"; }));
    EXPECT_EQ(unit_property(unit_of("layers", id), "MainPID"), process);
    for (const auto& copy : fs::directory_iterator(std::format("{}/builds/{}", state, layer)))
        write_file(copy.path().string() + "/go", "made\n");
    EXPECT_THAT(done("layers", id), HasSubstr("status=0\n")) << log_of(id);
    EXPECT_EQ(read_file(file("made")), "made\n");
    // Its next main process finds it, and cannot have it run again.
    EXPECT_THAT(in_the_web_unit({"/usr/bin/cat", jobs + "/" + id + "/result"}).out,
                HasSubstr("status=0\n"));
    EXPECT_THAT(asked({"--input", std::format("{}\n{}", text.size(), text), calls,
                       std::format("left4me-systemctl,job-start,layers,{},", id)}),
                HasSubstr("answer: ended 75"));
    EXPECT_THAT(asked({calls, std::format("left4me-systemctl,job-stop,layers,{},", id)}),
                HasSubstr("answer: ended 0"));
}

/// The new package's files and all that its scripts do, in the middle of a build.
TEST_F(JobBuilds, GoOnThroughAnUpgradeOfThePackage)
{
    const auto id = begin_sleeping();
    const auto process = unit_property(unit_of("layers", id), "MainPID");
    const auto upgraded = run({"env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "--force-confold", "-i",
                               package_in("/build")});
    EXPECT_EQ(upgraded.status, 0) << upgraded.err;
    EXPECT_EQ(unit_property(unit_of("layers", id), "MainPID"), process);
    EXPECT_EQ(run({helper, "job-stop", "layers", id}).status, ok);
    EXPECT_THAT(read_file(jobs + "/" + id + "/result"), HasSubstr("status=130\n"));
    expect_nothing_half();
}

// --- killed at any step ------------------------------------------------------------------

const std::string of_nothing = "overlay\ndelete\njobs-test/none\n";
const std::string whole_result =
    "^status=66\nerror=[^\n]*jobs-test/none[^\n]*\nbegan=[0-9TZ:-]+\nended=[0-9TZ:-]+\n$";

/// The number is used up, or free; the request is there as a whole, or not at all.
TEST_F(Jobs, StartedByAHelperThatIsKilledAtAnyStepRunOnceOrNever)
{
    const auto input = std::format("{}\n{}", of_nothing.size(), of_nothing);
    const auto start = [](const std::string& id) { return Words{helper, "job-start", "layers", id}; };
    const auto first = next_id();
    const auto calls = changing_calls(start(first), input);
    EXPECT_THAT(done("layers", first), ContainsRegex(whole_result));
    ASSERT_GT(calls.size(), 5U);
    for (const auto& call : calls) {
        SCOPED_TRACE(call.text);
        const auto id = next_id();
        (void)run_killed_before(call, start(id), input);
        EXPECT_TRUE(eventually([&] { return is_down("layers", id); }));
        if (exists(requests + "/" + id))
            EXPECT_EQ(read_file(requests + "/" + id), of_nothing);
        const bool used = exists(jobs + "/" + id);
        EXPECT_EQ(job_start("layers", id, of_nothing).status, used ? busy : ok);
        (void)done("layers", id);
        if (!used)
            EXPECT_THAT(read_file(jobs + "/" + id + "/result"), ContainsRegex(whole_result));
    }
    EXPECT_THAT(done_with("layers", next_id(), of_nothing), ContainsRegex(whole_result));
    for (const auto& left : fs::directory_iterator(requests))
        EXPECT_FALSE(left.path().filename().string().starts_with('.')) << left.path();
}

/// The program itself, outside of its unit, which nobody may trace.
TEST_F(Jobs, KilledAtAnyStepHaveAWholeResultOrNone)
{
    const auto request = std::format("initialize\n{}\n\n{}", name, spec());
    const std::string whole = "^status=0\nerror=\nbegan=[0-9TZ:-]+\nended=[0-9TZ:-]+\n$";
    const auto prepared = [&] {
        auto id = next_id();
        write_file(requests + "/" + id, request);
        fs::create_directories(jobs + "/" + id);
        EXPECT_EQ(run({"chown", "left4me:left4me", jobs + "/" + id}).status, ok);
        return id;
    };
    const auto job = [](const std::string& id) {
        return Words{"/usr/libexec/left4me/left4me-job", "servers", id};
    };
    const auto first = prepared();
    const auto calls = changing_calls(job(first));
    EXPECT_THAT(read_file(jobs + "/" + first + "/result"), ContainsRegex(whole));
    ASSERT_GT(calls.size(), 5U);
    bool with = false;
    bool without = false;
    for (const auto& call : calls) {
        SCOPED_TRACE(call.text);
        const auto id = prepared();
        (void)run_killed_before(call, job(id));
        const auto result = jobs + "/" + id + "/result";
        (exists(result) ? with : without) = true;
        if (exists(result))
            EXPECT_THAT(read_file(result), ContainsRegex(whole));
        EXPECT_EQ(read_file(requests + "/" + id), request);
    }
    EXPECT_TRUE(without);
    EXPECT_TRUE(with) << "the last call was before the result's";
}

// --- what a job sees -----------------------------------------------------------------

/// What a shell in the place of the job says, in its log's place.
struct ViewOfJob : Jobs, testing::WithParamInterface<std::string> {
    std::string seen_by(const std::string& script)
    {
        const auto id = next_id();
        write_file(requests + "/" + id, "none of any kind\n");
        remove_all(said);
        change_unit(GetParam(), id,
                    std::format("Type=oneshot\nExecStart=\nExecStart=/bin/sh -c '{}'\n"
                                "StandardOutput=truncate:{}\nStandardError=inherit\n",
                                script, said));
        EXPECT_EQ(run({"systemctl", "start", unit_of(GetParam(), id)}).status, ok);
        return read_file(said);
    }
};

TEST_P(ViewOfJob, HasNoSecretAndNoOtherJob)
{
    write_file(state + "/web/canary", "secret of the web\n");
    write_file(state + "/steamcmd/canary", "login\n");
    write_file(jobs + "/0/canary", "other job\n");
    write_file(requests + "/0", "other request\n");
    run({"chown", "-R", "left4me:left4me", state + "/web", state + "/steamcmd", jobs + "/0"});
    const auto seen =
        seen_by("ls -A /var/lib/left4me/jobs /run/left4me/jobs; cat /var/lib/left4me/web/canary; "
                "cat /var/lib/left4me/steamcmd/canary; cat /etc/left4me/web.env; "
                "ls -A /etc /home /root /run; ls /var/lib; id -u");
    remove_all(state + "/web/canary");
    remove_all(state + "/steamcmd/canary");
    remove_all(jobs + "/0");
    remove_all(requests + "/0");
    EXPECT_THAT(seen, Not(HasSubstr("secret of the web")));
    EXPECT_THAT(seen, Not(HasSubstr("SECRET_KEY")));
    EXPECT_THAT(seen, Not(HasSubstr("\n0\n"))) << "another job, or root";
    EXPECT_THAT(seen, Not(HasSubstr("shadow")));
    EXPECT_THAT(seen, Not(HasSubstr("machine-id")));
    // steamcmd's home is read for the library that servers get of it.
    EXPECT_EQ(seen.contains("login"), GetParam() == "steam") << seen;
    EXPECT_THAT(seen, HasSubstr("left4me"));
}

TEST_P(ViewOfJob, HasTheWaysToSystemdAndToRootThatItsKindNeeds)
{
    const auto seen = seen_by("ls -A /run /run/dbus /run/systemd /run/left4me; ls /sys/class/net");
    EXPECT_EQ(seen.contains("system_bus_socket"), GetParam() == "servers" || GetParam() == "steam");
    EXPECT_EQ(seen.contains("broker"), GetParam() != "workshop" && exists("/run/left4me/broker"));
    EXPECT_THAT(seen, Not(HasSubstr("notify"))) << seen;
    EXPECT_THAT(seen, Not(HasSubstr("journal"))) << seen;
}

INSTANTIATE_TEST_SUITE_P(Each, ViewOfJob, testing::Values("servers", "layers", "workshop", "steam"),
                         [](const auto& row) { return row.param; });

// --- W11: what somebody put in the place of something ----------------------------------

struct SwappedJob : Jobs {
    /// The unit as a job-start that was ended left it, with its own directory as it is now.
    std::string start_by_hand(const std::string& id)
    {
        write_file(requests + "/" + id, "overlay\ndelete\njobs-test/none\n");
        const auto unit = unit_of("layers", id);
        (void)run({"systemctl", "start", unit});
        EXPECT_TRUE(eventually([&] { return is_down("layers", id); })) << "it hangs";
        run({"journalctl", "--sync"});
        return run({"journalctl", "--no-pager", "-o", "cat", "-u", unit}).out;
    }

    static std::string place_of(const std::string& id)
    {
        const auto place = jobs + "/" + id;
        fs::create_directories(place);
        return place;
    }

    static void give(const std::string& path)
    {
        EXPECT_EQ(run({"chown", "-hR", "left4me:left4me", path}).status, ok);
    }
};

TEST_F(SwappedJob, IsRefusedWithALogThatIsThere)
{
    const auto target = state + "/live/jobs-test-target";
    for (const auto* what : {"link", "dangling", "fifo", "hard", "directory"}) {
        const auto id = next_id();
        const auto log = place_of(id) + "/log";
        write_file(target, "as it was\n");
        if (const std::string_view kind = what; kind == "link")
            fs::create_symlink(target, log);
        else if (kind == "dangling")
            fs::create_symlink(target + "-none", log);
        else if (kind == "fifo")
            ASSERT_EQ(mkfifo(log.c_str(), 0600), 0);
        else if (kind == "hard")
            fs::create_hard_link(target, log);
        else
            fs::create_directories(log);
        give(target);
        give(jobs + "/" + id);
        EXPECT_THAT(start_by_hand(id), HasSubstr("cannot make the log")) << what;
        EXPECT_EQ(read_file(target), "as it was\n") << what;
        EXPECT_FALSE(exists(target + "-none"));
        EXPECT_FALSE(exists(jobs + "/" + id + "/result")) << what;
    }
    remove_all(target);
}

TEST_F(SwappedJob, PutsItsResultInThePlaceOfWhatIsThere)
{
    const auto target = state + "/live/jobs-test-target";
    for (const auto* what : {"link", "fifo", "hard"}) {
        const auto id = next_id();
        const auto result = place_of(id) + "/result";
        write_file(target, "as it was\n");
        if (const std::string_view kind = what; kind == "link")
            fs::create_symlink(target, result);
        else if (kind == "fifo")
            ASSERT_EQ(mkfifo(result.c_str(), 0600), 0);
        else
            fs::create_hard_link(target, result);
        give(target);
        give(jobs + "/" + id);
        (void)start_by_hand(id);
        EXPECT_EQ(read_file(target), "as it was\n") << what;
        EXPECT_THAT(read_file(result), HasSubstr("status=66\n")) << what;
        EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(result))) << what;
    }
    remove_all(target);
}

/// jobs is root's: it cannot be swapped by whom it is for. Were it, neither root nor a job
/// would go on in it.
TEST_F(SwappedJob, IsRefusedWithADirectoryThatIsALink)
{
    EXPECT_NE(run_as_left4me({"ln", "-s", "/etc", jobs + "/999"}).status, ok);
    EXPECT_NE(run_as_left4me({"mv", jobs, jobs + "-away"}).status, ok);
    EXPECT_NE(run_as_left4me({"ls", requests}).status, ok);
    const auto id = next_id();
    fs::create_directory_symlink(state + "/live", jobs + "/" + id);
    const auto refused = job_start("layers", id, "overlay\ndelete\njobs-test/none\n");
    EXPECT_EQ(refused.status, busy) << refused.err;
    EXPECT_FALSE(exists(requests + "/" + id));
    EXPECT_FALSE(exists(state + "/live/log"));
    EXPECT_EQ(owner_and_mode(state + "/live"), "left4me:left4me 700 directory");
    remove_all(jobs + "/" + id);
}

/// What user left4me wrote is told by root, and no more than told.
TEST_F(SwappedJob, IsToldOfByRootWithoutAHang)
{
    const auto id = next_id();
    const auto result = place_of(id) + "/result";
    const auto told = [&] { return job_start("layers", id, "overlay\nrefresh\n").err; };
    ASSERT_EQ(mkfifo(result.c_str(), 0600), 0);
    EXPECT_THAT(told(), HasSubstr("has run"));
    remove_all(result);
    fs::create_symlink("/etc/left4me/web.env", result);
    EXPECT_THAT(told(), AllOf(HasSubstr("has run"), Not(HasSubstr("SECRET"))));
    remove_all(result);
    write_file(result, "status=0\nerror=\x1b[2J\n");
    EXPECT_THAT(told(), AllOf(HasSubstr("\\x1b[2J"), Not(HasSubstr("\x1b"))));
}

/// A request is root's alone, and its directory closed: what is in its place all the same is no
/// request.
TEST_F(SwappedJob, ReadsNoRequestButAFile)
{
    const auto id = next_id();
    (void)place_of(id);
    give(jobs + "/" + id);
    const auto request = requests + "/" + id;
    ASSERT_EQ(mkfifo(request.c_str(), 0644), 0);
    change_unit("layers", id, ""); // its own, for its messages
    const auto unit = unit_of("layers", id);
    (void)run({"systemctl", "start", unit});
    EXPECT_TRUE(eventually([&] { return is_down("layers", id); })) << "it hangs";
    run({"journalctl", "--sync"});
    EXPECT_THAT(run({"journalctl", "--no-pager", "-o", "cat", "-u", unit}).out,
                HasSubstr("is not a regular file"));
    remove_all(request);
}

} // namespace
} // namespace left4me::test
