#pragma once

#include "accounts/user.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// A change that somebody asked for, done or not. No secret is in it.
struct Change {
    AccountTime at;
    std::string user = {};    ///< the name of who asked; empty: nobody was signed in
    std::string role = {};    ///< "admin", "user"; "host": root there, by l4d2ctl
    std::string address = {}; ///< from where
    std::string kind = {};    ///< one word, of what was to be changed
    std::string what = {};    ///< in some words, cut at 400 bytes
    std::string about = {};   ///< the name of the user that it is about, if it is about one
    std::vector<std::string> servers = {}; ///< names of those that it is about
    unsigned status = 200;    ///< what came back, as HTTP has it

    [[nodiscard]] bool done() const { return status < 400; }
};

/// Which of them; what is empty leaves none out.
struct ChangeFilter {
    std::string user = {}; ///< who asked, or whom it is about
    std::string server = {};
    std::string kind = {};
    std::optional<AccountTime> from = {};
    std::optional<AccountTime> until = {}; ///< not itself
};

/// Some of them, the newest first; older: before which one the next ones begin, if there are more.
struct ChangePage {
    std::vector<Change> changes;
    std::optional<std::int64_t> older;
};

/// How many are kept, about.
struct ChangesKept {
    std::int64_t done = 20'000;
    std::int64_t refused =
        2'000; ///< by themselves: who is refused again and again does not push out the others
    std::chrono::days age{365};
};

/// Who changed what by the web program, when and from where: for administrators.
class ChangeLog {
public:
    explicit ChangeLog(Database& database) : database_(database) {}

    static constexpr std::int64_t page_length = 40;

    [[nodiscard]] Result<void> add(const Change& change, const ChangesKept& kept = {});

    /// before: of which older ones are wanted.
    [[nodiscard]] Result<ChangePage> some(const ChangeFilter& filter,
                                          std::optional<std::int64_t> before = {});

private:
    [[nodiscard]] Result<void> prune(AccountTime now, const ChangesKept& kept);

    Database& database_;
};

} // namespace left4me
