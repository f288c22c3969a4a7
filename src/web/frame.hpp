#pragma once

#include "accounts/sessions.hpp"
#include "accounts/token.hpp"
#include "system/error.hpp"
#include "web/http.hpp"
#include "web/markup.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace left4me::web {

/// What all pages have around them.
struct Frame {
    std::string_view title;
    const WebSession* session = nullptr; ///< none: nobody is signed in
};

/// A page: its main part within the frame.
Response page(const Frame& frame, const Markup& main, unsigned status = 200);

/// What became of a form, above the next one; nothing where there is nothing to say.
Markup message(std::string_view text, bool good = false);

/// What a form that was done leads to, as the address of the next page says it (Links::done): for a
/// page that is loaded again.
struct Done {
    std::string_view word;
    std::string_view text;
};
Markup done_message(const Request& request, std::span<const Done> all);

/// Asks for the password again: see with_password.
Markup password_field();

Markup moment(AccountTime time);

/// An entry of a list of facts, <dl class="facts">.
Markup fact(std::string_view name, const Markup& value);
Markup fact(std::string_view name, std::string_view value);

/// A list of lines, with that class; nothing where there is none.
Markup lines_list(const std::vector<std::string>& lines, std::string_view kind);

/// The field that a form of a change brings along.
Markup token_field(std::string_view token);

/// Of forms before there is a session: follows from their cookie.
std::string form_token(const Token& cookie);

/// To another page, by GET.
Response see_other(const Url& url);

/// Nothing was done, and why.
Response refusal_page(const std::optional<WebSession>& session, unsigned status, std::string_view why);

/// There is no such thing, or it is none of theirs: nobody learns which.
Response missing_page(const std::optional<WebSession>& session);

/// What went wrong here, whose words go to the log: 503 where it may be right in a moment.
Response trouble_page(const Error& error);

/// What work on the pool gives where the answer is there already.
std::function<Answer()> giving(Response response);

} // namespace left4me::web
