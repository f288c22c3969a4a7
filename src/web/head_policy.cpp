#include "web/head_policy.hpp"

#include "system/plain_text.hpp"
#include "system/trimmed.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace left4me::web {
namespace {

constexpr std::size_t max_target_size = 2048;
constexpr std::size_t max_fields = 64;

bool is_letter_or_digit(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/// RFC 9110, 5.6.2.
bool is_token(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char byte) {
        return is_letter_or_digit(byte) || std::string_view("!#$%&'*+-.^_`|~").contains(byte);
    });
}

/// Visible, blank, or beyond ASCII: no control character.
bool is_field_value(std::string_view text)
{
    return std::ranges::all_of(text, [](char byte) {
        const auto code = static_cast<unsigned char>(byte);
        return code == '\t' || (code >= 0x20 && code != 0x7f);
    });
}

bool is_visible(std::string_view text)
{
    return std::ranges::all_of(text, [](char byte) { return byte > 0x20 && byte < 0x7f; });
}

std::string lower(std::string_view text)
{
    std::string lowered(text);
    std::ranges::transform(lowered, lowered.begin(), [](char byte) {
        return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
    });
    return lowered;
}

/// The next line, which goes from rest; none without CRLF at its end, or with one of the two
/// within.
std::optional<std::string_view> take_line(std::string_view& rest)
{
    const auto end = rest.find("\r\n");
    if (end == std::string_view::npos)
        return std::nullopt;
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line.find_first_of("\r\n") == std::string_view::npos ? std::optional(line) : std::nullopt;
}

/// "GET /path HTTP/1.1", into method and target; 0, or the status to refuse with.
unsigned read_request_line(std::string_view line, Head& head)
{
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return 400;
    const auto method = line.substr(0, first);
    const auto target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    if (!is_token(method) || !is_visible(target))
        return 400;
    if (version != "HTTP/1.1")
        return version.starts_with("HTTP/") ? 505 : 400;
    if (target.size() > max_target_size)
        return 414;
    if (!target.starts_with('/') || target.contains('#'))
        return 400;
    if (method == "GET")
        head.method = Method::get;
    else if (method == "HEAD")
        head.method = Method::head;
    else if (method == "POST")
        head.method = Method::post;
    else
        return 501;
    head.target = target;
    return 0;
}

unsigned read_field(std::string_view line, Head& head)
{
    const auto colon = line.find(':');
    // A folded line begins with a blank, and a blank before the colon is no part of a name.
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) ||
        !is_field_value(line.substr(colon + 1)))
        return 400;
    if (head.fields.size() == max_fields)
        return 431;
    // A field's value has no blanks and tabs around it: RFC 9110, 5.6.3.
    head.fields.push_back({lower(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1)))});
    return 0;
}

std::vector<std::string_view> values_of(const Head& head, std::string_view name)
{
    std::vector<std::string_view> values;
    for (const auto& field : head.fields)
        if (field.name == name)
            values.emplace_back(field.value);
    return values;
}

unsigned read_length(Head& head)
{
    const auto lengths = values_of(head, "content-length");
    const bool coded = !values_of(head, "transfer-encoding").empty();
    if (lengths.size() > 1 || (coded && !lengths.empty()))
        return 400;
    if (coded)
        return 501;
    if (lengths.empty())
        return head.method == Method::post ? 411 : 0;
    if (lengths[0].empty() ||
        !std::ranges::all_of(lengths[0], [](char byte) { return byte >= '0' && byte <= '9'; }))
        return 400;
    const auto length = parse_number<std::size_t>(lengths[0]);
    if (!length || *length > max_body_size)
        return 413;
    if (*length > 0 && head.method != Method::post)
        return 400;
    head.body_size = *length;
    return 0;
}

/// The name, without its port.
std::string_view host_name(std::string_view host)
{
    const auto colon = host.find(':');
    if (colon == std::string_view::npos)
        return host;
    return parse_number<std::uint16_t>(host.substr(colon + 1)) ? host.substr(0, colon) : "";
}

unsigned read_host(Head& head, const HeadRules& rules)
{
    const auto hosts = values_of(head, "host");
    if (hosts.size() != 1)
        return 400;
    head.host = lower(hosts[0]);
    return std::ranges::contains(rules.hosts, host_name(head.host)) ? 0 : 421;
}

/// Of what says who asks, or from where, there is one word.
unsigned read_others(Head& head)
{
    constexpr std::array single = {"authorization", "content-type",    "cookie",
                                   "last-event-id", "origin",          "sec-fetch-site",
                                   "range",         "x-forwarded-for", "x-forwarded-proto"};
    if (std::ranges::any_of(single, [&](auto name) { return values_of(head, name).size() > 1; }))
        return 400;
    if (!values_of(head, "expect").empty())
        return 417;
    head.keep_alive = std::ranges::none_of(values_of(head, "connection"), [](std::string_view value) {
        return contains_ignoring_case(value, "close");
    });
    return 0;
}

} // namespace

std::expected<Head, unsigned> judge_head(std::string_view text, const HeadRules& rules)
{
    Head head = {.method = Method::get,
                 .target = {},
                 .fields = {},
                 .host = {},
                 .body_size = 0,
                 .keep_alive = true};
    if (text.size() > max_head_size)
        return std::unexpected(431U);
    const auto request_line = take_line(text);
    auto refused = request_line ? read_request_line(*request_line, head) : 400;
    while (refused == 0) {
        const auto line = take_line(text);
        if (line && line->empty())
            break;
        refused = line ? read_field(*line, head) : 400;
    }
    if (refused == 0 && !text.empty())
        refused = 400;
    if (refused == 0)
        refused = read_host(head, rules);
    if (refused == 0)
        refused = read_length(head);
    if (refused == 0)
        refused = read_others(head);
    if (refused != 0)
        return std::unexpected(refused);
    return head;
}

Asker asker_of(const std::vector<Field>& fields, std::string_view peer, bool proxy)
{
    Asker client = {.address = std::string(peer), .secure = false, .by_proxy = false};
    if (!proxy || !(peer.starts_with("127.") || peer == "::1"))
        return client;
    for (const auto& field : fields) {
        if (field.name == "x-forwarded-for") {
            const auto last = trimmed(std::string_view(field.value).substr(field.value.rfind(',') + 1));
            client.by_proxy = true;
            client.address = last.substr(0, 64);
        } else if (field.name == "x-forwarded-proto") {
            client.secure = field.value == "https";
        }
    }
    return client;
}

} // namespace left4me::web
