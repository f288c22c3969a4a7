#pragma once

#include "support.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

/// The web interface of the booted host, asked by curl and by raw bytes.
namespace left4me::test {

inline const std::string web_address = "http://127.0.0.1:8000";

/// An answer, by its parts.
struct WebAnswer {
    int status = 0; ///< 0: none
    std::string head;
    std::string body;
};

/// A browser: it keeps its cookies, says where its forms come from, and sends their tokens.
class Browser {
public:
    /// more: words for curl, at each request.
    explicit Browser(std::string address = web_address, Words more = {});
    ~Browser();
    Browser(const Browser&) = delete;
    Browser& operator=(const Browser&) = delete;

    /// With other words for curl.
    WebAnswer get(const std::string& path, const Words& more = {});

    /// The form of the page at that path, sent to it: "name=value" each.
    WebAnswer submit(const std::string& path, const Words& fields);

    /// A form of another page, which has its token.
    WebAnswer submit_to(const std::string& path, const std::string& page, const Words& fields);

    /// The same with that token, and nothing else of the page.
    WebAnswer post(const std::string& path, const std::string& token, const Words& fields,
                   const Words& more);
    WebAnswer post(const std::string& path, const std::string& token, const Words& fields);

    /// A cookie that it has, "NAME=VALUE".
    [[nodiscard]] std::string cookie(const std::string& name) const;

    /// What curl is called with for a path, with the cookies and the address.
    [[nodiscard]] Words request(const std::string& path) const;

private:
    std::string address_;
    Words more_;
    std::string cookies_; ///< curl's file of them
};

/// An event stream that a browser listens to.
class EventListener {
public:
    EventListener(const Browser& browser, const std::string& path, const Words& more = {});
    ~EventListener();
    EventListener(const EventListener&) = delete;
    EventListener& operator=(const EventListener&) = delete;

    [[nodiscard]] std::string heard() const;
    [[nodiscard]] bool has_ended() const;

private:
    std::string file_;
    std::string process_;
};

/// The first page of a job, "/jobs/7", that is named in a text; "" where none is.
std::string job_in(const std::string& text);

/// What that page says when the job has ended, done or failed.
std::string ended(Browser& browser, const std::string& job, std::chrono::seconds patience);

/// The id of the last whole event in what was heard, as an address has it.
std::string last_id_in(const std::string& heard);

/// The value of the form's token in a page.
std::string token_in(const std::string& page);

/// What comes back for these bytes, until the other end closes or five seconds are over.
std::string raw_answer(const std::string& bytes, std::uint16_t port = 8000);

/// A connection to the port, that says nothing.
class SilentCaller {
public:
    SilentCaller();
    ~SilentCaller();
    SilentCaller(const SilentCaller&) = delete;
    SilentCaller& operator=(const SilentCaller&) = delete;

    /// What it is told within a second.
    [[nodiscard]] std::string heard() const;

private:
    int socket_;
};

/// A user of the web interface with a password, until the test ends.
class WebUser {
public:
    WebUser(std::string name, bool admin);
    ~WebUser();
    WebUser(const WebUser&) = delete;
    WebUser& operator=(const WebUser&) = delete;

    [[nodiscard]] const std::string& name() const { return name_; }

    /// Signs in: what came back.
    WebAnswer sign_in(Browser& browser, const std::string& password = password_);

    static inline const std::string password_ = "correct horse battery";

private:
    std::string name_;
    bool admin_;
};

} // namespace left4me::test
