#include "steam/http_client.hpp"

#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <cerrno>
#include <chrono>
#include <curl/curl.h>
#include <functional>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr int attempts = 4;

std::size_t never_write(char* /*data*/, std::size_t /*one*/, std::size_t /*size*/, void* /*target*/)
{
    return 0;
}

int stop_if_interrupted(void* /*self*/, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return interrupted() ? 1 : 0;
}

/// Where what comes goes, and how much of it may come.
struct Answer {
    std::string text;
    std::size_t limit;
    bool too_large = false;
};

std::size_t take_answer(char* data, std::size_t /*one*/, std::size_t size, void* target)
{
    auto& answer = *static_cast<Answer*>(target);
    answer.too_large = answer.text.size() + size > answer.limit;
    if (answer.too_large)
        return 0;
    answer.text.append(data, size);
    return size;
}

struct Download {
    void* handle;
    const FileDescriptor& file;
    std::uint64_t there;
    std::uint64_t size;
    const Phase& phase;
    Result<void> problem;
};

std::size_t take_part(char* data, std::size_t /*one*/, std::size_t size, void* target)
{
    auto& download = *static_cast<Download*>(target);
    long status = 0;
    curl_easy_getinfo(download.handle, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 && status != 206)
        return size; // the page of an error
    if (download.there + size > download.size) {
        download.problem = fail(ExitStatus::io, formatted("it is larger than the {} bytes that Steam "
                                                          "says it has",
                                                          download.size));
        return 0;
    }
    download.problem = write_all(download.file, "the download", {data, size});
    if (!download.problem)
        return 0;
    download.there += size;
    download.phase.reach(download.there);
    return size;
}

/// Whether to ask again: the server's trouble, or the network's.
bool passes(CURLcode code, long status)
{
    if (code == CURLE_OK)
        return status >= 500 || status == 408 || status == 429;
    return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
           code == CURLE_OPERATION_TIMEDOUT || code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
           code == CURLE_SEND_ERROR || code == CURLE_PARTIAL_FILE || code == CURLE_HTTP2_STREAM ||
           code == CURLE_HTTP2;
}

Result<void> outcome(void* handle, CURLcode code, const std::string& url)
{
    if (auto going_on = check_interruption(); !going_on)
        return going_on;
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && (status == 200 || status == 206))
        return {};
    const auto why = code == CURLE_OK ? formatted("it answers {}", status) : curl_easy_strerror(code);
    // busy stands for what may pass; the last attempt makes io of it.
    return fail(passes(code, status) ? ExitStatus::busy
                : status == 404      ? ExitStatus::not_found
                                     : ExitStatus::io,
                formatted("cannot fetch {}: {}", quote(url), why));
}

/// Tries again what may pass by itself.
Result<void> persist(const std::function<Result<void>()>& act)
{
    int wait_ms = 1000;
    for (int attempt = 1;; ++attempt) {
        auto done = act();
        if (done || done.error().status != ExitStatus::busy)
            return done;
        if (attempt == attempts)
            return fail(ExitStatus::io, done.error().message);
        poll(nullptr, 0, wait_ms);
        if (auto going_on = check_interruption(); !going_on)
            return going_on;
        wait_ms *= 3;
    }
}

} // namespace

void HttpClient::Close::operator()(void* handle) const noexcept
{
    curl_easy_cleanup(handle);
}

HttpClient::HttpClient(HttpSafety safety) : safety_(safety), handle_(curl_easy_init())
{
}

void HttpClient::prepare(const std::string& url)
{
    auto* handle = handle_.get();
    curl_easy_reset(handle); // keeps the connection
    const char* protocols = safety_ == HttpSafety::certified ? "https" : "https,http";
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, protocols);
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(handle, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "left4me/" LEFT4ME_VERSION);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, 20L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1024L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, 60L);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, stop_if_interrupted);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, never_write);
}

Result<std::string> HttpClient::post(const std::string& url,
                                     const std::vector<std::pair<std::string, std::string>>& form,
                                     std::size_t limit)
{
    if (!handle_)
        return fail(ExitStatus::internal, "cannot start libcurl");
    std::string fields;
    for (const auto& [key, value] : form) {
        char* escaped_key = curl_easy_escape(handle_.get(), key.data(), static_cast<int>(key.size()));
        char* escaped_value =
            curl_easy_escape(handle_.get(), value.data(), static_cast<int>(value.size()));
        if (escaped_key != nullptr && escaped_value != nullptr)
            fields += formatted("{}{}={}", fields.empty() ? "" : "&", escaped_key, escaped_value);
        curl_free(escaped_key);
        curl_free(escaped_value);
    }
    Answer answer{.text = {}, .limit = limit};
    return persist([&] -> Result<void> {
               answer.text.clear();
               prepare(url);
               curl_easy_setopt(handle_.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                                static_cast<curl_off_t>(fields.size()));
               curl_easy_setopt(handle_.get(), CURLOPT_POSTFIELDS, fields.c_str());
               curl_easy_setopt(handle_.get(), CURLOPT_TIMEOUT, 120L);
               curl_easy_setopt(handle_.get(), CURLOPT_WRITEFUNCTION, take_answer);
               curl_easy_setopt(handle_.get(), CURLOPT_WRITEDATA, &answer);
               const auto code = curl_easy_perform(handle_.get());
               if (answer.too_large)
                   return fail(ExitStatus::io,
                               formatted("the answer of {} is larger than {} bytes", quote(url), limit));
               return outcome(handle_.get(), code, url);
           })
        .transform([&] { return std::move(answer.text); });
}

Result<void> HttpClient::attempt_fetch(const std::string& url, const FileDescriptor& file,
                                       std::uint64_t size, const Phase& phase)
{
    struct stat status = {};
    if (fstat(file.get(), &status) != 0)
        return fail_errno("cannot look at the download", errno);
    auto there = static_cast<std::uint64_t>(status.st_size);
    if (there == size && size != 0)
        return {};
    if (there > size) {
        if (ftruncate(file.get(), 0) != 0)
            return fail_errno("cannot begin the download anew", errno);
        there = 0;
    }
    if (lseek(file.get(), 0, SEEK_END) < 0)
        return fail_errno("cannot go on with the download", errno);
    Download download{handle_.get(), file, there, size, phase, {}};
    prepare(url);
    curl_easy_setopt(handle_.get(), CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(there));
    curl_easy_setopt(handle_.get(), CURLOPT_WRITEFUNCTION, take_part);
    curl_easy_setopt(handle_.get(), CURLOPT_WRITEDATA, &download);
    const auto code = curl_easy_perform(handle_.get());
    if (!download.problem)
        return download.problem;
    if (code == CURLE_RANGE_ERROR || code == CURLE_BAD_DOWNLOAD_RESUME) {
        if (ftruncate(file.get(), 0) != 0)
            return fail_errno("cannot begin the download anew", errno);
        return fail(ExitStatus::busy, "the server cannot go on in the middle");
    }
    return outcome(handle_.get(), code, url).and_then([&] -> Result<void> {
        if (download.there == size)
            return {};
        return fail(ExitStatus::busy,
                    formatted("cannot fetch {}: {} of {} bytes came", quote(url), download.there, size));
    });
}

Result<void> HttpClient::fetch(const std::string& url, const FileDescriptor& file, std::uint64_t size,
                               const Phase& phase)
{
    if (!handle_)
        return fail(ExitStatus::internal, "cannot start libcurl");
    return persist([&] { return attempt_fetch(url, file, size, phase); });
}

} // namespace left4me
