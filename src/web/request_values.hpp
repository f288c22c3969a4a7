#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace left4me::web {

/// The fields of a form, or of a query: UTF-8 without control characters but tabs and ends of
/// lines, each of which is a newline alone.
using Form = std::map<std::string, std::string, std::less<>>;

/// Of application/x-www-form-urlencoded, as browsers send it. None where it is anything else: a
/// field without '=', a broken escape, a name that comes twice, more than 1100 fields (the most servers,
/// and what goes with them), no UTF-8.
std::optional<Form> parse_form(std::string_view text);

/// Of an address. One that cannot be read asks for nothing.
Form parse_query(std::string_view text);

/// The value of a field; empty where it is not there.
std::string_view value_of(const Form& form, std::string_view name);

/// The value of that cookie in a Cookie field (RFC 6265); none where it is not there, or there
/// twice: which of the two this program has set nobody can tell.
std::optional<std::string_view> cookie_in(std::string_view field, std::string_view name);

/// A part of a path, its escapes decoded; none for a broken one, or for what is no UTF-8.
std::optional<std::string> decoded_part(std::string_view part);

/// The other way: all but unreserved characters (RFC 3986, 2.3) escaped.
std::string encoded_part(std::string_view text);

} // namespace left4me::web
