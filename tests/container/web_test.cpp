// The web interface, as browsers and worse have it.

#include "web_abuse.hpp"
#include "web_client.hpp"

#include <filesystem>
#include <format>
#include <future>
#include <gmock/gmock.h>
#include <memory>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

const std::string web_service = "left4me-web.service";

std::string web_pid()
{
    return unit_property(web_service, "MainPID");
}

/// Each has a server of its own; the last admin cannot go, so that one is there for all.
struct Web : ServerTest {
    static void SetUpTestSuite()
    {
        ServerTest::SetUpTestSuite();
        output({"systemctl", "start", "left4me-web.socket"});
        root_ = std::make_unique<WebUser>("root", true);
    }
    static void TearDownTestSuite() { root_.reset(); }

    static inline std::unique_ptr<WebUser> root_;
};

// --- HTTP ----------------------------------------------------------------------------------

TEST_F(Web, AnswersWithAllThatKeepsABrowserSafe)
{
    const auto answer = Browser().get("/");
    EXPECT_EQ(answer.status, 303);
    EXPECT_THAT(answer.head,
                AllOf(HasSubstr("Location: /sign-in"), HasSubstr("Cache-Control: no-store"),
                      HasSubstr("X-Content-Type-Options: nosniff"),
                      HasSubstr("Referrer-Policy: same-origin"),
                      HasSubstr("Cross-Origin-Opener-Policy: same-origin"),
                      HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'; ")));
    for (const auto* path : {"/sign-in", "/welcome", "/style.css", "/live.js"})
        EXPECT_EQ(Browser().get(path).status, 200) << path;
    // Nothing is large enough to be had in parts.
    for (const auto* range :
         {"bytes=0-9", "bytes=-1", "bytes=9-0", "bytes=0-,5-6,7-9999999999999999999"}) {
        const auto all = Browser().get("/style.css", {"--header", std::string("Range: ") + range});
        EXPECT_EQ(all.status, 200) << range;
        EXPECT_EQ(all.body, Browser().get("/style.css").body) << range;
    }
    const auto head = Browser().get("/sign-in", {"--head"});
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
}

struct WebAbuse : testing::TestWithParam<Abuse> {};

TEST_P(WebAbuse, IsRefusedAndTheNextCallerServed)
{
    EXPECT_THAT(raw_answer(GetParam().bytes), StartsWith("HTTP/1.1 " + GetParam().answer));
    EXPECT_EQ(Browser().get("/sign-in").status, 200);
}

INSTANTIATE_TEST_SUITE_P(Of, WebAbuse, testing::ValuesIn(abuse_rows()),
                         [](const auto& row) { return row.param.name; });

TEST_F(Web, AnswersRequestsThatComeTogetherInTheirOrder)
{
    const std::string request = "GET /live.js HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const auto answers = raw_answer("GET /style.css HTTP/1.1\r\nHost: localhost\r\n\r\n" + request +
                                    "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const auto style = answers.find("text/css");
    const auto script = answers.find("text/javascript");
    const auto missing = answers.find("404 Not Found");
    EXPECT_LT(style, script);
    EXPECT_LT(script, missing);
    EXPECT_NE(missing, std::string::npos);
}

TEST_F(Web, HasSoManyConnectionsForAnAddress)
{
    std::vector<std::unique_ptr<SilentCaller>> callers;
    for (int i = 0; i < 64; ++i)
        callers.push_back(std::make_unique<SilentCaller>());
    EXPECT_THAT(SilentCaller().heard(), StartsWith("HTTP/1.1 503"));
    callers.clear();
    EXPECT_TRUE(eventually([] { return Browser().get("/sign-in").status == 200; }));
}

/// What slowhttptest does, each at its own slowness, with as many connections as an address has. Not
/// its slow readers: they hold their own end open, whatever the server has done with its.
struct SlowAttack {
    const char* name;
    Words words;
};
void PrintTo(const SlowAttack& row, std::ostream* out)
{
    *out << row.name;
}

struct WebSlow : Web, testing::WithParamInterface<SlowAttack> {};

TEST_P(WebSlow, IsCutAndKeepsNobodyElseWaiting)
{
    Words command = {"slowhttptest", "-c", "60", "-r", "200", "-l", "50"};
    command.insert(command.end(), GetParam().words.begin(), GetParam().words.end());
    auto attack = std::async(std::launch::async, [&] { return run(command); });
    Browser other(web_address, {"--interface", "127.0.0.9", "--max-time", "2"});
    int asked = 0;
    while (attack.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready) {
        ASSERT_EQ(other.get("/sign-in").status, 200) << "after " << asked;
        ++asked;
    }
    EXPECT_GT(asked, 0);
    // It ends before its time because none is left.
    EXPECT_THAT(attack.get().out, HasSubstr("No open connections left"));
}

INSTANTIATE_TEST_SUITE_P(
    Of, WebSlow,
    testing::Values(
        SlowAttack{"Heads", {"-H", "-i", "2", "-u", web_address + "/sign-in"}},
        SlowAttack{"Bodies", {"-B", "-i", "2", "-s", "8192", "-u", web_address + "/sign-in"}},
        SlowAttack{"Ranges", {"-R", "-a", "10", "-b", "3000", "-u", web_address + "/style.css"}}),
    [](const auto& row) { return row.param.name; });

// --- who may -------------------------------------------------------------------------------

TEST_F(Web, SignsInByAPasswordThatALinkSetAndOutAgain)
{
    WebUser anna("anna", false);
    Browser browser;
    EXPECT_EQ(browser.get("/").status, 303);
    const auto wrong = anna.sign_in(browser, "another password");
    EXPECT_EQ(wrong.status, 422);
    EXPECT_THAT(wrong.body, HasSubstr("Name, password or code is wrong."));
    EXPECT_EQ(anna.sign_in(browser).status, 303);
    const auto page = browser.get("/");
    EXPECT_EQ(page.status, 200);
    EXPECT_THAT(page.body, AllOf(HasSubstr("anna"), HasSubstr("No server is yours yet.")));

    EXPECT_EQ(browser.post("/sign-out", "", {}).status, 403) << "without the form's token";
    EXPECT_EQ(browser.post("/sign-out", token_in(page.body), {}, {}).status, 403) << "from nowhere";
    EXPECT_EQ(
        browser.post("/sign-out", token_in(page.body), {}, {"--header", "Origin: http://evil.example"})
            .status,
        403);
    EXPECT_EQ(browser.get("/").status, 200);
    EXPECT_EQ(browser.post("/sign-out", token_in(page.body), {}).status, 303);
    EXPECT_EQ(browser.get("/").status, 303);
}

TEST_F(Web, TakesALinkOnce)
{
    const auto added = l4d2ctl({"web-user", "add", "once"});
    ASSERT_EQ(added.status, 0) << added.err;
    auto link = added.out.substr(added.out.rfind('#') + 1);
    link = link.substr(0, link.find_first_of(" \n"));
    Browser browser;
    const auto set = [&](const std::string& password) {
        return browser.submit("/welcome", {"link=" + link, "password=" + password, "again=" + password})
            .status;
    };
    EXPECT_EQ(set("short"), 422);
    EXPECT_EQ(set("correct horse battery"), 200);
    EXPECT_EQ(set("another horse battery"), 422);
    EXPECT_EQ(l4d2ctl({"web-user", "delete", "once"}).status, 0);
}

TEST_F(Web, ShowsServersToThoseWhoMaySeeThem)
{
    start_with();
    WebUser bob("bob", false);
    Browser admins;
    Browser bobs;
    ASSERT_EQ(root_->sign_in(admins).status, 303);
    ASSERT_EQ(bob.sign_in(bobs).status, 303);

    EXPECT_THAT(admins.get("/").body, HasSubstr(std::format("/servers/{}\"", name)));
    ASSERT_TRUE(eventually([&] { return admins.get("/").body.contains("running"); }))
        << "it is loading until the watch has its answer";
    ASSERT_TRUE(eventually([&] { return admins.get("/servers/" + name).body.contains("c1m1_hotel"); },
                           std::chrono::seconds(60)))
        << "the map that the game says";
    const auto one = admins.get("/servers/" + name);
    EXPECT_EQ(one.status, 200);
    EXPECT_THAT(one.body, AllOf(HasSubstr(std::format("connect 127.0.0.1:{}", port)),
                                HasSubstr("<pre class=\"log\"")));

    EXPECT_THAT(bobs.get("/").body, Not(HasSubstr(name)));
    EXPECT_EQ(bobs.get("/servers/" + name).status, 404);
    EXPECT_EQ(admins.get("/servers/there-is-none").status, 404);
}

TEST_F(Web, SharesAServerWithWhomItsOwnerNames)
{
    initialize(spec());
    WebUser hans("hans", false);
    WebUser ida("ida", false);
    Browser roots;
    Browser hanss;
    Browser idas;
    ASSERT_EQ(root_->sign_in(roots).status, 303);
    ASSERT_EQ(hans.sign_in(hanss).status, 303);
    ASSERT_EQ(ida.sign_in(idas).status, 303);
    const auto page = "/servers/" + name;
    EXPECT_EQ(roots.submit_to(page + "/owner", page, {"user=nobody-of-that-name"}).status, 422);
    EXPECT_EQ(roots.submit_to("/servers/there-is-none/owner", page, {"user=hans"}).status, 404);
    EXPECT_EQ(roots.submit_to(page + "/shares", page, {"user=ida", "right=view"}).status, 422)
        << "it has no owner yet";
    EXPECT_EQ(hanss.get(page).status, 404);
    EXPECT_EQ(roots.submit_to(page + "/owner", page, {"user=hans"}).status, 303);
    EXPECT_THAT(hanss.get("/").body, HasSubstr(page));

    EXPECT_EQ(hanss.submit_to(page + "/shares", page, {"user=ida", "right=view"}).status, 303);
    const auto hers = idas.get(page);
    EXPECT_EQ(hers.status, 200);
    EXPECT_THAT(hers.body, AllOf(HasSubstr("Owner: hans"), Not(HasSubstr("Give it to"))));
    EXPECT_EQ(idas.submit_to(page + "/shares", page, {"user=ida", "right=operate"}).status, 404);
    const EventListener listener(idas, page + "/events");
    ASSERT_TRUE(eventually([&] { return listener.heard().contains(": here"); }));
    EXPECT_EQ(hanss.submit_to(page + "/shares/end", page, {"user=ida"}).status, 303);
    EXPECT_TRUE(eventually([&] { return listener.has_ended(); }, std::chrono::seconds(3)));
    EXPECT_EQ(idas.get(page).status, 404);
    EXPECT_EQ(l4d2ctl({"delete", name}).status, 0); // its users own nothing then, and can go
}

TEST_F(Web, ShowsALogAsTextWhateverIsInIt)
{
    initialize(std::format(
        "{}",
        spec(std::format("overlays:\n  - path: {}\n",
                         make_game("#!/bin/sh\nprintf '%s\\n' "
                                   "'</pre><script>alert(1)</script>&amp;'\nexec sleep infinity\n")))));
    start();
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    ASSERT_TRUE(eventually([&] {
        return browser.get("/servers/" + name + "/log")
            .body.contains("&lt;/pre&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;");
    }));
    EXPECT_THAT(browser.get("/servers/" + name + "/log").body, Not(HasSubstr("<script>alert")));
}

// --- streams ---------------------------------------------------------------------------------

TEST_F(Web, TellsOpenPagesOfAServerAsItChanges)
{
    initialize(spec());
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    const EventListener listener(browser, "/events");
    ASSERT_TRUE(eventually([&] {
        return listener.heard().contains(std::format(R"("name":"{}")", name)) &&
               listener.heard().contains(R"("state":"stopped")");
    })) << listener.heard();
    start();
    EXPECT_TRUE(eventually([&] { return listener.heard().contains(R"("state":"running")"); },
                           std::chrono::seconds(60)))
        << listener.heard();
}

TEST_F(Web, FollowsALogForAllWhoLook)
{
    start_with();
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    const EventListener first(browser, "/servers/" + name + "/events");
    ASSERT_TRUE(eventually([&] { return first.heard().contains("event: log-start"); })) << first.heard();
    Browser other_browser;
    ASSERT_EQ(root_->sign_in(other_browser).status, 303);
    const EventListener second(other_browser, "/servers/" + name + "/events");
    ASSERT_TRUE(eventually([&] { return second.heard().contains("event: log-start"); }))
        << second.heard();
    const auto followers =
        lines_of(output({"systemctl", "list-units", "--no-legend", "left4me-broker-logs@*"}));
    EXPECT_EQ(followers.size(), 1U) << "one follower, however many look";
    rcon("say seven of nine");
    for (const auto* listener : {&first, &second})
        EXPECT_TRUE(eventually([&] { return listener->heard().contains("seven of nine"); }))
            << listener->heard();
}

TEST_F(Web, ShowsWhoComesAnewWhatWasSaidBeforeAnotherWentOn)
{
    start_with();
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    const auto events = "/servers/" + name + "/events";
    std::string place;
    {
        const EventListener listener(browser, events);
        rcon("say before it");
        ASSERT_TRUE(eventually([&] { return listener.heard().contains("before it"); }));
        auto heard = listener.heard();
        heard.resize(heard.rfind("\n\n") + 2);
        place = last_id_in(heard);
    }
    const EventListener goes_on(browser, events, {"-H", "Last-Event-ID: " + place});
    rcon("say after it");
    ASSERT_TRUE(eventually([&] { return goes_on.heard().contains("after it"); })) << goes_on.heard();
    const EventListener anew(browser, events);
    EXPECT_TRUE(eventually([&] { return anew.heard().contains("before it"); })) << anew.heard();
    EXPECT_THAT(goes_on.heard(), Not(HasSubstr("before it")));
    EXPECT_THAT(goes_on.heard(), Not(HasSubstr("event: reload")));
    rcon("say to both");
    for (const auto* listener : {&goes_on, &anew})
        EXPECT_TRUE(eventually([&] { return listener->heard().contains("to both"); }))
            << listener->heard();
}

TEST_F(Web, EndsTheStreamsOfWhoeverIsSignedOut)
{
    WebUser carl("carl", false);
    Browser browser;
    ASSERT_EQ(carl.sign_in(browser).status, 303);
    const auto page = browser.get("/");
    const EventListener listener(browser, "/events");
    ASSERT_TRUE(eventually([&] { return listener.heard().contains(": here"); })) << listener.heard();
    EXPECT_FALSE(listener.has_ended());
    EXPECT_EQ(browser.post("/sign-out", token_in(page.body), {}).status, 303);
    EXPECT_TRUE(eventually([&] { return listener.has_ended(); }, std::chrono::seconds(3)));
}

TEST_F(Web, EndsTheStreamsOfWhoeverIsSwitchedOff)
{
    WebUser dora("dora", false);
    Browser browser;
    ASSERT_EQ(dora.sign_in(browser).status, 303);
    const EventListener listener(browser, "/events");
    ASSERT_TRUE(eventually([&] { return listener.heard().contains(": here"); })) << listener.heard();
    ASSERT_EQ(l4d2ctl({"web-user", "deactivate", "dora"}).status, 0);
    EXPECT_TRUE(eventually([&] { return listener.has_ended(); }, std::chrono::seconds(3)));
    EXPECT_EQ(browser.get("/").status, 303);
}

TEST_F(Web, GoesOnWithALogWhereAPageHasReadIt)
{
    start_with();
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    const auto events = "/servers/" + name + "/events";
    std::string begun; // whole events: what a browser has read when it is cut off
    {
        const EventListener listener(browser, events);
        ASSERT_TRUE(eventually([&] { return listener.heard().contains("event: log-start"); }));
        rcon("say the first line");
        ASSERT_TRUE(eventually([&] { return listener.heard().contains("the first line"); }));
        begun = listener.heard();
        begun.resize(begun.rfind("\n\n") + 2);
    }
    const auto place = last_id_in(begun);
    rcon("say one nobody listens to");
    const auto times = [](const std::string& text, const std::string& what) {
        std::size_t count = 0;
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
            ++count;
        return count;
    };
    const auto first_event = [](const std::string& heard) {
        const auto begin = heard.find("event: log");
        return heard.substr(std::min(begin, heard.size()), heard.find("\n\n", begin) - begin);
    };
    // A page that was hidden, and a browser that was cut off.
    const EventListener by_address(browser, events + "?after=" + place);
    const EventListener by_field(browser, events, {"--header", "Last-Event-ID: " + place});
    for (const auto* listener : {&by_address, &by_field}) {
        EXPECT_TRUE(eventually([&] { return listener->heard().contains("one nobody listens to"); }))
            << listener->heard();
        EXPECT_THAT(first_event(listener->heard()), StartsWith("event: log\n"));
        // Nothing of it is lost, and nothing comes twice.
        const auto all = l4d2ctl({"logs", name, "--no-follow"}).out;
        EXPECT_EQ(times(begun, "the first line") + times(listener->heard(), "the first line"),
                  times(all, "the first line"))
            << begun << listener->heard();
    }
}

TEST_F(Web, LoadsAPageAnewWhoseLogHasNoSuchPlace)
{
    start_with();
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    const auto nowhere = std::format("s={0};i=1;b={0};m=1;t=1;x=1", std::string(32, 'f'));
    const EventListener listener(browser, "/servers/" + name + "/events?after=" + nowhere);
    EXPECT_TRUE(eventually([&] { return listener.heard().contains("event: reload"); }))
        << listener.heard();
}

// --- the account ----------------------------------------------------------------------------

TEST_F(Web, ChangesAPasswordForTheOldOneAndEndsAllOtherSessions)
{
    WebUser emil("emil", false);
    Browser here;
    Browser there;
    ASSERT_EQ(emil.sign_in(here).status, 303);
    ASSERT_EQ(emil.sign_in(there).status, 303);
    const auto change = [&](const std::string& old, const std::string& again) {
        return here.submit_to("/account/password", "/account",
                              {"password=" + old, "new=another horse battery", "again=" + again});
    };
    EXPECT_EQ(change("wrong password", "another horse battery").status, 422);
    EXPECT_EQ(change(WebUser::password_, "something else").status, 422);
    EXPECT_EQ(there.get("/").status, 200);
    EXPECT_EQ(change(WebUser::password_, "another horse battery").status, 303);
    EXPECT_EQ(here.get("/account").status, 200);
    EXPECT_EQ(there.get("/").status, 303);
    Browser anew;
    EXPECT_EQ(emil.sign_in(anew).status, 422);
    EXPECT_EQ(emil.sign_in(anew, "another horse battery").status, 303);
}

TEST_F(Web, EndsASessionFromTheListAndNoneOfAnother)
{
    WebUser finn("finn", false);
    Browser here;
    Browser there;
    Browser roots;
    ASSERT_EQ(finn.sign_in(here).status, 303);
    ASSERT_EQ(finn.sign_in(there).status, 303);
    ASSERT_EQ(root_->sign_in(roots).status, 303);
    const auto number_in = [](const std::string& page) {
        const std::string before = "name=\"session\" value=\"";
        const auto begin = page.find(before) + before.size();
        return page.substr(begin, page.find('"', begin) - begin);
    };
    const auto there_in_the_list = number_in(here.get("/account").body);
    EXPECT_EQ(
        roots.submit_to("/account/sessions/end", "/account", {"session=" + there_in_the_list}).status,
        303);
    EXPECT_EQ(there.get("/").status, 200) << "an admin's list has the admin's own";
    EXPECT_EQ(
        here.submit_to("/account/sessions/end", "/account", {"session=" + there_in_the_list}).status,
        303);
    EXPECT_EQ(there.get("/").status, 303);
    EXPECT_EQ(here.get("/").status, 200);
}

/// The code that an authenticator app shows for a key, by Python's own HMAC.
std::string code_of(const std::string& key)
{
    return output({"python3", "-c",
                   "import base64, hmac, struct, sys, time\n"
                   "key = base64.b32decode(sys.argv[1])\n"
                   "digest = hmac.digest(key, struct.pack('>Q', int(time.time()) // 30), 'sha1')\n"
                   "at = digest[-1] & 15\n"
                   "number = struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff\n"
                   "print(f'{number % 10**6:06}', end='')",
                   key});
}

TEST_F(Web, AsksForTheCodeOfWhoeverHasASecondFactor)
{
    WebUser gita("gita", false);
    Browser browser;
    ASSERT_EQ(gita.sign_in(browser).status, 303);
    EXPECT_EQ(browser.submit_to("/account/second-factor", "/account", {"password=wrong"}).status, 422);
    const auto shown =
        browser.submit_to("/account/second-factor", "/account", {"password=" + WebUser::password_});
    ASSERT_EQ(shown.status, 200);
    EXPECT_THAT(shown.body, HasSubstr("<svg class=\"qr\""));
    const std::string before = "<code class=\"copy\">";
    const auto begin = shown.body.find(before) + before.size();
    const auto key = shown.body.substr(begin, shown.body.find('<', begin) - begin);
    const auto confirm = [&](const std::string& code) {
        return browser.submit_to("/account/second-factor/code", "/account", {"code=" + code});
    };
    EXPECT_EQ(confirm("000000").status, 422);
    const auto codes = confirm(code_of(key));
    ASSERT_EQ(codes.status, 200) << codes.body;
    EXPECT_THAT(codes.body, HasSubstr("Recovery codes"));
    const auto code_begin = codes.body.find("<li><code>") + 10;
    const auto recovery = codes.body.substr(code_begin, codes.body.find('<', code_begin) - code_begin);

    Browser anew;
    EXPECT_EQ(gita.sign_in(anew).status, 422) << "without a code";
    const Words fields = {"name=gita", "password=" + WebUser::password_, "code=" + recovery};
    EXPECT_EQ(anew.submit("/sign-in", fields).status, 303);
    EXPECT_EQ(Browser().submit("/sign-in", fields).status, 422) << "a code is good once";
    EXPECT_EQ(
        anew.submit_to("/account/second-factor/off", "/account", {"password=" + WebUser::password_})
            .status,
        303);
    EXPECT_EQ(gita.sign_in(*std::make_unique<Browser>()).status, 303);
}

// --- users -----------------------------------------------------------------------------------

TEST_F(Web, LetsAnAdministratorInviteAndDismissUsersForTheirOwnPassword)
{
    Browser roots;
    ASSERT_EQ(root_->sign_in(roots).status, 303);
    const auto begun = output({"date", "+%Y-%m-%d %H:%M:%S"});
    const auto password = "password=" + WebUser::password_;
    EXPECT_EQ(roots.submit_to("/users", "/users", {"name=lena", "role=user", "password=wrong"}).status,
              422);
    EXPECT_THAT(roots.get("/users").body, Not(HasSubstr("lena")));
    EXPECT_EQ(roots.submit_to("/users", "/users", {"name=Lena!", "role=user", password}).status, 422);
    const auto invited = roots.submit_to("/users", "/users", {"name=lena", "role=user", password});
    EXPECT_EQ(invited.status, 200);
    auto link = invited.body.substr(invited.body.find("/welcome#") + 9);
    link = link.substr(0, link.find('<'));
    Browser lenas;
    const auto set = [&](const std::string& page, const std::string& word) {
        return lenas.submit(page, {"link=" + word, password, "again=" + WebUser::password_}).status;
    };
    EXPECT_EQ(set("/welcome", link), 200);
    EXPECT_EQ(lenas.submit("/sign-in", {"name=lena", password}).status, 303);
    EXPECT_EQ(lenas.get("/users").status, 404);
    EXPECT_THAT(lenas.get("/").body, Not(HasSubstr("Users")));

    const auto change = [&](const std::string& who, const std::string& act) {
        return roots.submit_to("/users/change", "/users", {"user=" + who, "act=" + act, password})
            .status;
    };
    const EventListener listener(lenas, "/events");
    ASSERT_TRUE(eventually([&] { return listener.heard().contains(": here"); }));
    EXPECT_EQ(change("lena", "deactivate"), 303);
    EXPECT_TRUE(eventually([&] { return listener.has_ended(); }, std::chrono::seconds(3)));
    EXPECT_EQ(lenas.get("/").status, 303);
    EXPECT_EQ(change("lena", "activate"), 303);
    EXPECT_EQ(change("lena", "admin"), 303);
    EXPECT_EQ(change("lena", "nonsense"), 422);
    EXPECT_EQ(change("nobody-of-that-name", "delete"), 422);
    EXPECT_EQ(change("lena", "link"), 200);
    EXPECT_EQ(change("lena", "delete"), 303);
    EXPECT_THAT(roots.get("/users").body, Not(HasSubstr("lena")));

    const auto journal = run({"journalctl", "--unit=" + web_service, "--output=cat",
                              "--since=" + lines_of(begun).front()})
                             .out;
    EXPECT_THAT(journal,
                AllOf(HasSubstr("root (admin) from 127.0.0.1: /users, name 'lena', role 'user': "
                                "not done (422)"),
                      HasSubstr("root (admin) from 127.0.0.1: /users/change, user 'lena', act "
                                "'deactivate': done"),
                      HasSubstr("somebody from 127.0.0.1: /sign-in, name 'lena': done")));
    EXPECT_THAT(journal, AllOf(Not(HasSubstr(WebUser::password_)), Not(HasSubstr(link))));
}

// --- the unit --------------------------------------------------------------------------------

TEST_F(Web, SeesNothingButItsOwn)
{
    ASSERT_EQ(Browser().get("/sign-in").status, 200);
    const auto login = state + "/steamcmd/left4me-login";
    write_file(login, "secret\n");
    const auto root = std::format("/proc/{}/root", web_pid());
    EXPECT_FALSE(exists(root + "/etc/shadow"));
    EXPECT_FALSE(exists(root + "/etc/left4me/web.env"));
    EXPECT_FALSE(exists(root + "/home/left4me-canary"));
    EXPECT_FALSE(exists(root + "/run/systemd/journal/socket"));
    EXPECT_FALSE(exists(root + login));
    remove_all(login);
    EXPECT_TRUE(exists(root + state + "/installation"));
    const auto status = read_file(std::format("/proc/{}/status", web_pid()));
    EXPECT_THAT(status, HasSubstr(std::format("Uid:\t{0}\t{0}", output({"id", "-u", "left4me"}))));
    // Of the network it has the port that it was given.
    EXPECT_NE(std::filesystem::read_symlink(std::format("/proc/{}/ns/net", web_pid())),
              std::filesystem::read_symlink("/proc/1/ns/net"));
}

TEST_F(Web, HoldsNoTreeOfAServer)
{
    start_with();
    output({"systemctl", "restart", web_service}); // it begins while the tree is mounted
    const auto mounts = [] { return read_file(std::format("/proc/{}/mountinfo", web_pid())); };
    ASSERT_EQ(Browser().get("/sign-in").status, 200);
    EXPECT_THAT(mounts(), AllOf(HasSubstr("/var/lib/left4me"), Not(HasSubstr("merged"))));
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    ASSERT_EQ(l4d2ctl({"start", name}).status, 0); // it is mounted while the program runs
    EXPECT_THAT(mounts(), Not(HasSubstr("merged")));
    Browser browser;
    ASSERT_EQ(root_->sign_in(browser).status, 303);
    EXPECT_EQ(browser.get("/servers/" + name).status, 200);
    EXPECT_EQ(l4d2ctl({"stop", name}).status, 0);
}

TEST_F(Web, ComesBackWhenItIsKilledAndLosesNoCaller)
{
    ASSERT_EQ(Browser().get("/sign-in").status, 200);
    const auto before = web_pid();
    output({"kill", "-KILL", before});
    EXPECT_EQ(Browser().get("/sign-in").status, 200);
    EXPECT_NE(web_pid(), before);
    for (int i = 0; i < 3; ++i) {
        output({"systemctl", "restart", web_service});
        EXPECT_EQ(Browser().get("/sign-in").status, 200);
    }
}

TEST_F(Web, KnowsItsSettingsByTheCredentialAlone)
{
    const std::string file = "/etc/left4me/web.env";
    const auto before = read_file(file);
    EXPECT_EQ(output({"stat", "--format=%U %a", file}), "root 600");
    const auto by_tls = [] {
        return Browser()
            .get("/sign-in", {"--header", "X-Forwarded-Proto: https"})
            .head.contains("__Host-left4me-form=");
    };
    EXPECT_FALSE(by_tls());
    write_file(file, before + "LEFT4ME_WEB_PROXY=yes\n");
    output({"systemctl", "restart", web_service});
    EXPECT_TRUE(by_tls());
    write_file(file, before);
    output({"systemctl", "restart", web_service});
    EXPECT_FALSE(by_tls());
}

TEST_F(Web, AnswersToTheNameThatItIsGiven)
{
    const std::string file = "/etc/left4me/host.env";
    const auto before = read_file(file);
    const auto by_name = [](const std::string& host) {
        return Browser().get("/sign-in", {"--header", "Host: " + host}).status;
    };
    EXPECT_EQ(by_name("games.example.org"), 421);
    write_file(file, before + "LEFT4ME_WEB_HOST=games.example.org\n");
    output({"systemctl", "restart", web_service});
    EXPECT_EQ(by_name("games.example.org"), 200);
    EXPECT_EQ(by_name("evil.example"), 421);
    write_file(file, before);
    output({"systemctl", "restart", web_service});
    EXPECT_EQ(by_name("games.example.org"), 421);
}

} // namespace
} // namespace left4me::test
