#pragma once

#include "web/http.hpp"

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace left4me::web {

/// The longest head, in bytes with the empty line at its end.
inline constexpr std::size_t max_head_size = std::size_t{8} * 1024;

/// The longest body.
inline constexpr std::size_t max_body_size = std::size_t{64} * 1024;

/// What is accepted.
struct HeadRules {
    /// Names that browsers may know this program by, without ports, in lower case. All others
    /// are refused: a page of another name may have been made to lead here (DNS rebinding).
    std::vector<std::string> hosts = {"localhost", "127.0.0.1"};
};

/// A head that was accepted.
struct Head {
    Method method;
    std::string target; ///< begins with '/'
    std::vector<Field> fields;
    std::string host;
    std::size_t body_size;
    bool keep_alive;
};

/// Judges a head, from its first byte to the empty line at its end, before anything that
/// follows is read: what it is, or the status to refuse it with. It takes less than RFC 9112
/// has: HTTP/1.1 alone, no transfer coding, no folded line and no bare line feed, a length with
/// each body and no body where none is looked for. So there is one way to read what is accepted,
/// and a proxy before this program has no other.
std::expected<Head, unsigned> judge_head(std::string_view head, const HeadRules& rules);

/// Whose request it is. Where a proxy of this host (proxy, and its address says so) stands before
/// this program, that is what the proxy says: the last address of X-Forwarded-For, and https in
/// X-Forwarded-Proto. All else in them a client may have written itself.
struct Asker {
    std::string address;
    bool secure;
    bool by_proxy;
};
Asker asker_of(const std::vector<Field>& fields, std::string_view peer, bool proxy);

} // namespace left4me::web
