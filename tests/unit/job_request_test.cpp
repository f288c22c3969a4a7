#include "model/job_request.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Values;

Result<JobRequest> parsed(JobKind kind, const std::string& text)
{
    return JobRequest::parse(kind, text);
}

TEST(JobId, IsOfOneToTenDigits)
{
    for (const auto* good : {"0", "7", "07", "4294967296", "9999999999"})
        EXPECT_THAT(JobId::parse(good), Succeeds()) << good;
    for (const auto* bad : {"", "-1", "+1", "1 ", " 1", "a", "1\n", "1/2", "..", "12345678901", "%i"})
        EXPECT_THAT(JobId::parse(bad), FailsWith(ExitStatus::usage, "number of a job")) << bad;
}

TEST(JobKind, IsOneOfItsWords)
{
    for (const auto kind : job_kinds)
        EXPECT_EQ(parse_job_kind(word_for(kind)), kind);
    for (const auto* bad : {"", "server", "servers ", "web", "Steam"})
        EXPECT_THAT(parse_job_kind(bad), FailsWith(ExitStatus::usage, "kind of a job")) << bad;
    EXPECT_EQ(job_unit(JobKind::workshop, *JobId::parse("12")), "left4me-job-workshop@12.service");
}

TEST(JobUnit, NamesItsJob)
{
    for (const auto kind : job_kinds) {
        const auto unit = job_unit(kind, *JobId::parse("7"));
        const auto job = parse_job_unit(unit);
        ASSERT_THAT(job, Succeeds()) << unit;
        EXPECT_EQ(job->kind, kind);
        EXPECT_EQ(job->id.str(), "7");
    }
    for (const auto* bad :
         {"", "left4me-job-servers@.service", "left4me-job-servers@7", "left4me-job-servers@a.service",
          "left4me-job-@7.service", "left4me-job-web@7.service", "left4me-server@7.service",
          "left4me-job-servers@7.service.service", "xleft4me-job-servers@7.service",
          "left4me-job-servers@7\n.service", "left4me-job-servers@service", "left4me-job-steam@.servic"})
        EXPECT_THAT(parse_job_unit(bad), FailsWith(ExitStatus::bad_data, "no unit of a job")) << bad;
}

TEST(JobRequest, BecomesTheWordsOfL4d2ctl)
{
    const auto start = parsed(JobKind::servers, "start\ncoop1\nvs-2\n");
    ASSERT_THAT(start, Succeeds());
    EXPECT_THAT(start->command(), ElementsAre("start", "coop1", "vs-2"));
    EXPECT_THAT(start->text(), IsEmpty());
    const auto build =
        parsed(JobKind::layers, "overlay\nbuild\nmaps/custom\n--multiarch\n\necho 1\n\nls\n");
    ASSERT_THAT(build, Succeeds());
    EXPECT_THAT(build->command(),
                ElementsAre("overlay", "build", "maps/custom", "--multiarch", "--file", "-"));
    EXPECT_EQ(build->text(), "echo 1\n\nls\n");
    const auto update = parsed(JobKind::steam, "update\n--user\nann\n--validate\n");
    ASSERT_THAT(update, Succeeds());
    EXPECT_THAT(update->command(), ElementsAre("update", "--user", "ann", "--validate"));
}

class GoodJobRequest : public testing::TestWithParam<std::pair<JobKind, std::string>> {};
TEST_P(GoodJobRequest, ComesBackAsItWas)
{
    const auto& [kind, text] = GetParam();
    const auto request = parsed(kind, text);
    ASSERT_THAT(request, Succeeds()) << text;
    EXPECT_EQ(request->format(), text);
    for (const auto other : job_kinds) {
        if (other != kind) {
            EXPECT_THAT(parsed(other, text), FailsWith(ExitStatus::bad_data, "no verb")) << text;
        }
    }
}
INSTANTIATE_TEST_SUITE_P(
    Each, GoodJobRequest,
    Values(std::pair(JobKind::servers, "initialize\ncoop1\n\nport: 27015\n"),
           std::pair(JobKind::servers, "start\ncoop1\n"), std::pair(JobKind::servers, "stop\na\nb\n"),
           std::pair(JobKind::servers, "restart\ncoop1\n"),
           std::pair(JobKind::servers, "reset\ncoop1\n"), std::pair(JobKind::servers, "delete\na\nb\n"),
           std::pair(JobKind::layers, "overlay\ncreate\na/b\n"),
           std::pair(JobKind::layers, "overlay\nbuild\na\n--daily\n--multiarch\n\n#!/bin/sh\n"),
           std::pair(JobKind::layers, "overlay\nrefresh\n"),
           std::pair(JobKind::layers, "overlay\nrefresh\na\nb/c\n"),
           std::pair(JobKind::layers, "overlay\nforget\na\n"),
           std::pair(JobKind::layers, "overlay\ndelete\na\nb/c\n"),
           std::pair(JobKind::layers, "overlay\nrollback\na\n"),
           std::pair(JobKind::layers, "overlay\nrollback\na\n3\n"),
           std::pair(JobKind::workshop, "workshop\nadd\na\n101\n102\n"),
           std::pair(JobKind::workshop, "workshop\nremove\na\n101\n"),
           std::pair(JobKind::workshop, "workshop\nrefresh\n"),
           std::pair(JobKind::workshop, "workshop\nrefresh\na\n"),
           std::pair(JobKind::steam, "install\n"),
           std::pair(JobKind::steam, "update\n--fresh\n--validate\n--user\nann\n")));

struct RefusedRequest {
    std::string name;
    JobKind kind;
    std::string text;
    std::string message;
};
void PrintTo(const RefusedRequest& row, std::ostream* out)
{
    *out << quote(row.text);
}

class BadJobRequest : public testing::TestWithParam<RefusedRequest> {};
TEST_P(BadJobRequest, IsRefused)
{
    EXPECT_THAT(parsed(GetParam().kind, GetParam().text),
                FailsWith(ExitStatus::bad_data, GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(
    JobRequest, BadJobRequest,
    Values(
        RefusedRequest{"empty", JobKind::servers, "", "no verb"},
        RefusedRequest{"no_words", JobKind::servers, "\nx", "no verb"},
        RefusedRequest{"unknown_verb", JobKind::servers, "status\n", "no verb"},
        RefusedRequest{"verb_of_others", JobKind::servers, "overlay\ncreate\na\n", "no verb"},
        RefusedRequest{"half_a_verb", JobKind::layers, "overlay\n", "no verb"},
        RefusedRequest{"import_names_a_path", JobKind::layers, "overlay\nimport\na\n/etc\n",
                       "'overlay import' is no verb for a job of the kind layers, which does: overlay "
                       "create, overlay build, overlay refresh, overlay forget, overlay delete, overlay "
                       "rollback"},
        RefusedRequest{"no_end", JobKind::servers, "start\ncoop1", "newline"},
        RefusedRequest{"no_server", JobKind::servers, "start\n", "takes names of servers"},
        RefusedRequest{"bad_server", JobKind::servers, "start\n../etc\n", "takes names of servers"},
        RefusedRequest{"blank_in_name", JobKind::servers, "start\na b\n", "takes names of servers"},
        RefusedRequest{"nul_in_name", JobKind::servers, std::string("start\na\0b\n", 10),
                       "takes names of servers"},
        RefusedRequest{"two_to_make", JobKind::servers, "initialize\na\nb\n\nx", "the name of a server"},
        RefusedRequest{"none_to_delete", JobKind::layers, "overlay\ndelete\n", "takes layers"},
        RefusedRequest{"all_servers", JobKind::servers, "restart\n--all\n", "the option '--all'"},
        RefusedRequest{"path_of_the_host", JobKind::servers, "initialize\na\n--file\n/etc/shadow\n\nx",
                       "the option '--file'"},
        RefusedRequest{"path_by_letter", JobKind::servers, "initialize\na\n-f\n/etc/shadow\n\nx",
                       "the option '-f'"},
        RefusedRequest{"path_in_one_word", JobKind::layers, "overlay\nbuild\na\n--file=/etc/shadow\n\nx",
                       "the option '--file=/etc/shadow'"},
        RefusedRequest{"end_of_options", JobKind::servers, "start\n--\na\n", "the option '--'"},
        RefusedRequest{"help", JobKind::servers, "start\n--help\n", "the option '--help'"},
        RefusedRequest{"bad_layer", JobKind::layers, "overlay\ndelete\na/../b\n", "takes layers"},
        RefusedRequest{"absolute_layer", JobKind::layers, "overlay\ndelete\n/a\n", "takes layers"},
        RefusedRequest{"version_zero", JobKind::layers, "overlay\nrollback\na\n0\n", "version"},
        RefusedRequest{"version_of_words", JobKind::layers, "overlay\nrollback\na\nx\n", "version"},
        RefusedRequest{"address_of_an_item", JobKind::workshop, "workshop\nadd\na\nhttps://x\n",
                       "items"},
        RefusedRequest{"no_items", JobKind::workshop, "workshop\nadd\na\n", "items"},
        RefusedRequest{"no_script", JobKind::layers, "overlay\nbuild\na\n", "has none"},
        RefusedRequest{"empty_script", JobKind::layers, "overlay\nbuild\na\n\n", "has none"},
        RefusedRequest{"text_for_nobody", JobKind::servers, "start\na\n\nx", "has one"},
        RefusedRequest{"twice", JobKind::layers, "overlay\nbuild\na\n--daily\n--daily\n\nx", "twice"},
        RefusedRequest{"new_login", JobKind::steam, "update\n--user\nann\n--new-login\n",
                       "the option '--new-login'"},
        RefusedRequest{"no_account", JobKind::steam, "update\n--user\n", "name of an account"},
        RefusedRequest{"word_for_steamcmd", JobKind::steam, "update\n--user\n+quit\n",
                       "name of an account"},
        RefusedRequest{"more_for_steam", JobKind::steam, "update\nann\n", "nothing more"},
        RefusedRequest{"long_script", JobKind::layers,
                       "overlay\nbuild\na\n\n" + std::string(1024 * 1024 + 1, 'x'), "are allowed"}),
    NameOfCase());

TEST(JobRequest, MayHaveAScriptOfAMebibyte)
{
    const auto text = "overlay\nbuild\na\n\n" + std::string(1024 * 1024, 'x');
    EXPECT_THAT(parsed(JobKind::layers, text), Succeeds());
    EXPECT_LT(text.size(), max_job_request_size);
}

TEST(JobRequest, HasNoMoreWordsThanManyServers)
{
    std::string text = "stop\n";
    for (int i = 0; i < 4096; ++i)
        text += "a\n";
    EXPECT_THAT(parsed(JobKind::servers, text), FailsWith(ExitStatus::bad_data, "more than"));
}

struct Call {
    JobKind kind;
    std::string request;
    std::vector<std::string> may;    ///< "HELPER WORDS"
    std::vector<std::string> may_not; ///< of what its own kind knows, or looks like it
};
void PrintTo(const Call& row, std::ostream* out)
{
    *out << quote(row.request);
}

bool may_call(const JobRequest& request, const std::string& call)
{
    const auto blank = call.find(' ');
    return job_may_call(request, call.substr(0, blank), call.substr(blank + 1));
}

class CallOfJob : public testing::TestWithParam<Call> {};
TEST_P(CallOfJob, IsOneThatItsRequestNames)
{
    const auto request = parsed(GetParam().kind, GetParam().request);
    ASSERT_THAT(request, Succeeds());
    for (const auto& call : GetParam().may)
        EXPECT_TRUE(may_call(*request, call)) << call;
    for (const auto& call : GetParam().may_not)
        EXPECT_FALSE(may_call(*request, call)) << call;
    for (const auto* call :
         {"left4me-systemctl job-start servers 8", "left4me-systemctl job-stop servers 7",
          "left4me-systemctl enable other", "left4me-systemctl disable other",
          "left4me-systemctl purge other", "left4me-script-sandbox other k3x9",
          "left4me-journalctl other --lines 10 --no-follow", "left4me-overlay mount coop1", ""})
        EXPECT_FALSE(may_call(*request, call)) << call;
}
INSTANTIATE_TEST_SUITE_P(
    Each, CallOfJob,
    Values(
        Call{JobKind::servers,
             "initialize\ncoop1\n\nport: 27015\n",
             {},
             {"left4me-systemctl enable coop1", "left4me-systemctl purge coop1"}},
        Call{JobKind::servers,
             "start\ncoop1\ncoop2\n",
             {"left4me-systemctl enable coop1", "left4me-systemctl enable coop2",
              "left4me-systemctl disable coop1", "left4me-journalctl coop2 --lines 10 --no-follow"},
             {"left4me-systemctl purge coop1", "left4me-systemctl restart coop1",
              "left4me-systemctl enable coop1 coop2", "left4me-systemctl enable  coop1",
              "left4me-systemctl enable coop1\n", "left4me-systemctl enable coop",
              "left4me-systemctl fetch", "left4me-journalctl coop1 --lines 10 --follow",
              "left4me-journalctl coop1 --lines 100 --no-follow", "left4me-launch enable coop1"}},
        Call{JobKind::servers,
             "stop\ncoop1\n",
             {"left4me-systemctl disable coop1"},
             {"left4me-systemctl enable coop1", "left4me-systemctl purge coop1"}},
        Call{JobKind::servers,
             "restart\ncoop1\n",
             {"left4me-systemctl restart coop1", "left4me-journalctl coop1 --lines 10 --no-follow"},
             {"left4me-systemctl enable coop1", "left4me-systemctl disable coop1"}},
        Call{
            JobKind::servers, "restart\n--when-empty\ncoop1\n", {}, {"left4me-systemctl restart coop1"}},
        Call{JobKind::servers, "restart\n--cancel\ncoop1\n", {}, {"left4me-systemctl restart coop1"}},
        Call{JobKind::servers,
             "delete\ncoop1\n",
             {"left4me-systemctl disable coop1", "left4me-systemctl purge coop1"},
             {"left4me-systemctl enable coop1"}},
        Call{JobKind::servers,
             "reset\ncoop1\n",
             {"left4me-systemctl disable coop1", "left4me-systemctl purge coop1"},
             {"left4me-systemctl enable coop1"}},
        Call{JobKind::layers,
             "overlay\nbuild\nmaps/x\n\necho\n",
             {"left4me-script-sandbox maps/x k3x9"},
             {"left4me-script-sandbox --multiarch maps/x k3x9", "left4me-script-sandbox maps k3x9",
              "left4me-script-sandbox maps/x/y k3x9", "left4me-script-sandbox maps/x",
              "left4me-script-sandbox maps/x ../y", "left4me-script-sandbox maps/x k3x9 k3x9",
              "left4me-script-sandbox maps/x k3x9\n", "left4me-systemctl maps/x k3x9"}},
        Call{JobKind::layers,
             "overlay\nbuild\nmaps/x\n--multiarch\n\necho\n",
             {"left4me-script-sandbox --multiarch maps/x k3x9"},
             {"left4me-script-sandbox maps/x k3x9",
              "left4me-script-sandbox --multiarch --multiarch maps/x k3x9"}},
        Call{JobKind::layers,
             "overlay\nrefresh\nmaps/x\nmaps/y\n",
             {"left4me-script-sandbox maps/x k3x9", "left4me-script-sandbox --multiarch maps/y k"},
             {"left4me-script-sandbox maps/z k3x9"}},
        Call{JobKind::layers, "overlay\ndelete\nmaps/x\n", {}, {"left4me-script-sandbox maps/x k3x9"}},
        Call{JobKind::workshop, "workshop\nrefresh\n", {}, {"left4me-script-sandbox maps/x k3x9"}},
        Call{JobKind::steam,
             "update\n--user\nann\n",
             {"left4me-systemctl fetch", "left4me-systemctl publish-installation"},
             {"left4me-systemctl fetch ann", "left4me-systemctl inspect",
              "left4me-script-sandbox fetch"}}));

TEST(CallOfJob, OfARefreshOfAllIsForAnyLayer)
{
    const auto request = parsed(JobKind::layers, "overlay\nrefresh\n");
    ASSERT_THAT(request, Succeeds());
    EXPECT_TRUE(may_call(*request, "left4me-script-sandbox maps/any k3x9"));
    EXPECT_FALSE(may_call(*request, "left4me-script-sandbox ../any k3x9"));
    EXPECT_FALSE(may_call(*request, "left4me-systemctl enable coop1"));
}

} // namespace
} // namespace left4me
