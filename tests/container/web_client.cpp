#include "web_client.hpp"

#include <arpa/inet.h>
#include <cstdlib>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace left4me::test {
namespace {

int connected(std::uint16_t port)
{
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return socket;
}

std::string heard_on(int socket, int milliseconds)
{
    std::string text;
    std::string part(65536, '\0');
    pollfd watched = {socket, POLLIN, 0};
    while (poll(&watched, 1, milliseconds) > 0) {
        const auto got = read(socket, part.data(), part.size());
        if (got <= 0)
            break;
        text.append(part, 0, static_cast<std::size_t>(got));
    }
    return text;
}

WebAnswer answer_of(const std::string& text)
{
    WebAnswer answer;
    const auto end = text.find("\r\n\r\n");
    if (!text.starts_with("HTTP/") || end == std::string::npos)
        return answer;
    answer.status = std::atoi(text.c_str() + text.find(' '));
    answer.head = text.substr(0, end);
    answer.body = text.substr(end + 4);
    return answer;
}

} // namespace

Browser::Browser(std::string address, Words more) : address_(std::move(address)), more_(std::move(more))
{
    std::string path = "/tmp/cookies-XXXXXX";
    close(mkstemp(path.data()));
    cookies_ = path;
}

Browser::~Browser()
{
    remove_all(cookies_);
}

WebAnswer Browser::get(const std::string& path, const Words& more)
{
    Words command = {"curl", "--include", "--max-time", "30", "--cookie-jar", cookies_};
    for (const auto& words : {request(path), more})
        command.insert(command.end(), words.begin(), words.end());
    return answer_of(run(command).out);
}

std::string Browser::cookie(const std::string& name) const
{
    // curl's file has fields between tabs; the last two are name and value.
    const auto text = read_file(cookies_);
    const auto at = text.find('\t' + name + '\t');
    if (at == std::string::npos)
        return "";
    const auto begin = at + name.size() + 2;
    return name + '=' + text.substr(begin, text.find('\n', begin) - begin);
}

Words Browser::request(const std::string& path) const
{
    Words words = {"--silent", "--path-as-is", "--cookie", cookies_, address_ + path};
    words.insert(words.end(), more_.begin(), more_.end());
    return words;
}

WebAnswer Browser::post(const std::string& path, const std::string& token, const Words& fields)
{
    return post(path, token, fields, {"--header", "Origin: " + address_});
}

WebAnswer Browser::submit(const std::string& path, const Words& fields)
{
    return submit_to(path, path, fields);
}

WebAnswer Browser::submit_to(const std::string& path, const std::string& page, const Words& fields)
{
    return post(path, token_in(get(page).body), fields);
}

WebAnswer Browser::post(const std::string& path, const std::string& token, const Words& fields,
                        const Words& more)
{
    Words words = {"--data-urlencode", "token=" + token};
    for (const auto& field : fields)
        words.insert(words.end(), {"--data-urlencode", field});
    words.insert(words.end(), more.begin(), more.end());
    return get(path, words);
}

EventListener::EventListener(const Browser& browser, const std::string& path, const Words& more)
{
    std::string file = "/tmp/heard-XXXXXX";
    close(mkstemp(file.data()));
    file_ = file;
    Words command = {"sh", "-c",
                     "file=$1; shift; curl --no-buffer --max-time 300 \"$@\" >\"$file\" 2>&1 & echo $!",
                     "sh", file_};
    for (const auto& words : {browser.request(path), more})
        command.insert(command.end(), words.begin(), words.end());
    process_ = output(command);
}

EventListener::~EventListener()
{
    run({"kill", process_});
    remove_all(file_);
}

std::string EventListener::heard() const
{
    return read_file(file_);
}

bool EventListener::has_ended() const
{
    return read_file("/proc/" + process_ + "/cmdline").empty();
}

std::string job_in(const std::string& text)
{
    const auto begin = text.find("/jobs/");
    if (begin == std::string::npos)
        return "";
    return text.substr(begin, text.find_first_not_of("0123456789", begin + 6) - begin);
}

std::string ended(Browser& browser, const std::string& job, std::chrono::seconds patience)
{
    std::string body;
    EXPECT_TRUE(eventually(
        [&] {
            body = browser.get(job).body;
            return body.contains(">done</span>") || body.contains(">failed</span>");
        },
        patience))
        << body;
    return body;
}

std::string last_id_in(const std::string& heard)
{
    const auto whole = heard.substr(0, heard.rfind("\n\n"));
    const auto at = whole.rfind("\nid: ");
    if (at == std::string::npos)
        return "";
    const auto begin = at + 5;
    return whole.substr(begin, whole.find('\n', begin) - begin);
}

std::string token_in(const std::string& page)
{
    const std::string before = R"(name="token" value=")";
    const auto at = page.find(before);
    if (at == std::string::npos)
        return "";
    const auto begin = at + before.size();
    return page.substr(begin, page.find('"', begin) - begin);
}

std::string raw_answer(const std::string& bytes, std::uint16_t port)
{
    const int socket = connected(port);
    (void)send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    auto text = heard_on(socket, 5000);
    close(socket);
    return text;
}

SilentCaller::SilentCaller() : socket_(connected(8000))
{
}

SilentCaller::~SilentCaller()
{
    close(socket_);
}

std::string SilentCaller::heard() const
{
    return heard_on(socket_, 1000);
}

WebUser::WebUser(std::string name, bool admin) : name_(std::move(name)), admin_(admin)
{
    Words words = {"web-user", "add", name_};
    if (admin)
        words.emplace_back("--admin");
    auto added = l4d2ctl(words);
    if (added.status != 0) { // an admin of an earlier run
        words[1] = "reset";
        added = l4d2ctl(words);
    }
    EXPECT_EQ(added.status, 0) << added.err;
    const auto hash = added.out.rfind('#');
    EXPECT_NE(hash, std::string::npos) << added.out;
    Browser browser;
    auto link = added.out.substr(hash + 1);
    link = link.substr(0, link.find_first_of(" \n"));
    const auto welcomed =
        browser.submit("/welcome", {"link=" + link, "password=" + password_, "again=" + password_});
    EXPECT_EQ(welcomed.status, 200) << welcomed.head << welcomed.body;
}

WebUser::~WebUser()
{
    const auto removed = l4d2ctl({"web-user", "delete", name_});
    // The last admin stays.
    if (!admin_)
        EXPECT_EQ(removed.status, 0) << removed.err;
}

WebAnswer WebUser::sign_in(Browser& browser, const std::string& password)
{
    return browser.submit("/sign-in", {"name=" + name_, "password=" + password, "code="});
}

} // namespace left4me::test
