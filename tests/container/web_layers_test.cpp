// What is done to layers from the web interface, each as a job.

#include "script.hpp"
#include "web_client.hpp"

#include <algorithm>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// root owns all layers, ida those beneath users/ID, where she may build.
struct WebLayers : testing::Test {
    WebLayers()
    {
        output({"systemctl", "start", "left4me-web.socket"});
        EXPECT_EQ(root.sign_in(roots).status, 303);
        output({"l4d2ctl", "web-user", "allow-builds", "ida"});
        EXPECT_EQ(ida.sign_in(idas).status, 303);
    }
    ~WebLayers() override
    {
        for (const auto& layer : made)
            (void)l4d2ctl({"overlay", "delete", layer});
        EXPECT_TRUE(eventually([] { return traces_of_builds().empty(); })) << traces_of_builds();
    }

    static std::string led_to(const WebAnswer& answer)
    {
        EXPECT_EQ(answer.status, 303) << answer.body;
        auto job = job_in(answer.head);
        EXPECT_NE(job, "") << answer.head;
        return job;
    }

    /// Where that page says how it went.
    static std::string after(Browser& browser, const std::string& job, const std::string& told)
    {
        std::string body;
        EXPECT_TRUE(eventually(
            [&] {
                body = browser.get(job).body;
                return body.contains(std::format(">{}</span>", told));
            },
            std::chrono::seconds(60)))
            << body;
        return body;
    }

    static std::string part(std::string layer)
    {
        std::ranges::replace(layer, '/', '~');
        return "/layers/" + layer;
    }

    std::string build(Browser& browser, const std::string& layer, const std::string& script)
    {
        return led_to(browser.submit_to(part(layer) + "/build", part(layer), {"script=" + script}));
    }

    /// By the form of a new one; its whole name.
    std::string make(Browser& browser, const std::string& name, const std::string& script)
    {
        const auto job =
            led_to(browser.submit_to("/new-layer", "/new-layer", {"name=" + name, "script=" + script}));
        const auto body = after(browser, job, "done");
        const auto begin = body.find("href=\"/layers/") + std::string("href=\"/layers/").size();
        auto layer = body.substr(begin, body.find('"', begin) - begin);
        std::ranges::replace(layer, '~', '/');
        made.push_back(layer);
        return layer;
    }

    static std::string file(const std::string& layer, const std::string& its_name)
    {
        return std::format("{}/overlays/{}/{}", state, layer, its_name);
    }

    WebUser root{"root", true};
    WebUser ida{"ida", false};
    Browser roots;
    Browser idas;
    std::vector<std::string> made;
};

TEST_F(WebLayers, AreBuiltByScriptsAndGoBack)
{
    const auto layer = make(idas, "hard", "set -eu\necho one > made; echo building");
    EXPECT_THAT(layer, ContainsRegex("^users/[0-9]+/hard$"));
    EXPECT_EQ(read_file(file(layer, "made")), "one\n");
    EXPECT_THAT(idas.get(part(layer)).body,
                AllOf(HasSubstr("version 1, by build"), HasSubstr("echo one")));

    const auto second = build(idas, layer, "echo two > made");
    (void)after(idas, second, "done");
    EXPECT_EQ(read_file(file(layer, "made")), "two\n");

    // One that fails leaves it as it was, and can be mended where it stands.
    const auto failed = build(idas, layer, "echo half > made; echo no > /dev/stderr; exit 3");
    EXPECT_THAT(after(idas, failed, "failed"),
                AllOf(HasSubstr("no\n"), HasSubstr("exit 3"), HasSubstr("status 3")));
    EXPECT_EQ(read_file(file(layer, "made")), "two\n");
    EXPECT_THAT(idas.get(part(layer)).body,
                AllOf(HasSubstr("Build failed at"), HasSubstr("echo half"), HasSubstr("version 2")));

    const auto back =
        led_to(idas.submit_to(part(layer) + "/act", part(layer), {"act=rollback", "version=1"}));
    (void)after(idas, back, "done");
    EXPECT_EQ(read_file(file(layer, "made")), "one\n");

    const auto gone =
        led_to(idas.submit_to(part(layer) + "/act", part(layer), {"act=delete", "name=" + layer}));
    (void)after(idas, gone, "done");
    EXPECT_FALSE(exists(file(layer, "made")));
    EXPECT_THAT(idas.get(part(layer)).body, HasSubstr("There is no such layer now."));
}

TEST_F(WebLayers, AreCancelledInTheMiddle)
{
    const auto layer = make(roots, "web-test/cancelled", "echo one > made");
    const auto job = build(roots, layer, "echo half > half; echo sleeping; sleep 1000");
    EventListener follower(roots, job + "/events?after=0");
    EXPECT_TRUE(
        eventually([&] { return follower.heard().contains("sleeping"); }, std::chrono::seconds(60)))
        << follower.heard();
    EXPECT_EQ(roots.submit_to(part(layer) + "/build", part(layer), {"script=true"}).status, 409);
    // What is no more theirs to follow, or never was.
    EXPECT_EQ(idas.get(job).status, 404);
    EXPECT_EQ(idas.submit_to(job + "/cancel", "/jobs", {}).status, 404);
    EXPECT_THAT(idas.get("/jobs").body, Not(HasSubstr(layer)));

    ASSERT_EQ(roots.submit_to(job + "/cancel", job, {}).status, 303);
    (void)after(roots, job, "cancelled");
    EXPECT_TRUE(eventually([&] { return follower.heard().contains("event: reload"); }));
    EXPECT_TRUE(eventually([] { return traces_of_builds().empty(); })) << traces_of_builds();
    EXPECT_FALSE(exists(file(layer, "half")));
    EXPECT_EQ(read_file(file(layer, "made")), "one\n");
}

/// Its own program may end at any moment: the build goes on, and is found again.
TEST_F(WebLayers, GoOnWithoutTheProgramThatAskedForThem)
{
    const auto layer = make(roots, "web-test/goes-on", "echo one > made");
    // The page has the script, too: what this says is no word of it.
    const auto job = build(
        roots, layer, "echo sle''eping; until [ -e go ]; do sleep 0.1; done; rm go; echo two > made");
    ASSERT_TRUE(
        eventually([&] { return roots.get(job).body.contains("sleeping"); }, std::chrono::seconds(60)));
    output({"systemctl", "kill", "--signal=KILL", "left4me-web.service"});
    ASSERT_TRUE(eventually([&] { return roots.get(job).body.contains(">at work<"); }));
    for (const auto& copy :
         std::filesystem::directory_iterator(std::format("{}/builds/{}", state, layer)))
        write_file(copy.path().string() + "/go", "");
    (void)after(roots, job, "done");
    EXPECT_EQ(read_file(file(layer, "made")), "two\n");
}

TEST_F(WebLayers, AreBuiltAnewWhereTheyAreDaily)
{
    const auto job = led_to(roots.submit_to(
        "/new-layer", "/new-layer", {"name=web-test/daily", "script=date +%N > made", "daily=yes"}));
    (void)after(roots, job, "done");
    const std::string layer = "web-test/daily";
    made.push_back(layer);
    const auto before = read_file(file(layer, "made"));
    (void)after(roots, led_to(roots.submit_to(part(layer) + "/rebuild", part(layer), {})), "done");
    EXPECT_NE(read_file(file(layer, "made")), before);
    (void)after(roots, led_to(roots.submit_to(part(layer) + "/act", part(layer), {"act=forget"})),
                "done");
    EXPECT_THAT(roots.get(part(layer)).body, Not(HasSubstr("Build it anew now")));
}

TEST_F(WebLayers, AreForThoseWhoMay)
{
    const auto layer = make(roots, "web-test/roots", "echo one > made");
    const auto own = make(idas, "own", "echo one > made");
    EXPECT_THAT(idas.get(part(layer)).body, Not(HasSubstr("Build it by a script")))
        << "everybody's to take";
    EXPECT_EQ(idas.submit_to(part(layer) + "/build", part(own), {"script=true"}).status, 404);
    EXPECT_EQ(idas.submit_to(part(layer) + "/act", part(own), {"act=delete", "name=" + layer}).status,
              404);
    // Who loses the right to write scripts goes on with what needs none.
    output({"l4d2ctl", "web-user", "deny-builds", "ida"});
    EXPECT_EQ(idas.get("/").status, 303) << "signed out";
    ASSERT_EQ(ida.sign_in(idas).status, 303);
    EXPECT_EQ(idas.get("/new-layer").status, 404);
    EXPECT_EQ(idas.submit_to(part(own) + "/build", "/account", {"script=true"}).status, 404);
    EXPECT_EQ(idas.submit_to(part(own) + "/rebuild", "/account", {}).status, 404);
    (void)after(idas,
                led_to(idas.submit_to(part(own) + "/act", part(own), {"act=delete", "name=" + own})),
                "done");
    EXPECT_TRUE(exists(file(layer, "made")));
}

} // namespace
} // namespace left4me::test
