// What a stranger sends to the web program: a head is refused, or can be read in one way only;
// forms, queries, cookies and places in a log are what their senders escaped, or nothing.
#include "model/journal_cursor.hpp"
#include "property.hpp"
#include "web/event_text.hpp"
#include "web/head_policy.hpp"
#include "web/markup.hpp"
#include "web/request_values.hpp"
#include "web/router.hpp"

#include <string>

namespace left4me::web {
namespace {

void check_head(std::string_view bytes)
{
    const HeadRules rules;
    const auto head = judge_head(bytes, rules);
    if (!head) {
        require(head.error() >= 400 && head.error() < 600, "a refusal is an error's status");
        return;
    }
    require(bytes.size() <= max_head_size && bytes.ends_with("\r\n\r\n"),
            "a head is whole, and bounded");
    require(head->target.starts_with('/'), "a target is of this program");
    require(head->body_size <= max_body_size, "a body is bounded");
    require(head->method == Method::post || head->body_size == 0, "a question has no body");
    const auto host = std::string_view(head->host).substr(0, head->host.find(':'));
    require(std::ranges::contains(rules.hosts, host), "a host is one of the list");
    for (const auto& field : head->fields) {
        require(field.name != "transfer-encoding", "no coding");
        require(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
                "a field is one line");
    }
    for (const auto* once : {"host", "content-length"})
        require(std::ranges::count(head->fields, once, &Field::name) <= 1, "one host, one length");
    (void)asker_of(head->fields, "127.0.0.1", true);
}

void check_values(std::string_view text)
{
    std::string again;
    if (const auto form = parse_form(text)) {
        for (const auto& [name, value] : *form)
            again += (again.empty() ? "" : "&") + encoded_part(name) + "=" + encoded_part(value);
        require(parse_form(again) == form, "a form is what its sender escaped");
    }
    if (const auto part = decoded_part(text))
        require(decoded_part(encoded_part(*part)) == part, "a part is what its sender escaped");
    if (const auto cookie = cookie_in(text, "left4me"))
        require(text.contains("left4me=" + std::string(*cookie)), "a cookie is in its field");
    std::string_view server;
    if (text.starts_with('/') && is_path_of("/servers/{server}/events", text, server))
        require(text == "/servers/" + std::string(server) + "/events", "a path has one server");
    if (const auto place = JournalCursor::parse(text))
        require(place->str() == text && *place == *place, "a place is as it was told");
}

void check_answers(std::string_view text)
{
    const auto markup = html_text(text);
    require(markup.find_first_of("<>\"'") == std::string::npos, "no text is markup");
    const auto event = event_text("log", text, text);
    require(event.ends_with("\n\n") && event.find("\n\n") == event.size() - 2, "an event is one event");
    std::string_view rest = event;
    while (rest != "\n") {
        require(rest.starts_with("event: log\n") || rest.starts_with("id: ") ||
                    rest.starts_with("data: "),
                "a line of an event is one of its fields");
        rest.remove_prefix(rest.find_first_of("\r\n") + 1);
    }
}

} // namespace
} // namespace left4me::web

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = left4me::text_of(data, size);
    left4me::web::check_head(text);
    left4me::web::check_values(text);
    left4me::web::check_answers(text);
    return 0;
}
