#pragma once

#include "model/job_name.hpp"
#include "system/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// Largest request, in bytes: the words, and a script or a spec.
constexpr std::size_t max_job_request_size = 1024 * 1024 + 64 * 1024;

struct JobVerb;

/// What one job is to do: a verb of l4d2ctl that its kind may run, with what it works on. No
/// path, no password and no code: what the verb reads from a file is a part of the request.
class JobRequest {
public:
    /// Each word with a newline behind it; then, of a verb that reads a file, an empty line and
    /// the file's text. bad_data, with what is wrong.
    static Result<JobRequest> parse(JobKind kind, std::string_view text);

    /// The same text again.
    [[nodiscard]] std::string format() const;

    /// For l4d2ctl, whose standard input is text().
    [[nodiscard]] std::vector<std::string> command() const;

    [[nodiscard]] const JobVerb& verb() const noexcept { return *verb_; }
    [[nodiscard]] const std::vector<std::string>& subjects() const noexcept { return subjects_; }
    [[nodiscard]] bool has_option(std::string_view option) const;
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    explicit JobRequest(const JobVerb& verb) : verb_(&verb) {}
    Result<void> take_words(const std::vector<std::string_view>& words);

    const JobVerb* verb_;
    std::vector<std::string> words_; ///< behind the verb's, as they were given
    std::vector<std::string> subjects_; ///< those that are no option's
    std::string text_;
};

/// Whether the main process of a job may have root run that helper: what the request names
/// needs it. words: the helper's, with single blanks between them.
bool job_may_call(const JobRequest& request, std::string_view helper, std::string_view words);

} // namespace left4me
