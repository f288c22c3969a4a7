#include "web/router.hpp"

#include "accounts/change_log.hpp"
#include "accounts/jobs.hpp"
#include "accounts/linked_servers.hpp"
#include "accounts/users.hpp"
#include "accounts/web_database.hpp"
#include "temporary_host.hpp"
#include "verbs/layer_verbs.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"
#include "web/player_pages.hpp"
#include "web/routes.hpp"

#include <algorithm>
#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace left4me::web {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr AccountTime now{std::chrono::seconds(1'800'000'000)};

Database database_with_tables()
{
    auto database = Database::in_memory();
    const auto migrated = migrate(*database, 0, web_schema);
    EXPECT_TRUE(migrated);
    return std::move(*database);
}

/// Who asks.
enum class Who { anonymous, other, viewer, operates, owner, admin };
constexpr std::array all_who = {Who::anonymous, Who::other, Who::viewer,
                                Who::operates,  Who::owner, Who::admin};
const std::map<Who, std::string> names = {{Who::other, "other"},
                                          {Who::viewer, "viewer"},
                                          {Who::operates, "operates"},
                                          {Who::owner, "owner"},
                                          {Who::admin, "admin"}};

/// The program's own routes, with accounts in memory, a server coop1 and a blueprint 1 of
/// owner's.
class Routes : public testing::Test {
protected:
    Routes()
    {
        Users users(database_);
        for (const auto& [who, name] : names) {
            const auto role = who == Who::admin ? Role::admin : Role::user;
            const auto user_name = *UserName::parse(name);
            EXPECT_TRUE(users.add(user_name, role, Secret("correct horse battery"), now));
            const auto user = users.find(user_name);
            EXPECT_TRUE(user);
            ids_.emplace(who, user->id);
        }
        sign_all_in();
        ServerAccess access(database_);
        EXPECT_TRUE(access.set_owner(coop1_, ids_.at(Who::owner)));
        EXPECT_TRUE(Blueprints(database_).add(*users.find(ids_.at(Who::owner)), blueprint_, now));
        EXPECT_TRUE(access.share(coop1_, ids_.at(Who::viewer), ServerRight::view));
        EXPECT_TRUE(access.share(coop1_, ids_.at(Who::operates), ServerRight::operate));
    }

    void sign_all_in()
    {
        for (const auto& [who, id] : ids_) {
            auto session = Sessions(database_).start(id, {"127.0.0.1", "test"}, now);
            ASSERT_TRUE(session);
            cookies_[who] = session->cookie.reveal();
            tokens_[who] = session->session.csrf;
        }
    }

    Request request(Method method, const std::string& path, Who who)
    {
        Request made;
        made.method = method;
        made.path = path;
        made.host = "localhost:8000";
        made.client = "127.0.0.1";
        std::string cookies =
            cookie_name(CookieKind::before_sign_in, false) + "=" + form_.text().reveal();
        if (who != Who::anonymous)
            cookies += "; " + cookie_name(CookieKind::session, false) + "=" + cookies_[who];
        made.fields.push_back({"cookie", cookies});
        if (method == Method::post) {
            const bool open = path == "/sign-in" || path == "/welcome";
            made.fields.push_back({"origin", "http://localhost:8000"});
            made.fields.push_back({"content-type", "application/x-www-form-urlencoded"});
            made.body = "token=" + (open ? form_token(form_) : tokens_[who]);
        }
        return made;
    }

    /// 0: work for the pool, as pages of servers are, or a stream.
    unsigned status_of(const Request& request)
    {
        const auto answer = router_.answer(request);
        const auto* response = std::get_if<Response>(&answer);
        return response == nullptr ? 0 : response->status;
    }

    Response response_to(const Request& request)
    {
        auto answer = router_.answer(request);
        auto* response = std::get_if<Response>(&answer);
        return response == nullptr ? Response{.status = 0} : std::move(*response);
    }

    /// A form that this user may send, with these fields.
    unsigned submitted(Who who, const std::string& path, const std::string& fields)
    {
        auto form = request(Method::post, path, who);
        form.body += "&" + fields;
        return status_of(form);
    }

    int told_of_jobs_ = 0;
    const Token form_ = *Token::make(); ///< of the cookie before a session
    const BlueprintDraft blueprint_ = {
        .name = "coop", .shared = false, .content = *Blueprint::parse({})};
    const InstanceName coop1_ = *InstanceName::parse("coop1");
    TemporaryHost host_;
    Database database_ = database_with_tables();
    std::map<Who, std::string> cookies_;
    std::map<Who, std::string> tokens_;
    std::map<Who, UserId> ids_;
    Site site_ = {
        .host = *host_,
        .database = database_,
        .assets = {.style = {"text/css", "a", "\"1\""},
                   .script = {"text/javascript", "b", "\"2\""},
                   .icon = {"image/svg+xml", "c", "\"3\""}},
        .board = std::make_shared<StatusBoard>(board_of(*host_), marks_of(*host_)),
        .games = std::make_shared<AskedGames>(*host_),
        .open_database = [] { return Database::in_memory(); },
        .follow_all =
            [](const WebSession& session) {
                return Stream{.owner = session.user.name.str(), .begin = {}};
            },
        .follow_one =
            [](const WebSession& session, const InstanceName&, const std::optional<JournalCursor>&) {
                return Stream{.owner = session.user.name.str(), .begin = {}};
            },
        .follow_job =
            [](const WebSession& session, const JobId&, std::uint64_t) {
                return Stream{.owner = session.user.name.str(), .begin = {}};
            },
        .servers_of_user = 8,
        .jobs_wait = [this] { ++told_of_jobs_; }};
    Router router_{site_, all_routes(), [] { return now; }};
};

/// Users are added in the order of Who, without anonymous.
constexpr int owners_number = 4;

std::string path_of(const Route& route)
{
    std::string path(route.path);
    if (const auto at = path.find("{server}"); at != std::string::npos)
        path.replace(at, 8, "coop1");
    if (const auto at = path.find("{layer}"); at != std::string::npos)
        path.replace(at, 7, "users~" + std::to_string(owners_number) + "~maps");
    for (const std::string number : {"{blueprint}", "{job}"})
        if (const auto at = path.find(number); at != std::string::npos)
            path.replace(at, number.size(), "1");
    return path;
}

/// What a route answers by GET, or by a right POST.
struct Access {
    unsigned anonymous;
    Who from; ///< to those below, who are signed in, there is nothing
    unsigned allowed;
    unsigned then = 0; ///< of what can be done once: to those above the first; 0: the same

    [[nodiscard]] unsigned of(Who who) const
    {
        if (who == Who::anonymous)
            return anonymous;
        return who < from ? 404 : who > from && then != 0 ? then : allowed;
    }
};
/// A route without a row fails.
const std::map<std::pair<Method, std::string>, Access> expected = {
    {{Method::get, "/"}, {303, Who::other, 0}},
    {{Method::get, "/servers/{server}"}, {303, Who::viewer, 0}},
    {{Method::get, "/events"}, {303, Who::other, 0}},
    {{Method::get, "/servers/{server}/events"}, {303, Who::viewer, 0}},
    {{Method::get, "/servers/{server}/log"}, {303, Who::viewer, 0}},
    {{Method::get, "/servers/{server}/players"}, {303, Who::viewer, 0}},
    {{Method::get, "/servers/{server}/kick"}, {303, Who::operates, 0}},
    {{Method::post, "/servers/{server}/kick"}, {403, Who::operates, 422}},
    {{Method::get, "/servers/{server}/console"}, {303, Who::operates, 0}},
    {{Method::post, "/servers/{server}/console"}, {403, Who::operates, 422}},
    {{Method::get, "/servers/{server}/console/names"}, {303, Who::operates, 0}},
    {{Method::post, "/servers/{server}/act"}, {403, Who::operates, 422}},
    {{Method::post, "/servers/{server}/blueprint"}, {403, Who::owner, 422}},
    {{Method::post, "/servers/{server}/adopt"}, {403, Who::owner, 422}},
    {{Method::post, "/servers/{server}/delete"}, {403, Who::owner, 422}},
    {{Method::get, "/new-server"}, {303, Who::other, 0}},
    {{Method::post, "/new-server"}, {403, Who::other, 422}},
    {{Method::post, "/acts"}, {403, Who::other, 422}},
    {{Method::post, "/servers/{server}/shares"}, {403, Who::owner, 422}},
    {{Method::post, "/servers/{server}/shares/end"}, {403, Who::owner, 422}},
    {{Method::post, "/servers/{server}/owner"}, {403, Who::owner, 422}},
    {{Method::get, "/blueprints"}, {303, Who::other, 200}},
    {{Method::post, "/blueprints"}, {403, Who::other, 0}},
    {{Method::get, "/layers"}, {303, Who::other, 0}},
    {{Method::get, "/layers/{layer}"}, {303, Who::owner, 0}},
    {{Method::post, "/layers/{layer}/act"}, {403, Who::owner, 422}},
    {{Method::post, "/layers/{layer}/build"}, {403, Who::admin, 422}},
    {{Method::post, "/layers/{layer}/rebuild"}, {403, Who::admin, 303}},
    {{Method::get, "/new-layer"}, {303, Who::admin, 200}},
    {{Method::post, "/new-layer"}, {403, Who::admin, 0}},
    {{Method::get, "/new-blueprint"}, {303, Who::other, 0}},
    {{Method::get, "/blueprints/{blueprint}"}, {303, Who::owner, 0}},
    {{Method::post, "/blueprints/{blueprint}"}, {403, Who::owner, 0}},
    {{Method::post, "/blueprints/{blueprint}/clone"}, {403, Who::owner, 0}},
    {{Method::post, "/blueprints/{blueprint}/delete"}, {403, Who::owner, 422}},
    {{Method::get, "/jobs"}, {303, Who::other, 200}},
    {{Method::get, "/jobs/{job}"}, {303, Who::viewer, 0}},
    {{Method::get, "/jobs/{job}/events"}, {303, Who::viewer, 0}},
    {{Method::post, "/jobs/{job}/cancel"}, {403, Who::operates, 303, 409}},
    {{Method::get, "/sign-in"}, {200, Who::other, 303}},
    {{Method::post, "/sign-in"}, {0, Who::other, 0}},
    {{Method::post, "/sign-out"}, {403, Who::other, 303}},
    {{Method::get, "/welcome"}, {200, Who::other, 200}},
    {{Method::post, "/welcome"}, {422, Who::other, 422}},
    {{Method::get, "/account"}, {303, Who::other, 200}},
    {{Method::post, "/account/password"}, {403, Who::other, 422}},
    {{Method::post, "/account/second-factor"}, {403, Who::other, 0}},
    {{Method::post, "/account/second-factor/code"}, {403, Who::other, 422}},
    {{Method::post, "/account/second-factor/off"}, {403, Who::other, 0}},
    {{Method::post, "/account/sessions/end"}, {403, Who::other, 303}},
    {{Method::post, "/account/sessions/end-others"}, {403, Who::other, 303}},
    {{Method::get, "/style.css"}, {200, Who::other, 200}},
    {{Method::get, "/host"}, {303, Who::admin, 0}},
    {{Method::post, "/host/update"}, {403, Who::admin, 303}},
    {{Method::get, "/users"}, {303, Who::admin, 200}},
    {{Method::post, "/users"}, {403, Who::admin, 422}},
    {{Method::post, "/users/change"}, {403, Who::admin, 422}},
    {{Method::get, "/audit"}, {303, Who::admin, 200}},
    {{Method::get, "/icon.svg"}, {200, Who::other, 200}},
    {{Method::get, "/live.js"}, {200, Who::other, 200}},
};

TEST_F(Routes, AnswerEachAsTheTableSays)
{
    const auto owner = *UserName::parse("owner");
    ASSERT_TRUE(Jobs(database_).add(*host_, ServerWork{coop1_, ServerAct::stop}, owner, now));
    for (const auto& route : all_routes()) {
        const auto row = expected.find({route.method, std::string(route.path)});
        ASSERT_NE(row, expected.end()) << route.path << " has no row";
        sign_all_in(); // the one before may have ended sessions
        for (const auto who : all_who)
            EXPECT_EQ(status_of(request(route.method, path_of(route), who)), row->second.of(who))
                << route.path << ' ' << (who == Who::anonymous ? "anonymous" : names.at(who));
    }
    EXPECT_EQ(expected.size(), all_routes().size());
}

TEST_F(Routes, OfAChangeTakeNothingButTheirOwnForms)
{
    for (const auto& route : all_routes()) {
        EXPECT_EQ(route.method == Method::post, route.changes != Changes::nothing) << route.path;
        if (route.method != Method::post)
            continue;
        const auto right = request(Method::post, path_of(route), Who::admin);
        auto without_token = right;
        without_token.body = "";
        auto token_of_another = right;
        token_of_another.body = "token=" + tokens_[Who::other];
        auto of_another_origin = right;
        of_another_origin.fields[1].value = "http://evil.example";
        auto of_no_origin = right;
        of_no_origin.fields.erase(of_no_origin.fields.begin() + 1);
        for (const auto& wrong : {without_token, token_of_another, of_another_origin, of_no_origin})
            EXPECT_EQ(status_of(wrong), 403) << route.path;
        auto of_another_type = right;
        of_another_type.fields[2].value = "text/plain";
        EXPECT_EQ(status_of(of_another_type), 415) << route.path;
        auto no_form = right;
        no_form.body = "token";
        EXPECT_EQ(status_of(no_form), 400) << route.path;
    }
    // None of them has ended a session.
    EXPECT_EQ(status_of(request(Method::get, "/", Who::admin)), 0U);
}

TEST_F(Routes, TakeNoOtherMethod)
{
    std::map<std::string, std::set<Method>> methods;
    for (const auto& route : all_routes())
        methods[path_of(route)].insert(route.method);
    for (const auto& [path, has] : methods) {
        if (!has.contains(Method::post)) {
            EXPECT_EQ(status_of(request(Method::post, path, Who::admin)), 405) << path;
        }
        if (!has.contains(Method::get)) {
            EXPECT_EQ(status_of(request(Method::get, path, Who::admin)), 405) << path;
        } else {
            EXPECT_EQ(status_of(request(Method::head, path, Who::admin)),
                      status_of(request(Method::get, path, Who::admin)))
                << path;
        }
    }
}

TEST_F(Routes, KnowNoOtherPath)
{
    for (const auto* path :
         {"//", "/x", "/servers", "/servers/", "/servers/coop1/", "/servers/coop1/x", "/servers/COOP1",
          "/servers/coop1%2e", "/servers/..", "/servers/%2e%2e/coop1", "/sign-in/", "/SIGN-IN",
          "/style.css/", "/servers/coop2"})
        EXPECT_EQ(status_of(request(Method::get, path, Who::owner)), 404) << path;
}

TEST_F(Routes, EndASessionBySigningOut)
{
    const auto response = response_to(request(Method::post, "/sign-out", Who::owner));
    EXPECT_EQ(response.status, 303U);
    EXPECT_EQ(status_of(request(Method::get, "/", Who::owner)), 303U);
    EXPECT_EQ(status_of(request(Method::get, "/", Who::admin)), 0U);
}

TEST_F(Routes, LoseASharedServerAtOnce)
{
    EXPECT_EQ(status_of(request(Method::get, "/servers/coop1", Who::viewer)), 0U);
    ASSERT_TRUE(ServerAccess(database_).unshare(coop1_, ids_.at(Who::viewer)));
    EXPECT_EQ(status_of(request(Method::get, "/servers/coop1", Who::viewer)), 404U);
}

TEST_F(Routes, TakeAPlayersNumberAndAKnownTimeForABan)
{
    for (const auto* bad :
         {"act=kick", "act=kick&player=x", "act=kick&player=-1", "act=kick&player=1;quit",
          "act=ban&player=2", "act=ban&player=2&minutes=5", "act=burn&player=2", "player=2"})
        EXPECT_EQ(submitted(Who::operates, "/servers/coop1/kick", bad), 422U) << bad;
    EXPECT_EQ(submitted(Who::operates, "/servers/coop1/kick", "act=kick&player=2"), 0U);
    EXPECT_EQ(submitted(Who::operates, "/servers/coop1/kick", "act=ban&player=2&minutes=60"), 0U);
    EXPECT_EQ(submitted(Who::viewer, "/servers/coop1/kick", "act=kick&player=2"), 404U);
}

TEST_F(Routes, GiveAConsoleNothingButOneCommand)
{
    for (const auto* bad : {"command=", "command=%20", "command=a%0Aquit"})
        EXPECT_EQ(submitted(Who::operates, "/servers/coop1/console", bad), 422U) << bad;
    EXPECT_EQ(submitted(Who::operates, "/servers/coop1/console", "command=" + std::string(511, 'a')),
              422U);
    EXPECT_EQ(submitted(Who::operates, "/servers/coop1/console", "command=status"), 0U);
    EXPECT_EQ(submitted(Who::viewer, "/servers/coop1/console", "command=status"), 404U);
}

TEST(PlayedFor, IsATimeThatPeopleRead)
{
    EXPECT_EQ(played_for(0), "0:00");
    EXPECT_EQ(played_for(65.9F), "1:05");
    EXPECT_EQ(played_for(3723), "1:02:03");
    EXPECT_EQ(played_for(3e38F), "720:00:00");
}

TEST_F(Routes, PutIntoTheQueueWhatIsAskedForOnceForEachServer)
{
    const auto last = [&] { return *Jobs(database_).last(coop1_); };
    EXPECT_EQ(submitted(Who::operates, "/servers/coop1/act", "act=burn"), 422U);
    EXPECT_EQ(submitted(Who::viewer, "/servers/coop1/act", "act=stop"), 404U);
    EXPECT_FALSE(last());
    EXPECT_EQ(submitted(Who::operates, "/servers/coop1/act", "act=restart-when-empty"), 303U);
    EXPECT_EQ(told_of_jobs_, 1);
    ASSERT_TRUE(last());
    EXPECT_EQ(last()->on_server()->act, ServerAct::restart_when_empty);
    EXPECT_EQ(last()->user, "operates");
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/act", "act=stop"), 409U);
    EXPECT_EQ(last()->on_server()->act, ServerAct::restart_when_empty);
    EXPECT_EQ(told_of_jobs_, 1);
}

TEST_F(Routes, CancelAJobForThoseWhoMayOperateItsServer)
{
    ASSERT_EQ(submitted(Who::owner, "/servers/coop1/act", "act=stop"), 303U);
    const auto last = [&] { return **Jobs(database_).last(coop1_); };
    EXPECT_EQ(submitted(Who::other, "/jobs/1/cancel", ""), 404U);
    EXPECT_EQ(submitted(Who::viewer, "/jobs/1/cancel", ""), 404U);
    for (const auto* number : {"2", "01", "-1", "x", "1%20", "99999999999999999999"})
        EXPECT_EQ(submitted(Who::owner, std::string("/jobs/") + number + "/cancel", ""), 404U);
    EXPECT_FALSE(last().ended);
    EXPECT_EQ(submitted(Who::operates, "/jobs/1/cancel", ""), 303U);
    EXPECT_TRUE(last().was_cancelled());
    EXPECT_EQ(last().canceller, "operates");
    EXPECT_EQ(told_of_jobs_, 2);
    ASSERT_TRUE(ServerAccess(database_).unshare(coop1_, ids_.at(Who::viewer)));
    EXPECT_EQ(status_of(request(Method::get, "/jobs/1", Who::viewer)), 404U);
}

TEST_F(Routes, ListTheJobsOfServersThatOneMaySee)
{
    const auto coop2 = *InstanceName::parse("coop2");
    ASSERT_TRUE(ServerAccess(database_).set_owner(coop2, ids_.at(Who::other)));
    ASSERT_EQ(submitted(Who::owner, "/servers/coop1/act", "act=stop"), 303U);
    ASSERT_EQ(submitted(Who::other, "/servers/coop2/act", "act=start"), 303U);
    const auto list = [&](Who who) { return response_to(request(Method::get, "/jobs", who)).body; };
    EXPECT_THAT(list(Who::admin), testing::AllOf(HasSubstr("coop1"), HasSubstr("coop2")));
    EXPECT_THAT(list(Who::viewer), testing::AllOf(HasSubstr("coop1"), Not(HasSubstr("coop2"))));
    EXPECT_THAT(list(Who::other), testing::AllOf(HasSubstr("coop2"), Not(HasSubstr("coop1"))));
}

TEST_F(Routes, WriteDownWhoAskedForWhichChangeAndWhetherItWasDone)
{
    const auto last = [&] { return ChangeLog(database_).some({})->changes.front(); };
    const auto count = [&] { return ChangeLog(database_).some({})->changes.size(); };
    ASSERT_EQ(submitted(Who::operates, "/servers/coop1/act", "act=stop"), 303U);
    auto change = last();
    EXPECT_EQ(change.user, "operates");
    EXPECT_EQ(change.role, "user");
    EXPECT_EQ(change.address, "127.0.0.1");
    EXPECT_EQ(change.kind, "running");
    EXPECT_EQ(change.what, "/servers/coop1/act, act 'stop'");
    EXPECT_THAT(change.servers, testing::ElementsAre("coop1"));
    EXPECT_TRUE(change.done());
    ASSERT_EQ(submitted(Who::owner, "/jobs/1/cancel", ""), 303U);
    EXPECT_THAT(last().servers, testing::ElementsAre("coop1"));
    ASSERT_EQ(submitted(Who::owner, "/acts", "act=stop&server.coop1=on&server.%2e%2e=on"), 404U);
    change = last();
    EXPECT_EQ(change.status, 404U);
    EXPECT_THAT(change.servers, testing::ElementsAre("coop1"));
    ASSERT_EQ(submitted(Who::owner, "/servers/coop1/shares", "user=nobody&right=view"), 422U);
    EXPECT_EQ(last().about, "nobody");
    EXPECT_EQ(count(), 4U);
    // Neither what is read, nor what the router refused.
    (void)status_of(request(Method::get, "/jobs", Who::owner));
    auto forged = request(Method::post, "/servers/coop1/act", Who::owner);
    forged.body = "token=x";
    EXPECT_EQ(status_of(forged), 403U);
    EXPECT_EQ(count(), 4U);
}

/// People type their passwords where a name belongs.
TEST_F(Routes, KeepNothingOfWhatSomebodyTypedWhoIsNotSignedIn)
{
    const auto change_of = [&](const std::string& path, const std::string& fields) {
        auto form = request(Method::post, path, Who::anonymous);
        form.body += "&" + fields;
        auto answer = router_.answer(form);
        while (auto* work = std::get_if<Work>(&answer))
            answer = work->work()();
        return ChangeLog(database_).some({})->changes;
    };
    const auto some = change_of("/welcome", "name=Hunter2&user=hunter2&link=hunter2&password=hunter2");
    ASSERT_EQ(some.size(), 1U);
    EXPECT_EQ(some[0].what, "/welcome");
    EXPECT_EQ(some[0].about, "");
    EXPECT_EQ(some[0].user, "");
    EXPECT_EQ(change_of("/welcome", "user=owner&link=x")[0].about, "owner");
}

TEST_F(Routes, ShowTheAdministratorsWhoChangedWhat)
{
    ASSERT_EQ(submitted(Who::operates, "/servers/coop1/act", "act=stop"), 303U);
    ASSERT_EQ(submitted(Who::owner, "/servers/coop1/shares/end", "user=viewer"), 303U);
    const auto list = [&](const std::string& query) {
        auto asked = request(Method::get, "/audit", Who::admin);
        asked.query = query;
        return response_to(asked).body;
    };
    EXPECT_THAT(list(""), testing::AllOf(HasSubstr("operates (user)"), HasSubstr("owner (user)")));
    EXPECT_THAT(list("user=owner"), Not(HasSubstr("operates (user)")));
    EXPECT_THAT(list("user=viewer&kind=server&server=coop1"), HasSubstr("owner (user)"));
    EXPECT_THAT(list("kind=running"), Not(HasSubstr("owner (user)")));
    EXPECT_THAT(list("server=coop"), HasSubstr("There is no such change"));
    EXPECT_THAT(list("user=%22%3E%3Cb%3E"), HasSubstr("value=\"&quot;&gt;&lt;b&gt;\""));
    EXPECT_THAT(list("from=2027-01-14&until=2027-01-16"), HasSubstr("owner (user)"));
    EXPECT_THAT(list("from=2027-01-16"), HasSubstr("There is no such change"));
    EXPECT_THAT(list("from=soon"), HasSubstr("class=\"message"));
}

TEST_F(Routes, DoToSeveralServersAllOrNothing)
{
    const auto coop2 = *InstanceName::parse("coop2");
    ASSERT_TRUE(ServerAccess(database_).set_owner(coop2, ids_.at(Who::owner)));
    const auto has_job = [&](const InstanceName& name) {
        return Jobs(database_).last(name)->has_value();
    };
    EXPECT_EQ(submitted(Who::owner, "/acts", "act=stop"), 422U) << "none is chosen";
    EXPECT_EQ(submitted(Who::operates, "/acts", "act=stop&server.coop1=on&server.coop2=on"), 404U);
    EXPECT_EQ(submitted(Who::viewer, "/acts", "act=stop&server.coop1=on"), 404U);
    EXPECT_EQ(submitted(Who::owner, "/acts", "act=stop&server.coop1=on&server.%2e%2e=on"), 404U);
    EXPECT_FALSE(has_job(coop1_));
    EXPECT_EQ(submitted(Who::owner, "/servers/coop2/act", "act=stop"), 303U);
    EXPECT_EQ(submitted(Who::owner, "/acts", "act=stop&server.coop1=on&server.coop2=on"), 409U);
    EXPECT_FALSE(has_job(coop1_)) << "one of them is at work";
    EXPECT_EQ(submitted(Who::owner, "/acts", "act=stop&server.coop1=on"), 303U);
    EXPECT_TRUE(has_job(coop1_));
}

TEST_F(Routes, ShowASharedBlueprintToAllAndChangeItForItsOwnerAlone)
{
    Blueprints all(database_);
    const auto owner = *Users(database_).find(ids_.at(Who::owner));
    auto draft = blueprint_;
    draft.shared = true;
    ASSERT_TRUE(all.change(**all.find(owner, "1"), draft, now));
    EXPECT_EQ(status_of(request(Method::get, "/blueprints/1", Who::other)), 0U);
    EXPECT_EQ(status_of(request(Method::post, "/blueprints/1/clone", Who::other)), 0U);
    EXPECT_EQ(status_of(request(Method::post, "/blueprints/1", Who::other)), 404U);
    EXPECT_EQ(submitted(Who::other, "/blueprints/1/delete", "name=coop"), 404U);
    EXPECT_EQ(submitted(Who::owner, "/blueprints/1/delete", "name=coop"), 303U);
    EXPECT_EQ(status_of(request(Method::get, "/blueprints/1", Who::owner)), 404U);
    for (const auto* path : {"/blueprints/", "/blueprints/x", "/blueprints/1/x", "/blueprints/new"})
        EXPECT_EQ(status_of(request(Method::get, path, Who::owner)), 404U) << path;
}

TEST_F(Routes, ShowEachTheirLayersAndThoseOfNobody)
{
    ASSERT_EQ(ids_.at(Who::owner).number(), owners_number);
    const auto get = [&](const std::string& part, Who who) {
        return status_of(request(Method::get, "/layers/" + part, who));
    };
    EXPECT_EQ(get("maps", Who::other), 0U);
    EXPECT_EQ(get("maps~hard", Who::other), 0U);
    EXPECT_EQ(get("users~4~maps", Who::owner), 0U);
    EXPECT_EQ(get("users~4~maps", Who::admin), 0U);
    EXPECT_EQ(get("users~4~maps", Who::other), 404U);
    EXPECT_EQ(get("users~44~maps", Who::owner), 404U);
    EXPECT_EQ(get("users~4", Who::owner), 404U);
    for (const auto* part :
         {"", "~", "..", "maps~..~users~4~maps", "maps~~hard", "%2e%2e", "~users~4~maps"})
        EXPECT_EQ(get(part, Who::admin), 404U) << part;
}

TEST_F(Routes, BuildLayersForWhoMayWriteScriptsAndOwnsThem)
{
    const auto may = [&](bool builds) {
        ASSERT_TRUE(Users(database_).set_may_build(*UserName::parse("owner"), builds));
        sign_all_in();
    };
    const std::string own = "/layers/users~4~maps";
    const auto last = [&](const char* layer) { return *Jobs(database_).last(*LayerRef::parse(layer)); };
    EXPECT_EQ(submitted(Who::owner, own + "/build", "script=true"), 404U);
    EXPECT_EQ(submitted(Who::owner, own + "/rebuild", ""), 404U);
    EXPECT_FALSE(last("users/4/maps"));
    may(true);
    EXPECT_EQ(status_of(request(Method::get, "/new-layer", Who::owner)), 200U);
    EXPECT_EQ(submitted(Who::owner, "/layers/maps/build", "script=true"), 404U) << "the admins'";
    EXPECT_EQ(submitted(Who::owner, "/layers/maps/rebuild", ""), 404U);
    EXPECT_EQ(submitted(Who::owner, "/layers/users~44~maps/build", "script=true"), 404U);
    EXPECT_EQ(submitted(Who::owner, own + "/build", "script="), 422U);
    EXPECT_EQ(told_of_jobs_, 0);
    EXPECT_EQ(submitted(Who::owner, own + "/build", "script=set+-eu%0D%0Atrue&daily=yes"), 303U);
    EXPECT_EQ(told_of_jobs_, 1);
    const auto job = last("users/4/maps");
    ASSERT_TRUE(job);
    EXPECT_EQ(Jobs(database_).request_of(*job)->format(),
              "overlay\nbuild\nusers/4/maps\n--daily\n\nset -eu\ntrue");
    auto again = request(Method::post, own + "/build", Who::owner);
    again.body += "&script=echo+kept";
    const auto refused = response_to(again);
    EXPECT_EQ(refused.status, 409U);
    EXPECT_THAT(refused.body, HasSubstr("echo kept")) << "what was typed is not lost";
    EXPECT_EQ(submitted(Who::admin, "/layers/maps/build", "script=true"), 303U);
    may(false);
    EXPECT_EQ(status_of(request(Method::get, "/new-layer", Who::owner)), 404U);
}

TEST_F(Routes, MakeNewLayersWhereTheirOwnersAre)
{
    ASSERT_TRUE(Users(database_).set_may_build(*UserName::parse("owner"), true));
    sign_all_in();
    const auto made = [&](Who who, const std::string& fields) {
        auto form = request(Method::post, "/new-layer", who);
        form.body += "&" + fields;
        auto answer = router_.answer(form);
        while (auto* work = std::get_if<Work>(&answer))
            answer = work->work()();
        return std::get<Response>(answer);
    };
    EXPECT_EQ(made(Who::owner, "name=maps&script=true").status, 303U);
    EXPECT_TRUE(*Jobs(database_).last(*LayerRef::parse("users/4/maps")));
    EXPECT_EQ(made(Who::admin, "name=maps&script=true").status, 303U);
    EXPECT_TRUE(*Jobs(database_).last(*LayerRef::parse("maps")));
    EXPECT_EQ(made(Who::owner, "name=maps&script=true").status, 409U);
    for (const auto* name : {"", "..", "../../maps", "a/../b", "/maps", "a//b"}) {
        const auto refused = made(Who::owner, std::string("script=echo+kept&name=") + name);
        EXPECT_EQ(refused.status, 422U) << name;
        EXPECT_THAT(refused.body, HasSubstr("echo kept")) << name;
    }
    EXPECT_EQ(made(Who::owner, "name=hard&script=").status, 422U);
    ASSERT_TRUE(create_layer(*host_, *LayerRef::parse("users/4/there")));
    EXPECT_THAT(made(Who::owner, "name=there&script=true").body, HasSubstr("There is a layer"));
}

TEST_F(Routes, ChangeALayerForItsOwner)
{
    const auto last = [&] { return *Jobs(database_).last(*LayerRef::parse("users/4/maps")); };
    const std::string act = "/layers/users~4~maps/act";
    for (const auto* fields :
         {"act=burn", "act=build", "act=rebuild", "act=rollback", "act=rollback&version=0",
          "act=rollback&version=-1", "act=rollback&version=1;2", "act=delete", "act=delete&name=maps"})
        EXPECT_EQ(submitted(Who::owner, act, fields), 422U) << fields;
    EXPECT_EQ(submitted(Who::other, act, "act=rollback&version=2"), 404U);
    EXPECT_EQ(submitted(Who::owner, "/layers/maps/act", "act=rollback&version=2"), 404U);
    EXPECT_FALSE(last());
    EXPECT_EQ(submitted(Who::owner, act, "act=rollback&version=2"), 303U);
    EXPECT_EQ(Jobs(database_).request_of(*last())->format(), "overlay\nrollback\nusers/4/maps\n2\n");
    EXPECT_EQ(submitted(Who::owner, act, "act=delete&name=users/4/maps"), 409U);
    EXPECT_EQ(submitted(Who::owner, "/jobs/1/cancel", ""), 303U);
    EXPECT_EQ(submitted(Who::owner, act, "act=delete&name=users/4/maps"), 303U);
    EXPECT_EQ(last()->on_layer()->act, LayerAct::remove);
    EXPECT_EQ(status_of(request(Method::get, "/jobs/2", Who::other)), 404U);
    EXPECT_EQ(status_of(request(Method::get, "/jobs/2", Who::owner)), 0U);
}

TEST_F(Routes, DeleteAServerWhoseNameWasTyped)
{
    const auto last = [&] { return *Jobs(database_).last(coop1_); };
    EXPECT_EQ(submitted(Who::operates, "/servers/coop1/delete", "act=delete&name=coop1"), 404U);
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/delete", "act=delete&name=coop"), 422U);
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/delete", "act=stop&name=coop1"), 422U);
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/delete", "act=reset&name=coop1"), 422U)
        << "it is made of no blueprint";
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/act", "act=delete&name=coop1"), 422U);
    EXPECT_EQ(submitted(Who::owner, "/acts", "act=delete&server.coop1=on"), 422U);
    EXPECT_FALSE(last());
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/delete", "act=delete&name=coop1"), 303U);
    ASSERT_TRUE(last());
    EXPECT_EQ(last()->on_server()->act, ServerAct::remove);
}

TEST_F(Routes, LinkAServerToABlueprintOfItsOwners)
{
    const auto linked = [&] { return *LinkedServers(database_).find(coop1_); };
    EXPECT_EQ(submitted(Who::admin, "/servers/coop1/blueprint", "blueprint=1&port=27015"), 422U);
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/blueprint", "blueprint=2&port=27015"), 422U);
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/blueprint", "blueprint=1&port=80"), 422U);
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/blueprint", "blueprint=1&port=40000"), 422U);
    EXPECT_FALSE(linked());
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/blueprint", "blueprint=1&port=27015"), 303U);
    ASSERT_TRUE(linked());
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/act", "act=start"), 303U);
    const auto jobs = *Jobs(database_).to_do();
    ASSERT_EQ(jobs.size(), 1U);
    EXPECT_EQ(jobs[0].on_server()->act, ServerAct::initialize);
}

TEST_F(Routes, AskForOneUpdateOfTheGameAtATime)
{
    EXPECT_EQ(submitted(Who::owner, "/host/update", "account="), 404U);
    EXPECT_EQ(submitted(Who::admin, "/host/update", "account=-x"), 0U) << "a page that says why not";
    EXPECT_EQ(told_of_jobs_, 0);
    EXPECT_EQ(submitted(Who::admin, "/host/update", "account=ann&validate=yes"), 303U);
    EXPECT_EQ(told_of_jobs_, 1);
    const auto update = *Jobs(database_).last_of_game();
    ASSERT_TRUE(update);
    EXPECT_EQ(Jobs(database_).request_of(*update)->format(), "install\n--user\nann\n--validate\n");
    EXPECT_EQ(submitted(Who::admin, "/host/update", "account="), 0U) << "a page that says why not";
    EXPECT_EQ(told_of_jobs_, 1);
}

TEST_F(Routes, AdoptAServerThatFollowsNothing)
{
    EXPECT_EQ(submitted(Who::operates, "/servers/coop1/adopt", "name=x"), 404U);
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/adopt", "name=x"), 0U);
    EXPECT_EQ(submitted(Who::admin, "/servers/coop9/adopt", "name=x&user=nobody"), 422U);
    EXPECT_EQ(submitted(Who::admin, "/servers/coop9/adopt", "name=x&user=other"), 0U);
    ASSERT_EQ(submitted(Who::owner, "/servers/coop1/blueprint", "blueprint=1&port=27015"), 303U);
    EXPECT_EQ(submitted(Who::owner, "/servers/coop1/adopt", "name=x"), 422U);
}

TEST_F(Routes, MakeAServerOfABlueprintOfOnesOwn)
{
    EXPECT_EQ(submitted(Who::other, "/new-server", "name=x&port=27015&blueprint=1"), 422U);
    EXPECT_EQ(submitted(Who::admin, "/new-server", "name=x&port=27015&blueprint=1"), 422U);
    EXPECT_EQ(submitted(Who::owner, "/new-server", "name=x&port=27015&blueprint=1"), 0U);
}

/// The cookie that a form without one brings along.
std::string cookie_of(const Response& form)
{
    const auto cookie = std::ranges::find(form.fields, "Set-Cookie", &Field::name);
    return cookie == form.fields.end() ? "" : cookie->value;
}

TEST_F(Routes, GiveAFormItsCookieBeforeASessionAndTakeBothTogetherAlone)
{
    auto first = request(Method::get, "/sign-in", Who::anonymous);
    first.fields.clear();
    const auto form = response_to(first);
    const auto cookie = cookie_of(form);
    EXPECT_THAT(cookie, HasSubstr("; HttpOnly; SameSite=Lax"));
    const auto pair = cookie.substr(0, cookie.find(';'));
    const auto token = Token::parse(pair.substr(pair.find('=') + 1));
    ASSERT_TRUE(token);
    EXPECT_THAT(form.body, HasSubstr("value=\"" + form_token(*token) + "\""));

    auto sent = request(Method::post, "/sign-in", Who::anonymous);
    sent.body = "name=admin&password=x&code=&token=" + form_token(*token);
    EXPECT_EQ(status_of(sent), 403U) << "with another cookie";
    sent.fields[0].value = pair;
    EXPECT_EQ(status_of(sent), 0U);
    sent.body = "name=admin&password=x&code=&token=" + token->text().reveal();
    EXPECT_EQ(status_of(sent), 403U);
}

TEST_F(Routes, MarkCookiesBehindTls)
{
    auto secure = request(Method::get, "/sign-in", Who::anonymous);
    secure.secure = true;
    const auto cookie = cookie_of(response_to(secure));
    EXPECT_THAT(cookie, testing::StartsWith("__Host-left4me-form="));
    EXPECT_THAT(cookie, testing::EndsWith("; Secure"));
    // The other cookie is none there.
    auto signed_in = request(Method::get, "/", Who::owner);
    signed_in.secure = true;
    EXPECT_EQ(status_of(signed_in), 303U);
}

TEST_F(Routes, SendAnAssetAgainWhenItIsAnotherOne)
{
    auto known = request(Method::get, "/style.css", Who::anonymous);
    known.fields.push_back({"if-none-match", "\"1\""});
    EXPECT_EQ(status_of(known), 304U);
    known.fields.back().value = "\"0\"";
    EXPECT_EQ(status_of(known), 200U);
}

TEST_F(Routes, LetBrowsersKeepAnAssetByTheAddressThatPagesName)
{
    const auto policy_of = [&](const std::string& query) {
        auto asset = request(Method::get, "/style.css", Who::anonymous);
        asset.query = query;
        const auto response = response_to(asset);
        return std::ranges::find(response.fields, "Cache-Control", &Field::name)->value;
    };
    const auto address = Links::style().str();
    EXPECT_THAT(response_to(request(Method::get, "/sign-in", Who::anonymous)).body,
                HasSubstr("href=\"" + address + "\""));
    EXPECT_THAT(policy_of(address.substr(address.find('?') + 1)), HasSubstr("immutable"));
    EXPECT_EQ(policy_of(""), "no-cache");
    EXPECT_EQ(policy_of("that=of-another"), "no-cache") << "it may be another one by then";
}

} // namespace
} // namespace left4me::web
