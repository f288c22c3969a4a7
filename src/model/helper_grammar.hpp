#pragma once

#include "system/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace left4me {

// What may be asked of root, by whom: one table for both doors, sudo and left4me-broker. A unit
// test holds the sudoers fragment against it. The helpers check everything again themselves.

/// A call of one of the package's helpers.
struct HelperCall {
    std::string helper;
    std::vector<std::string> words;

    /// The words with a blank between them, as the table has them.
    [[nodiscard]] std::string line() const;
};

/// One row: a helper, and its words as a POSIX extended regular expression of the whole line,
/// which is what sudo takes, too.
struct HelperRow {
    std::string_view helper;
    std::string_view words;
};

/// Who asks. (A job may ask for what its request names: see job_may_call.)
enum class Asker {
    sudo,           ///< l4d2ctl, started by an operator
    web,            ///< left4me-web.service
    watch,          ///< left4me-watch.service
    layers_refresh, ///< left4me-layers-refresh.service
};

std::vector<HelperRow> helper_rows(Asker asker);

/// Whether a row has the call.
bool may_call(const std::vector<HelperRow>& rows, const HelperCall& call);

/// Whether the call follows the log of a server until its caller is gone.
bool follows_a_log(const HelperCall& call);

constexpr std::size_t max_helper_message_size = 4096;

/// A call as one message: the helper's name and its words, each ended by NUL. bad_data: longer
/// than max_helper_message_size.
Result<std::string> format_helper_message(const HelperCall& call);

/// bad_data for anything that format_helper_message does not write, and for a word that is
/// empty or has another character than visible ones of ASCII.
Result<HelperCall> parse_helper_message(std::string_view message);

} // namespace left4me
