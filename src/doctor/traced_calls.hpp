#pragma once

#include "doctor/findings.hpp"
#include "system/error.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace left4me {

/// What programs asked the kernel for, as strace tells it (-f, onto its standard error, without
/// the contents of strings): line by line, of a program that may write what it likes.
class TracedCalls {
public:
    static constexpr std::size_t max_kinds = 1000;  ///< of calls, and of calls that failed
    static constexpr std::size_t max_files = 20'000; ///< that were looked for in vain

    void take_line(std::string_view line);

    /// Whether strace has said that it follows a process, and what it complained of.
    [[nodiscard]] bool is_attached() const noexcept { return attached_; }
    [[nodiscard]] const std::string& complaint() const noexcept { return complaint_; }

    /// How often each was made.
    [[nodiscard]] const std::map<std::string, std::size_t>& made() const noexcept { return made_; }

    /// How often each failed for want of a right, by its name and the error's: EPERM, EACCES,
    /// ENOSYS, EAFNOSUPPORT.
    [[nodiscard]] const std::map<std::pair<std::string, std::string>, std::size_t>&
    refused() const noexcept
    {
        return refused_;
    }

    /// Paths for which there was an ENOENT and nothing else, as they were given.
    [[nodiscard]] std::set<std::string> missing_files() const;

private:
    struct Begun {
        std::string call;
        std::string path;
    };

    void take_call(std::string_view process, std::string_view text);
    void end_call(const Begun& begun, std::string_view text);

    bool attached_ = false;
    std::string complaint_;
    std::map<std::string, std::size_t> made_;
    std::map<std::pair<std::string, std::string>, std::size_t> refused_;
    std::map<std::string, Begun, std::less<>> begun_; ///< by process: what is unfinished
    std::set<std::string> missing_;
    std::set<std::string> found_;
};

/// A unit's SystemCallFilter= as systemctl shows it, a list of what is allowed: "NAME", or
/// "NAME:ERRNO" of what is answered so. What is not named ends the program, or is answered with ENOSYS
/// if 32-bit programs alone have it: systemd looks for it by the host's own numbers.
using CallFilter = std::map<std::string, std::string, std::less<>>;
/// bad_data: a list of what is forbidden, or none.
Result<CallFilter> parse_call_filter(std::string_view shown);

/// What the filter makes of the calls: Check::calls. The ptrace of a crash reporter is expected.
Findings judge_calls(const TracedCalls& calls, const CallFilter& filter);

/// Check::files: hidden are those of the missing that the host has.
Findings judge_missing_files(std::size_t missing, const std::set<std::string>& hidden);

} // namespace left4me
