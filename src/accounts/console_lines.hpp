#pragma once

#include "accounts/user.hpp"
#include "model/instance_name.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// A command that somebody gave a server's console, and what its game answered.
struct ConsoleLine {
    std::int64_t number;
    std::string user; ///< a name, whose user may be gone
    AccountTime at;
    std::string command;
    std::string answer; ///< of any bytes
};

/// What is said at servers' consoles, for as long as the server is its owner's: in the database, for
/// it is to be there when the program is restarted, and gone with the server. Whatever may have a
/// secret in it (may_tell_a_secret) is not kept: neither a command with its answer, nor a line of
/// another answer.
class ConsoleLines {
public:
    explicit ConsoleLines(Database& database) : database_(database) {}

    static constexpr std::int64_t most = 200; ///< of a server; the oldest go
    static constexpr std::int64_t max_size = std::int64_t{256} * 1024; ///< bytes, of a server
    static constexpr std::size_t max_answer_size = std::size_t{16} * 1024; ///< bytes; then it is cut

    [[nodiscard]] Result<void> add(const InstanceName& server, const UserName& user,
                                   std::string_view command, std::string_view answer, AccountTime now);

    /// So many of the last ones, before that one where it is named; the oldest first.
    [[nodiscard]] Result<std::vector<ConsoleLine>> last(const InstanceName& server, std::int64_t count,
                                                        std::optional<std::int64_t> before = {});

private:
    Database& database_;
};

/// Pure: what is kept of an answer.
std::string kept_answer(std::string_view answer);

} // namespace left4me
