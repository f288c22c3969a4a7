#include "web/http.hpp"

#include "system/format.hpp"

#include <algorithm>

namespace left4me::web {

std::optional<std::string_view> Request::field(std::string_view name) const
{
    const auto found = std::ranges::find(fields, name, &Field::name);
    return found == fields.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

std::string_view reason_phrase(unsigned status)
{
    // RFC 9110, 15.
    static constexpr std::pair<unsigned, std::string_view> phrases[] = {
        {200, "OK"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    const auto* found =
        std::ranges::find(phrases, status, &std::pair<unsigned, std::string_view>::first);
    return found == std::end(phrases) ? "Error" : found->second;
}

Response plain_answer(unsigned status)
{
    return {.status = status,
            .fields = {{"Content-Type", "text/plain; charset=utf-8"}},
            .body = formatted("{} {}\n", status, reason_phrase(status))};
}

} // namespace left4me::web
