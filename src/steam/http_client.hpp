#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"
#include "system/report.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace left4me {

/// Which addresses may be asked, and may be led to by others.
enum class HttpSafety {
    certified, ///< https alone, with certificates checked
    plain,     ///< http too: for a server of one's own
};

/// What is fetched from the web, by libcurl: with limits of size and time, no proxy and
/// no credentials. A server that is busy or does not answer is asked again, three
/// times, each after a longer wait. Ctrl-C ends a transfer (cancelled).
class HttpClient {
public:
    explicit HttpClient(HttpSafety safety);

    /// The answer to a form; io where it is larger than limit.
    Result<std::string> post(const std::string& url,
                             const std::vector<std::pair<std::string, std::string>>& form,
                             std::size_t limit);

    /// Completes file, which may have a part already, to size bytes, never more. Told
    /// how many are there. Where the server cannot go on in the middle, it begins anew.
    Result<void> fetch(const std::string& url, const FileDescriptor& file, std::uint64_t size,
                       const Phase& phase);

private:
    struct Close {
        void operator()(void* handle) const noexcept;
    };
    Result<void> attempt_fetch(const std::string& url, const FileDescriptor& file, std::uint64_t size,
                               const Phase& phase);
    void prepare(const std::string& url);

    HttpSafety safety_;
    std::unique_ptr<void, Close> handle_;
};

} // namespace left4me
