// The web interface behind nginx, by the configuration that the guide gives, as it stands there.

#include "guide.hpp"
#include "web_abuse.hpp"
#include "web_client.hpp"

#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string place = "/run/left4me-proxy";
const std::string host = "games.example.org";
constexpr std::uint16_t plain_port = 8081;

/// nginx, with the guide's part of its configuration; and once more without TLS, and with
/// connections to the program that are used again and again, which is where smuggling pays.
class Proxy {
public:
    Proxy()
    {
        output({"mkdir", "-p", place});
        output({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
                "/CN=" + host, "-keyout", place + "/key.pem", "-out", place + "/cert.pem"});
        const auto guides = blocks_of("The web interface").at(0).text;
        auto again = guides;
        for (const std::string tls : {"listen 443 ssl;\n", "http2 on;\n"})
            again.erase(again.find(tls), tls.size());
        const std::string direct = "http://127.0.0.1:8000";
        again.replace(again.find(direct), direct.size(), "http://web");
        write_file(place + "/nginx.conf",
                   std::format("pid {0}/pid;\nerror_log {0}/error.log;\nevents {{}}\n"
                               "http {{\naccess_log off;\n"
                               "server {{ server_name {1}; ssl_certificate {0}/cert.pem; "
                               "ssl_certificate_key {0}/key.pem;\n{2}}}\n"
                               "upstream web {{ server 127.0.0.1:8000; keepalive 1; }}\n"
                               "server {{ listen 127.0.0.1:{3}; server_name {1} localhost;\n{4}}}\n}}\n",
                               place, host, guides, plain_port, again));
        output({"nginx", "-c", place + "/nginx.conf"});
    }
    ~Proxy()
    {
        run({"nginx", "-c", place + "/nginx.conf", "-s", "quit"});
        eventually([] { return !exists(place + "/pid"); });
        remove_all(place);
    }
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;
};

/// A file of the host with a line more, for as long as it lives.
class LineMore {
public:
    LineMore(std::string file, const std::string& line)
        : file_(std::move(file)), before_(read_file(file_))
    {
        write_file(file_, before_ + line + '\n');
    }
    ~LineMore() { write_file(file_, before_); }
    LineMore(const LineMore&) = delete;
    LineMore& operator=(const LineMore&) = delete;

private:
    std::string file_;
    std::string before_;
};

/// What the guide says, done.
class Behind {
public:
    Behind() { output({"systemctl", "restart", "left4me-web.service"}); }

private:
    struct RestartedAtTheEnd {
        RestartedAtTheEnd() = default;
        ~RestartedAtTheEnd() { run({"systemctl", "restart", "left4me-web.service"}); }
        RestartedAtTheEnd(const RestartedAtTheEnd&) = delete;
        RestartedAtTheEnd& operator=(const RestartedAtTheEnd&) = delete;
    };

    RestartedAtTheEnd end_; // when the files are as they were
    LineMore host_{"/etc/left4me/host.env", "LEFT4ME_WEB_HOST=" + host};
    LineMore how_{"/etc/left4me/web.env", "LEFT4ME_WEB_PROXY=yes"};
    Proxy proxy_;
};

const Words by_tls = {"--insecure", "--http2", "--resolve", host + ":443:127.0.0.1"};

TEST(WebProxy, OfTheGuideServesByTlsAndHttp2)
{
    const Behind behind;
    WebUser vera("vera", true);
    Browser browser("https://" + host, by_tls);
    const auto page = browser.get("/sign-in");
    EXPECT_EQ(page.status, 200) << page.head << page.body;
    EXPECT_THAT(page.head,
                AllOf(StartsWith("HTTP/2 "), HasSubstr("__Host-left4me-form="), HasSubstr("; Secure")));
    EXPECT_EQ(vera.sign_in(browser).status, 303);
    EXPECT_EQ(browser.get("/").status, 200);
    const auto account = browser.get("/account").body;
    EXPECT_THAT(account, HasSubstr("127.0.0.1")) << "the address is the browser's, as the proxy says it";
    const EventListener listener(browser, "/events");
    EXPECT_TRUE(eventually([&] { return listener.heard().contains(": here"); }))
        << "nothing is held back";
    // Who says it without the proxy is not believed: the cookie is another one there.
    EXPECT_EQ(Browser().get("/", {"--header", "Host: evil.example"}).status, 421);
}

struct WebProxyAbuse : testing::TestWithParam<Abuse> {
    static void SetUpTestSuite() { behind_ = std::make_unique<Behind>(); }
    static void TearDownTestSuite() { behind_.reset(); }
    static inline std::unique_ptr<Behind> behind_;
};

TEST_P(WebProxyAbuse, BringsNobodyTheAnswerOfAnother)
{
    // Behind what is refused or cut off stands a request that nobody has sent.
    const auto answers = raw_answer(
        GetParam().bytes + "GET /smuggled HTTP/1.1\r\nHost: " + host + "\r\n\r\n", plain_port);
    EXPECT_THAT(answers, StartsWith("HTTP/1.1 "));
    for (int i = 0; i < 3; ++i) {
        const auto next = Browser(std::format("http://127.0.0.1:{}", plain_port)).get("/sign-in");
        EXPECT_EQ(next.status, 200);
        EXPECT_THAT(next.body, HasSubstr("<h1>Sign in</h1>"));
    }
}

INSTANTIATE_TEST_SUITE_P(Of, WebProxyAbuse, testing::ValuesIn(abuse_rows()),
                         [](const auto& row) { return row.param.name; });

} // namespace
} // namespace left4me::test
